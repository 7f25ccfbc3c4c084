"""What somebody drops on the window or pastes into it: addresses and pictures."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QDropEvent, QImage

SCHEMES = ("http://", "https://", "rtsp://", "rtsps://", "rtmp://", "file://", "sample:")


def address_of(mime: QMimeData) -> str | None:
    """The file, folder or URL in it as an address for `open_source`; None if there is none."""
    for url in mime.urls():
        return url.toLocalFile() if url.isLocalFile() else url.toString()
    text = mime.text().strip() if mime.hasText() else ""
    return text if text.lower().startswith(SCHEMES) and "\n" not in text else None


def accepted(event: QDropEvent) -> str | None:
    """The address that somebody drags here or drops, which is accepted then; None if it is something else."""
    address = address_of(event.mimeData())
    if address is not None:
        event.acceptProposedAction()
    return address


def pixels_of(image: QImage) -> npt.NDArray[np.uint8]:
    """The picture as (height, width, 3 or 4) of uint8, RGB or RGBA."""
    alpha = image.hasAlphaChannel()
    layout = QImage.Format.Format_RGBA8888 if alpha else QImage.Format.Format_RGB888
    image = image.convertToFormat(layout)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    channels = 4 if alpha else 3
    return rows[:, : image.width() * channels].reshape(image.height(), image.width(), channels).copy()
