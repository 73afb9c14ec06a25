"""The first page by its own name. Streamlit has it at the root alone, and would say that there is no such page."""

import streamlit as st

NAME = "explore"

GO = f"""<script>
  const here = new URL(location.href)
  here.pathname = here.pathname.replace(/{NAME}\\/?$/, "")
  location.replace(here)
</script>"""


def go_to_root() -> None:
    """Open the root instead, with all that the link says; the way back does not lead here again."""
    st.html(GO, width="content", unsafe_allow_javascript=True)
