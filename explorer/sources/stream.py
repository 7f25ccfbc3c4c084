"""A network stream: MJPEG over http, rtsp and what else FFmpeg opens by its address."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import cv2
import numpy.typing as npt

from explorer.sources.device import DeviceSource
from explorer.sources.source import SourceError

SCHEMES = frozenset({"http", "https", "rtsp", "rtsps", "rtmp", "rtmps", "rtp", "udp", "tcp", "srt", "mms"})


class StreamSource(DeviceSource):
    """A stream by its URL. Opening and reading give up on a silent server after a time."""

    kind = "stream"
    title = "Network stream"
    help = "A camera in the network, by its address: http://... (MJPEG) or rtsp://..."

    def __init__(self, url: str, open_timeout_ms: int = 5000, read_timeout_ms: int = 2500) -> None:
        super().__init__()
        self.url = url
        self.open_timeout_ms = open_timeout_ms
        self.read_timeout_ms = read_timeout_ms
        self._is_raw = False

    @classmethod
    def recognised(cls, text: str) -> StreamSource | None:
        match = re.match(r"([a-z][a-z0-9+.-]+)://", text, re.IGNORECASE)
        if match is None:
            return None
        if match[1].lower() not in SCHEMES:
            raise SourceError(
                f"{match[1]}:// is no address of a stream. Expected http://, https://, rtsp:// or rtmp://."
            )
        return cls(text)

    @property
    def address(self) -> str:
        return self.url

    def connect(self) -> cv2.VideoCapture:
        limits = [
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, self.open_timeout_ms,
            cv2.CAP_PROP_READ_TIMEOUT_MSEC, self.read_timeout_ms,
        ]  # fmt: skip
        capture = cv2.VideoCapture(self.url, cv2.CAP_FFMPEG, limits)
        if not capture.isOpened():
            raise SourceError(
                f"{self.name()} cannot be opened: nothing answered with pictures within "
                f"{self.open_timeout_ms / 1000:g} s. Check the address, and that the camera is switched on."
            )
        # FFmpeg would scale every picture to the size of the first; the JPEGs as they are keep their own.
        is_mjpeg = int(capture.get(cv2.CAP_PROP_FOURCC)) == cv2.VideoWriter.fourcc(*"MJPG")
        self._is_raw = is_mjpeg and capture.set(cv2.CAP_PROP_FORMAT, -1)
        return capture

    def decoded(self, delivered: npt.NDArray[Any]) -> npt.NDArray[Any] | None:
        return cv2.imdecode(delivered, cv2.IMREAD_COLOR) if self._is_raw else delivered

    def name(self) -> str:
        """The address without a password."""
        parts = urlsplit(self.url)
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
