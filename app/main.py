"""The app's entry: page settings and the list of pages. `corridor app` starts it.

Streamlit puts this file's folder first on the path: a file here named `app.py` or `model.py` would hide the package
of that name, and a folder named `pages` would turn on another kind of navigation.
"""

import streamlit as st

from app import state
from app.views import batch, cities, compare, evidence, explore, people, validation
from app.views import map as places

st.set_page_config(page_title="Corridor", layout="wide")
st.html("<style>[data-testid='stMainBlockContainer'] {padding-top: 2.5rem}</style>")
state.keep()
st.navigation(
    [
        st.Page(explore.show, title="Explore", url_path="explore", default=True),
        st.Page(places.show, title="Map", url_path="map"),
        st.Page(people.show, title="A hundred people", url_path="people"),
        st.Page(cities.show, title="Cities and sectors", url_path="cities"),
        st.Page(compare.show, title="Compare", url_path="compare"),
        st.Page(batch.show, title="Your files", url_path="batch"),
        st.Page(evidence.show, title="Evidence", url_path="evidence"),
        st.Page(validation.show, title="How far off", url_path="validation"),
    ],
    position="top",
).run()
