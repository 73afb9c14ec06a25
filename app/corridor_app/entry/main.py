"""The app's entry: page settings and the list of pages. `corridor app` starts it.

Streamlit puts this file's folder first on the path, so nothing else lies here: a file or folder beside it would hide
a package of that name (`map`, `words`), and Streamlit takes a folder named `pages` for an older kind of navigation,
which runs the files in it as pages of their own until `st.navigation` is first called.
"""

import streamlit as st

from corridor_app.choices import state, told
from corridor_app.pages import (
    batch,
    blind,
    cities,
    compare,
    evidence,
    explore,
    explore_redirect,
    governments,
    people,
    validation,
)
from corridor_app.pages import map as places
from corridor_app.widgets.scripts import run_script, spoken
from corridor_app.words.language import ENGLISH, LANGUAGE, LANGUAGES, _, current

# What pages read of a link, besides the language. A comment, since Streamlit draws a bare text of this file.
READ = {
    **dict.fromkeys(("", "explore", "people", "cities"), state.LINK_KEYS),
    "map": places.LINK_KEYS,
    "governments": governments.LINK_KEYS,
    "compare": compare.LINK_KEYS,
    blind.NAME: blind.LINK_KEYS,
}

st.set_page_config(page_title="Corridor", layout="wide")
st.html("<style>[data-testid='stMainBlockContainer'] {padding-top: 4rem}</style>")
state.keep()
state.restore_language()
page = st.navigation(
    [
        st.Page(explore.show, title=_("Explore"), default=True),
        st.Page(
            explore_redirect.go_to_root,
            title=_("Explore"),
            url_path=explore_redirect.NAME,
            visibility="hidden",
        ),
        st.Page(places.show, title=_("Map"), url_path="map"),
        st.Page(people.show, title=_("A hundred people"), url_path="people"),
        st.Page(cities.show, title=_("Cities and sectors"), url_path="cities"),
        st.Page(governments.show, title=_("Governments"), url_path="governments"),
        st.Page(compare.show, title=_("Compare"), url_path="compare"),
        st.Page(batch.show, title=_("Your files"), url_path="batch"),
        st.Page(evidence.show, title=_("Evidence"), url_path="evidence"),
        st.Page(validation.show, title=_("How far off"), url_path="validation"),
        st.Page(blind.show, title=_("Blind record"), url_path=blind.NAME),
    ],
    position="top",
)
with st.container(horizontal=True, horizontal_alignment="right"):
    run_script(spoken(current()))
    st.segmented_control(
        _("Language"),
        LANGUAGES,
        format_func=LANGUAGES.__getitem__,
        key=LANGUAGE,
        required=True,
        label_visibility="collapsed",
    )
for note in told.unread_keys(READ.get(page.url_path, ())):
    st.warning(note)
state.write_choice(LANGUAGE, current(), ENGLISH)
page.run()
