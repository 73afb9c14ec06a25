"""Streamlit's test harness makes a folder when it is imported and leaves it to the interpreter's end; empty it here."""

import pytest
from streamlit.testing.v1 import app_test

from tests.browsing import launched, served, visitor


@pytest.fixture(scope="session", autouse=True)
def no_folder_left_behind():
    yield
    app_test.TMP_DIR.cleanup()


@pytest.fixture(scope="session")
def address(tmp_path_factory, no_full_scale):
    """The app, started once; what one visitor's runs have made is there for the next."""
    with served(tmp_path_factory.mktemp("server")) as (address, _):
        yield address


@pytest.fixture(scope="module")
def browser():
    """Chromium for the tests of a file: while it is there no other event loop can run in the process."""
    with launched() as browser:
        yield browser


@pytest.fixture
def page(browser):
    """The page of a new visitor, on a desk."""
    with visitor(browser) as page:
        yield page


@pytest.fixture(scope="session", autouse=True)
def no_full_scale():
    """Pages start no full-scale runs behind the tests; a test that wants some sets the number itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CORRIDOR_FULL_SCALE_PAIRS", "0")
        yield
