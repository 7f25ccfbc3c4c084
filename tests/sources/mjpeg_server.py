"""A camera stand-in: an MJPEG server on the loopback address whose troubles a test can play."""

from __future__ import annotations

import http.server
import socket
import threading

import cv2
import numpy as np

from tests.loopback import LoopbackServer

BITS = 16


def numbered_picture(number: int, width: int, height: int) -> np.ndarray:
    """A grey picture with its number written as 16 black and white bars, which survive JPEG."""
    bits = [(number >> bit) & 1 for bit in range(BITS)]
    row = np.repeat(np.array(bits, np.uint8) * 255, width // BITS)
    return np.tile(row, (height, 1))


def number_in(pixels: np.ndarray) -> int:
    """The number that `numbered_picture` wrote."""
    bar = pixels.shape[1] // BITS
    middle = pixels[pixels.shape[0] // 2, bar // 2 :: bar, 0]
    return sum(1 << bit for bit in range(BITS) if middle[bit] > 127)


class MjpegServer(LoopbackServer):
    """Sends numbered pictures to everyone who connects. Use as a context; `url` is where it listens."""

    def __init__(self, width: int = 320, height: int = 240, interval: float = 0.01) -> None:
        super().__init__()
        self.width, self.height, self.interval = width, height, interval
        self.sent = 0
        self._sends = threading.Event()
        self._sends.set()
        self._answers = True
        self._stopping = threading.Event()
        self._connections: set[socket.socket] = set()

    @property
    def url(self) -> str:
        return self.address("camera.mjpg")

    def __exit__(self, *error: object) -> None:
        self._stopping.set()
        self._sends.set()
        self._cut()
        super().__exit__(*error)

    def fall_silent(self) -> None:
        """Keep the connections and send nothing."""
        self._sends.clear()

    def speak(self) -> None:
        """Send again."""
        self._sends.set()

    def unplug(self) -> None:
        """Cut all connections and refuse new ones."""
        self._answers = False
        self._cut()

    def plug_in(self) -> None:
        """Answer again."""
        self._answers = True

    def _cut(self) -> None:
        for connection in list(self._connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def serve(self, request: http.server.BaseHTTPRequestHandler) -> None:
        if not self._answers:
            request.send_error(503)
            return
        self._connections.add(request.connection)
        try:
            request.send_response(200)
            request.send_header("Content-Type", "multipart/x-mixed-replace; boundary=picture")
            request.end_headers()
            while self._answers and not self._stopping.is_set():
                self._sends.wait()
                self._send(request)
                self._stopping.wait(self.interval)
        except OSError:
            pass  # the other side has gone
        finally:
            self._connections.discard(request.connection)

    def _send(self, request: http.server.BaseHTTPRequestHandler) -> None:
        picture = numbered_picture(self.sent % (1 << BITS), self.width, self.height)
        jpeg = cv2.imencode(".jpg", picture)[1].tobytes()
        head = f"--picture\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
        request.wfile.write(head.encode() + jpeg + b"\r\n")
        self.sent += 1
