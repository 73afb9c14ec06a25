"""Streamlit's test harness makes a folder when it is imported and leaves it to the interpreter's end; empty it here."""

import pytest
from streamlit.testing.v1 import app_test


@pytest.fixture(scope="session", autouse=True)
def no_folder_left_behind():
    yield
    app_test.TMP_DIR.cleanup()
