"""A button that names the preset of a kernel and opens the list of all presets, with a search."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from explorer.engine.kernel_limits import size_text
from explorer.engine.presets.kernels import KERNEL_PRESETS, KernelPreset
from explorer.ui import theme
from explorer.ui.widgets.kernel_picture_grid import LEVELS, levels_of
from explorer.ui.widgets.kernel_view import Colour

NAME = Qt.ItemDataRole.UserRole
ICON_PX = 20
ICON_SIDE = 7  # weights of presets that have no size of their own
LIST_SIZE = QSize(280, 420)


def found_presets(text: str) -> list[KernelPreset]:
    """The presets with all words of the text in title and family, or if there is none, in their meaning."""
    words = text.lower().split()
    everything = list(KERNEL_PRESETS.values())
    titles = [one for one in everything if all(word in f"{one.title} {one.family}".lower() for word in words)]
    return titles or [one for one in everything if all(word in one.meaning.lower() for word in words)]


class PresetPicker(QPushButton):
    """Shows the name of a preset, or `custom`; a click opens the list."""

    picked = Signal(str)  # name of a preset

    def __init__(self, colour: Colour, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = PresetList(colour, self)
        self.list.picked.connect(self.picked)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setStyleSheet("text-align: left; padding: 3px 8px;")
        self.setAccessibleName("Preset")
        self.setToolTip("Choose a preset for this kernel")
        self.clicked.connect(self.open)

    def show_title(self, title: str) -> None:
        """Name what the kernel is: a preset, a multiple of one, or custom."""
        self.setText(f"{title}  ▾")

    def open(self) -> None:
        """Open the list under the button, or above it near the lower edge of the screen."""
        below = self.mapToGlobal(QPoint(0, self.height()))
        screen = self.screen().availableGeometry()
        left = max(screen.left(), min(below.x(), screen.right() - LIST_SIZE.width()))
        top = max(screen.top(), min(below.y(), screen.bottom() - LIST_SIZE.height()))
        self.list.open_at(QPoint(left, top))


class PresetList(QFrame):
    """All presets by family with a picture and their meaning; typing filters."""

    picked = Signal(str)

    def __init__(self, colour: Colour, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._colour = colour
        self._size, self._resizable = (3, 3), True
        self.setObjectName("palette")
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search presets")
        self.search.setAccessibleName("Search presets")
        self.search.installEventFilter(self)
        self.search.textChanged.connect(self._fill)
        self.items = QListWidget()
        self.items.setIconSize(QSize(ICON_PX, ICON_PX))
        self.items.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.items.itemClicked.connect(self._pick)
        self.items.currentItemChanged.connect(self._explain)
        self.items.setMouseTracking(True)
        self.items.itemEntered.connect(self.items.setCurrentItem)
        self.meaning = QLabel()
        self.meaning.setWordWrap(True)
        self.meaning.setMinimumHeight(3 * self.fontMetrics().lineSpacing())
        self.meaning.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        for widget in (self.search, self.items, self.meaning):
            layout.addWidget(widget, int(widget is self.items))
        self.resize(LIST_SIZE)

    def set_size(self, height: int, width: int, resizable: bool) -> None:
        """The size of the layer's kernels, and whether they may grow for a preset."""
        self._size, self._resizable = (height, width), resizable

    def set_colour(self, colour: Colour) -> None:
        """Other colours, such as after a change of theme."""
        self._colour = colour

    def open_at(self, place: QPoint) -> None:
        """Open with all presets and the search ready to be typed into."""
        self.search.clear()
        self._fill("")
        self.move(place)
        self.show()
        self.search.setFocus()

    def names(self) -> list[str]:
        """The presets that the search has found."""
        found = (self.items.item(row).data(NAME) for row in range(self.items.count()))
        return [name for name in found if name]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self._step(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._pick(self.items.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _fill(self, text: str) -> None:
        self.items.clear()
        family = ""
        for preset in found_presets(text):
            if preset.family != family:
                family = preset.family
                self._add_heading(family)
            self._add(preset)
        self.meaning.setText("" if self.names() else f"No preset has '{text}' in its name or meaning.")
        self._step(1)

    def _add_heading(self, family: str) -> None:
        heading = QListWidgetItem(family)
        heading.setFlags(Qt.ItemFlag.NoItemFlags)
        heading.setForeground(theme.color("quiet"))
        heading.setFont(theme.quiet_font(self.font()))
        self.items.addItem(heading)

    def _add(self, preset: KernelPreset) -> None:
        fits = preset.fits(*self._size)
        note = "" if fits else f"   from {size_text(*preset.smallest_size)}"
        item = QListWidgetItem(self._icon(preset), preset.title + note)
        item.setData(NAME, preset.name)
        if not fits and not self._resizable:
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        self.items.addItem(item)

    def _icon(self, preset: KernelPreset) -> QIcon:
        height, width = preset.natural_size or (ICON_SIDE, ICON_SIDE)
        levels = levels_of(preset.build(height, width)[None, None], each_on_its_own=True)[0, 0]
        image = QImage(levels.tobytes(), width, height, width, QImage.Format.Format_Indexed8)
        image.setColorTable([self._colour(i / (LEVELS - 1)).rgb() for i in range(LEVELS)])
        picture = QPixmap(3 * ICON_PX, 3 * ICON_PX)
        picture.fill(Qt.GlobalColor.transparent)
        large = image.scaled(picture.size(), Qt.AspectRatioMode.KeepAspectRatio)
        painter = QPainter(picture)
        painter.drawImage(
            (picture.width() - large.width()) // 2, (picture.height() - large.height()) // 2, large
        )
        painter.end()
        return QIcon(picture)

    def _step(self, direction: int) -> None:
        row = self.items.currentRow() + direction
        while 0 <= row < self.items.count():
            if self.items.item(row).flags() & Qt.ItemFlag.ItemIsEnabled:
                self.items.setCurrentRow(row)
                return
            row += direction

    def _explain(self, item: QListWidgetItem | None) -> None:
        name = item.data(NAME) if item is not None else None
        if name:
            self.meaning.setText(KERNEL_PRESETS[name].meaning)

    def _pick(self, item: QListWidgetItem | None) -> None:
        if item is not None and item.data(NAME) and item.flags() & Qt.ItemFlag.ItemIsEnabled:
            self.hide()
            self.picked.emit(item.data(NAME))
