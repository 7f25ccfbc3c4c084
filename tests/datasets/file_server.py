"""A download site stand-in on the loopback address, whose troubles a test can play."""

from __future__ import annotations

import http.server
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.loopback import LoopbackServer


@dataclass
class Trouble:
    """What happens to the requests to come, one after the other; then all goes well."""

    breaks_after: list[int] = field(default_factory=list)
    """After so many bytes the connection ends; 0: before anything is answered."""
    answers: list[int] = field(default_factory=list)
    """Instead of the file this code comes."""
    knows_ranges: bool = True
    forgets_ranges: list[bool] = field(default_factory=list)
    """Requests for a part that are answered with another part."""
    in_pieces_of: int = 1 << 16
    before_piece: Callable[[int], object] = lambda sent: None
    """Called in the server's thread with the number of bytes sent."""


class FileServer(LoopbackServer):
    """Serves the contents it was given by their names. Use as a context."""

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__()
        self.files = files
        self.trouble = Trouble()
        self.ranges: list[str | None] = []
        """What each request said in its Range header."""

    def serve(self, request: http.server.BaseHTTPRequestHandler) -> None:
        trouble = self.trouble
        asked = request.headers.get("Range")
        self.ranges.append(asked)
        request.close_connection = True
        breaks_after = trouble.breaks_after.pop(0) if trouble.breaks_after else None
        if breaks_after == 0:
            return
        code = trouble.answers.pop(0) if trouble.answers else 0
        content = self.files.get(request.path.rpartition("/")[2])
        if code or content is None:
            request.send_error(code or 404)
            return
        first = int(asked.removeprefix("bytes=").rstrip("-")) if asked and trouble.knows_ranges else 0
        if trouble.forgets_ranges and trouble.forgets_ranges.pop(0):
            first = 0
        if first >= len(content):
            request.send_error(416)
            return
        request.send_response(206 if asked and trouble.knows_ranges else 200)
        request.send_header("Content-Length", str(len(content) - first))
        if asked and trouble.knows_ranges:
            request.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
        request.end_headers()
        self._send(request, content[first:][:breaks_after])

    def _send(self, request: http.server.BaseHTTPRequestHandler, content: bytes) -> None:
        step = self.trouble.in_pieces_of
        try:
            for at in range(0, len(content), step):
                self.trouble.before_piece(at)
                request.wfile.write(content[at : at + step])
                request.wfile.flush()
        except OSError:  # the other side has hung up
            return
