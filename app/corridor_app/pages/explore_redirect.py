"""The first page by its own name. Streamlit has it at the root alone, and would say that there is no such page."""

from corridor_app.widgets.scripts import EXPLORE as NAME
from corridor_app.widgets.scripts import TO_ROOT, run_script

__all__ = ["NAME", "go_to_root"]


def go_to_root() -> None:
    """Open the root instead, with all that the link says; the way back does not lead here again."""
    run_script(TO_ROOT)
