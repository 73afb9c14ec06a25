"""The app's entry: page settings and the list of pages. `corridor app` starts it.

Streamlit puts this file's folder first on the path: a file here named `app.py` or `model.py` would hide the package
of that name, and a folder named `pages` would turn on another kind of navigation.
"""

import streamlit as st

from app.views import batch, compare, explore

st.set_page_config(page_title="Corridor", layout="wide")
st.html("<style>[data-testid='stMainBlockContainer'] {padding-top: 2.5rem}</style>")
st.navigation(
    [
        st.Page(explore.show, title="Explore", url_path="explore", default=True),
        st.Page(compare.show, title="Compare", url_path="compare"),
        st.Page(batch.show, title="Your files", url_path="batch"),
    ]
).run()
