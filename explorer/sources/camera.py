"""A camera at this computer, by its number."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import cv2

from explorer.sources.decoders import quiet_decoders
from explorer.sources.device import DeviceSource
from explorer.sources.source import SourceError

if sys.platform == "linux":
    import fcntl

PROBED = range(6)
"""Where there is no list of cameras (macOS, Windows), these numbers are tried."""
QUERY_CAPABILITIES = 0x80685600  # VIDIOC_QUERYCAP = _IOR('V', 0, struct v4l2_capability of 104 bytes)
CAN_CAPTURE = 0x1 | 0x1000  # V4L2_CAP_VIDEO_CAPTURE, ..._MPLANE; a metadata node has neither


@dataclass(frozen=True)
class CameraDevice:
    """A camera that is there: the number to open it by and its name."""

    index: int
    name: str


def cameras() -> list[CameraDevice]:
    """The cameras at this computer. On macOS and Windows each number is tried, which takes seconds."""
    if sys.platform == "linux":
        return _listed_cameras(Path("/dev"), Path("/sys/class/video4linux"))
    else:
        return _probed_cameras()


class CameraSource(DeviceSource):
    """A camera by its number, asked for a resolution (it may choose another)."""

    kind = "camera"
    title = "Camera"
    help = "A camera at this computer. If it is unplugged, it is tried again until it is back."

    def __init__(self, index: int, width: int = 640, height: int = 480) -> None:
        super().__init__()
        self.index = index
        self.width, self.height = width, height
        self.device = f"camera:{index}"
        self._name = f"Camera {index}"

    @classmethod
    def recognised(cls, text: str) -> CameraSource | None:
        match = re.fullmatch(r"(?:camera:)?(\d{1,6})(?:@(\d{1,5})x(\d{1,5}))?", text)
        if match is None:
            return None
        size = (int(match[2]), int(match[3])) if match[2] else (640, 480)
        return cls(int(match[1]), *size)

    @property
    def address(self) -> str:
        size = "" if (self.width, self.height) == (640, 480) else f"@{self.width}x{self.height}"
        return f"camera:{self.index}{size}"

    def connect(self) -> cv2.VideoCapture:
        self._check_presence()
        # On Linux, a driver that sends nothing would hold a read for ten seconds (the unit is seconds).
        os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "3")
        capture = cv2.VideoCapture(self.index, _backend())
        if not capture.isOpened():
            raise SourceError(
                f"{self._name} cannot be opened. Another program may be using it, or this one may not use "
                "cameras: close the other program and check the system's privacy settings."
            )
        if self.width > 640:  # over USB 2, uncompressed pictures of that size come at a few frames a second
            capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, self.width)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self.height)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        return capture

    def name(self) -> str:
        return self._name

    def _check_presence(self) -> None:
        if sys.platform != "linux":
            return
        node = Path(f"/dev/video{self.index}")
        if not node.exists():
            there = ", ".join(f"{camera.index} ({camera.name})" for camera in cameras())
            raise SourceError(
                f"There is no camera {self.index}. "
                + (f"Cameras found: {there}." if there else "No camera was found: plug one in and try again.")
            )
        if not os.access(node, os.R_OK | os.W_OK):
            raise SourceError(
                f"You may not use {node}. Ask for membership in the group video, then log in again."
            )


def _backend() -> int:
    # Media Foundation may take twenty seconds to open a camera; DirectShow does not.
    return {"linux": cv2.CAP_V4L2, "win32": cv2.CAP_DSHOW, "darwin": cv2.CAP_AVFOUNDATION}.get(
        sys.platform, cv2.CAP_ANY
    )


def _listed_cameras(devices: Path, classes: Path) -> list[CameraDevice]:
    found = []
    for node in devices.glob("video*"):
        number = node.name.removeprefix("video")
        if number.isdecimal() and _can_capture(node):
            found.append(CameraDevice(int(number), _camera_name(classes / node.name / "name", number)))
    return sorted(found, key=lambda camera: camera.index)


def _camera_name(path: Path, number: str) -> str:
    try:
        return path.read_text(errors="replace").strip() or f"Camera {number}"
    except OSError:
        return f"Camera {number}"


def _can_capture(node: Path) -> bool:
    """False for the metadata node that many cameras have beside the one with the pictures."""
    if sys.platform != "linux":
        return True
    answer = bytearray(104)
    try:
        descriptor = os.open(node, os.O_RDWR | os.O_NONBLOCK)
    except OSError:
        return True  # it may be busy or forbidden: opening it will say so
    try:
        fcntl.ioctl(descriptor, QUERY_CAPABILITIES, answer)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return bool(int.from_bytes(answer[88:92], sys.byteorder) & CAN_CAPTURE)  # device_caps


def _probed_cameras() -> list[CameraDevice]:
    quiet_decoders()
    found = []
    for index in PROBED:
        capture = cv2.VideoCapture(index, _backend())
        if capture.isOpened():
            found.append(CameraDevice(index, f"Camera {index}"))
        capture.release()
    return found
