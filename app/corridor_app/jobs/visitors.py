"""Whom a limit by visitor counts: an address where there is one that cannot be made up, else a session."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from corridor.experiments.environment import number_of

BEHIND_PROXY = "CORRIDOR_BEHIND_PROXY"
"""Set to 1 (`corridor app --behind-proxy`), the last address of X-Forwarded-For is the visitor's.

The last one is what the proxy in front of this server added itself; those before it are what the visitor sent.
"""

FORWARDED = "X-Forwarded-For"
SUBNET = 64
"""Bits of an IPv6 address that tell one visitor from another: the rest is theirs to choose."""


def visitor() -> str:
    """The visitor's address; their session where none is known, as on the machine itself or behind a local proxy."""
    given = st.context.ip_address or ""
    if number_of(BEHIND_PROXY) == 1:
        given = (st.context.headers.get_all(FORWARDED) or [""])[-1].rpartition(",")[2]
    return _address(given.strip()) or _session()


def _address(text: str) -> str:
    """An address, of IPv6 its network; nothing where it is none."""
    try:
        found = ip_address(text)
    except ValueError:
        return ""
    if isinstance(found, IPv6Address):
        return f"{found.ipv4_mapped or ip_network((found, SUBNET), strict=False)}"
    return f"{found}"


def _session() -> str:
    context = get_script_run_ctx(suppress_warning=True)
    return f"session {context.session_id}" if context is not None else "no session"
