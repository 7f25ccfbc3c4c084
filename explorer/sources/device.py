"""What cameras and streams have in common: a capture that blocks, gets lost and can be opened again."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from explorer.sources.decoders import quiet_decoders
from explorer.sources.pixels import as_frame_pixels
from explorer.sources.source import Frame, Source, SourceError, SourceLost, Wait


class DeviceSource(Source):
    """Reads a cv2.VideoCapture. After one failed read it never recovers: it is lost and must be reopened."""

    is_live = True
    keeps_running = True
    comes_back = True

    def __init__(self) -> None:
        super().__init__()
        self._capture: cv2.VideoCapture | None = None
        self._size: tuple[int, int] | None = None

    @abstractmethod
    def connect(self) -> cv2.VideoCapture:
        """An opened capture; raises SourceError."""

    def decoded(self, delivered: npt.NDArray[Any]) -> npt.NDArray[Any] | None:
        """The picture (BGR) in what the capture delivered; None if this one is broken."""
        return delivered

    def name(self) -> str:
        """What a person calls it."""
        return self.title

    def open(self) -> None:
        quiet_decoders()
        self.close()
        try:
            self._capture = self.connect()
        except cv2.error as error:
            raise SourceError(
                f"{self.name()} cannot be opened: {error.err}. Choose another source."
            ) from error

    def read(self, wait: Wait) -> Frame | None:
        if self._capture is None:
            raise SourceLost(f"{self.name()} is not open.")
        try:
            is_read, pixels = self._capture.read()
        except cv2.error:
            is_read = False
        if not is_read:
            raise SourceLost(
                f"{self.name()} no longer delivers pictures. Check its cable or network; it is tried again."
            )
        decoded = self.decoded(np.asarray(pixels))
        if decoded is None:
            return None
        frame = self._frame(as_frame_pixels(decoded, is_bgr=True), self.name())
        self._size = (frame.width, frame.height)
        return frame

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def describe(self) -> str:
        return self.name() if self._size is None else f"{self.name()}, {self._size[0]} x {self._size[1]}"
