"""Files that visitors have brought and that the server keeps until they leave: bounded, of one visitor and of all.

Streamlit bounds the size of a file and not how many there are: a session could fill the memory of the server.
"""

from __future__ import annotations

from threading import Lock

from starlette.exceptions import HTTPException
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

MOST_OF_ONE = 20
"""Files of a session: as many again as the page reads."""

MOST_BYTES_OF_ONE = 40_000_000
"""Bytes of a session: a file of observed figures and the one that takes its place, and scenario files."""

MOST_BYTES = 200_000_000
"""Bytes of all sessions."""


class BoundedUploads(MemoryUploadedFileManager):
    """Files in memory, as Streamlit keeps them, but no more than the bounds."""

    def __init__(self, upload_endpoint: str):
        super().__init__(upload_endpoint)
        self._adding = Lock()

    def add_file(self, session_id: str, file: UploadedFileRec) -> None:
        """Keep a file.

        Raises
        ------
        HTTPException
            If its session has too many files or bytes (413), or all sessions together too many bytes (503).
        """
        with self._adding:
            ours = self.file_storage.get(session_id, {})
            if len(ours) >= MOST_OF_ONE:
                raise HTTPException(413, f"at most {MOST_OF_ONE} files")
            if sum(len(each.data) for each in list(ours.values())) + len(file.data) > MOST_BYTES_OF_ONE:
                raise HTTPException(413, f"at most {MOST_BYTES_OF_ONE // 1_000_000} MB in all files")
            if self._kept_bytes() + len(file.data) > MOST_BYTES:
                raise HTTPException(503, "the server keeps too many files; try again in a minute")
            super().add_file(session_id, file)

    def _kept_bytes(self) -> int:
        return sum(
            len(each.data) for files in list(self.file_storage.values()) for each in list(files.values())
        )
