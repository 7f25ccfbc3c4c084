"""A video file: plays at its own frame rate, can be sought, looped and played faster or slower."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from explorer.sources.decoders import quiet_decoders
from explorer.sources.pixels import as_frame_pixels
from explorer.sources.source import Frame, Pace, Pixels, Source, SourceError, Wait

USUAL_RATE = 25.0
MOST_PASSED_OVER = 8


class VideoSource(Source):
    """A video by its path; every format that FFmpeg reads."""

    kind = "video"
    title = "Video file"
    help = "A video: MP4, AVI, MKV, WebM, MOV and what else FFmpeg reads."
    rank = 1  # what is no image is left to FFmpeg
    is_live = True
    can_seek = True
    can_loop = True
    can_change_speed = True

    def __init__(self, path: str | Path) -> None:
        super().__init__()
        self.path = Path(path)
        self.frame_rate = USUAL_RATE
        self._capture: cv2.VideoCapture | None = None
        self._size: tuple[int, int] | None = None
        self._first: Pixels | None = None
        self._next = 0
        self._pace = Pace()

    @classmethod
    def recognised(cls, text: str) -> VideoSource | None:
        path = Path(text)
        if not path.is_file():
            return None
        return cls(path)

    @property
    def address(self) -> str:
        return str(self.path)

    def open(self) -> None:
        quiet_decoders()
        self.close()
        if not self.path.exists():
            raise SourceError(
                f"There is no file {self.path}. Check the name, or choose it in the file dialog."
            )
        self._capture = cv2.VideoCapture(str(self.path), cv2.CAP_FFMPEG)
        self._first = self._decode() if self._capture.isOpened() else None
        if self._first is None:
            self.close()
            raise SourceError(
                f"{self.path.name} cannot be read as a video, nor as an image. It may be cut off, empty, "
                "or of another kind. Choose another file, or convert it to MP4."
            )
        rate = self._capture.get(cv2.CAP_PROP_FPS)
        self.frame_rate = rate if 0.1 <= rate <= 1000 else USUAL_RATE
        self.interval_ms = 1000 / self.frame_rate
        self.length = max(0, int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT)))
        self._next = 0
        self.position = 0
        self.is_ended = False
        self._pace.restart()

    def read(self, wait: Wait) -> Frame | None:
        if self._capture is None:
            raise SourceError(f"{self.path.name} is not open.")
        if self.is_ended and not self.loop:
            return None
        self.is_ended = False
        interval = 1 / (self.frame_rate * self.speed)
        if not self._pace.keep(interval, wait):
            return None
        self._pass_over(self._capture, interval)
        pixels = self._decode()
        if pixels is None:
            return self._end(self._capture)
        self.position, self._next = self._next, self._next + 1
        self._size = (pixels.shape[1], pixels.shape[0])
        return self._frame(pixels, self.path.name)

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None
        self._first = None

    def describe(self) -> str:
        size = f", {self._size[0]} x {self._size[1]}" if self._size else ""
        rate = f", {self.frame_rate:g} frames per second" if self._size else ""
        return f"{self.path.name}{size}{rate}"

    def seek(self, position: int) -> None:
        if self._capture is None:
            return
        position = max(0, min(position, self.length - 1) if self.length else position)
        self._first = None
        self._capture.set(cv2.CAP_PROP_POS_FRAMES, position)
        self._next = position
        self.is_ended = False
        self._pace.restart()

    def _decode(self) -> Pixels | None:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        assert self._capture is not None
        try:
            is_read, pixels = self._capture.read()
        except cv2.error:
            return None
        return as_frame_pixels(np.asarray(pixels), is_bgr=True) if is_read else None

    def _pass_over(self, capture: cv2.VideoCapture, interval: float) -> None:
        """Leave out frames that are late already, so that a fast or large video keeps its time."""
        for _ in range(MOST_PASSED_OVER):
            if self._first is not None or not self._pace.is_late(interval) or not capture.grab():
                return
            self._next += 1
            self._pace.advance(interval)

    def _end(self, capture: cv2.VideoCapture) -> Frame | None:
        """After the last frame: begin again, or stay there."""
        if self._next == 0:
            raise SourceError(
                f"{self.path.name} cannot be read any more. Open it again, or choose another file."
            )
        self.length = self._next  # what the file said may have been a guess
        if not self.loop:
            self.is_ended = True
            return None
        self.seek(0)
        return None
