"""OpenCV's and FFmpeg's decoders, told to be quiet."""

from __future__ import annotations

import os

import cv2


def quiet_decoders() -> None:
    """Keep them from writing on the terminal: what they have to say reaches the person as a sentence."""
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
