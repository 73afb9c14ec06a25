"""A visitor of the app without a browser: speaks over the page's WebSocket, as many at once as a test wants.

It sees what the server sends for a page, not how it is drawn.
"""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from uuid import uuid4

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect

from tests.patience import PATIENCE

COOKIE = "_streamlit_xsrf"
LONGEST = 256 * 1024 * 1024


@dataclass
class Seen:
    """A page as it was sent: its elements in order, and the seconds that it took."""

    elements: list[Element] = field(default_factory=list)
    seconds: float = 0.0

    def of_kind(self, kind: str) -> list:
        """Elements of a kind, by the name of Streamlit's protocol."""
        return [getattr(each, kind) for each in self.elements if each.WhichOneof("type") == kind]

    @property
    def texts(self) -> str:
        """Plain texts of the page, such as what is wrong with a file."""
        return "\n".join(
            [*(each.code_text for each in self.of_kind("code")), *map(_body, self.of_kind("text"))]
        )


def _body(element) -> str:
    return element.body


class Visitor:
    """A session of the app, from when it is made until `leave`.

    Parameters
    ----------
    address
        Of the server.
    headers
        What is sent besides, such as a header that a proxy would set.
    """

    def __init__(self, address: str, headers: Mapping[str, str] | None = None):
        self._address = address
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=PATIENCE) as answer:
            self._cookie = (answer.headers.get("Set-Cookie") or "").partition(";")[0]
        self._opened = ExitStack()
        self._channel = self._opened.enter_context(
            connect(
                address.replace("http", "ws", 1) + "/_stcore/stream",
                subprotocols=["streamlit"],  # pyright: ignore[reportArgumentType]
                origin=address,  # pyright: ignore[reportArgumentType]
                additional_headers={"Cookie": self._cookie, **(headers or {})},
                max_size=LONGEST,
                open_timeout=PATIENCE,
            )
        )
        self._session = ""

    def open(self, page: str = "", query: str = "", widgets: Sequence[WidgetState] = ()) -> Seen:
        """Ask for a page, and wait until its script has ended."""
        message = BackMsg()
        message.rerun_script.page_name = page
        message.rerun_script.query_string = query
        message.rerun_script.widget_states.widgets.extend(widgets)
        began = time.monotonic()
        self._channel.send(message.SerializeToString())
        seen = Seen()
        while True:
            said = ForwardMsg.FromString(
                self._channel.recv(PATIENCE - (time.monotonic() - began), decode=False)
            )
            kind = said.WhichOneof("type")
            if kind == "new_session":
                self._session = said.new_session.initialize.session_id
            elif kind == "delta" and said.delta.WhichOneof("type") == "new_element":
                seen.elements.append(said.delta.new_element)
            elif kind == "script_finished" and said.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                seen.seconds = time.monotonic() - began
                return seen

    def bring(self, files: Mapping[str, bytes], seen: Seen, page: str = "batch") -> Seen:
        """Put files into the uploader of a page that was seen, and wait until they are read."""
        state = WidgetState(id=seen.of_kind("file_uploader")[0].id)
        for name, content in files.items():
            number = uuid4().hex
            about = state.file_uploader_state_value.uploaded_file_info.add(
                name=name, size=len(content), file_id=number
            )
            about.file_urls.file_id = number
            self.put(number, name, content)
        return self.open(page, widgets=[state])

    def put(self, number: str, name: str, content: bytes) -> int:
        """Send a file as the browser does; the status of the answer.

        Raises
        ------
        urllib.error.HTTPError
            If the server refuses it.
        """
        edge = uuid4().hex
        head = f'--{edge}\r\nContent-Disposition: form-data; name="f"; filename="{name}"\r\n\r\n'
        request = urllib.request.Request(
            f"{self._address}/_stcore/upload_file/{self._session}/{number}",
            data=head.encode() + content + f"\r\n--{edge}--\r\n".encode(),
            method="PUT",
            headers={
                "Content-Type": f"multipart/form-data; boundary={edge}",
                "Cookie": self._cookie,
                "X-Xsrftoken": self._cookie.partition("=")[2],
            },
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status

    def leave(self) -> None:
        """End the session."""
        self._opened.close()
