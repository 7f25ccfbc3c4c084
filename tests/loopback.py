"""A site stand-in on the loopback address: what the stand-ins of cameras and of download sites share."""

from __future__ import annotations

import http.server
import threading
from abc import ABC, abstractmethod
from typing import Any, Self


class LoopbackServer(ABC):
    """Answers every request in a thread of its own. Use as a context: at its end all those threads have ended."""

    def __init__(self) -> None:
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.serve(self)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @abstractmethod
    def serve(self, request: http.server.BaseHTTPRequestHandler) -> None:
        """Answer a request."""

    def address(self, path: str) -> str:
        """Where it listens, with a path behind it."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/{path}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
