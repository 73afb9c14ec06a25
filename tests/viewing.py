"""A view of the app without a browser: Streamlit's test harness, with few replicates."""

from streamlit.testing.v1 import AppTest

from tests.patience import PATIENCE


def open_view(name: str, **given: object) -> AppTest:
    """Run the page of `corridor_app.pages.NAME` once; `given` stands in its address."""
    script = (
        "from corridor_app.choices import state\n"
        f"from corridor_app.pages import {name}\nstate.restore_language()\n{name}.show()"
    )
    page = AppTest.from_string(script, default_timeout=PATIENCE)
    for key, value in {"replicates": 2, **given}.items():
        page.query_params[key] = str(value)
    return page.run()
