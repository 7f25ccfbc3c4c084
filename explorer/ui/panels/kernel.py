"""The kernel panel: one kernel of one layer as a table, with presets, operations, text and all the others."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QSignalBlocker, Qt
from PySide6.QtGui import QColor, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from explorer.document.kernel_focus import KernelFocus, Scope
from explorer.engine.kernel_limits import LARGEST_SIDE, size_text
from explorer.engine.kernel_operations import KERNEL_OPERATIONS
from explorer.engine.kernel_slices import KernelSlices
from explorer.rendering.colors import weights_color
from explorer.ui import theme
from explorer.ui.kernel_texts import KernelTexts
from explorer.ui.panel import Panel
from explorer.ui.widgets.kernel_bench import KernelBench
from explorer.ui.widgets.kernel_picture import KernelPicture
from explorer.ui.widgets.kernel_table import KernelTable
from explorer.ui.widgets.number_box import Gesture, NumberBox
from explorer.ui.widgets.operation_buttons import OperationButtons
from explorer.ui.widgets.recipe_form import RecipeForm
from explorer.ui.widgets.slice_picker import SlicePicker
from explorer.ui.workspace import Workspace

SCOPES: dict[Scope, str] = {
    "kernel": "this kernel",
    "output": "all its inputs",
    "layer": "whole layer",
}
MOST_WEIGHTS = 1_000_000  # in the picture; of a larger layer it shows the kernels of one output
NO_KERNELS = "This network has no layer with kernels. Add a convolution or a dense layer to it."


def weight_colour(t: float) -> QColor:
    """The colour of a weight in the present theme, for t from 0 over 0.5 (zero) to 1."""
    return QColor(*weights_color(round(t * 508) / 508, theme.is_dark()))


class KernelPanel(Panel):
    """Follows the selection to the kernel behind it; every change goes through the document."""

    name = "kernel"
    title = "Kernel"
    area = "right"
    order = 10
    icon = "kernel"
    help = (
        "The kernel behind the selected map. Type numbers, drag a cell up or down, turn the wheel on it, or take "
        "a preset: every map below follows at once."
    )
    keys = (
        ("0–9", "Type a number into the cell"),
        ("Shift+Arrows", "Select a range of cells"),
        ("Ctrl+C, Ctrl+V", "Copy and paste cells or a whole kernel"),
        ("PgUp, PgDown", "The cell up or down; Ctrl: fine, Shift: coarse"),
        ("Del", "Set the selected cells to 0"),
        ("K, then a letter", "What the menu Kernel names"),
        ("Ctrl+Tab", "Leave the table"),
    )

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.kernel_focus = KernelFocus(workspace.document, workspace.view, self)
        self.texts = KernelTexts(workspace, self.kernel_focus)
        self._gesture = Gesture()
        self._is_behind = True
        self._first_output = 0
        self.picker = SlicePicker()
        self.recipe = RecipeForm(weight_colour)
        self.bench = KernelBench(weight_colour)
        self.operations = OperationButtons(without=("resize",))
        self.height_box, self.width_box = self._size_box("Height"), self._size_box("Width")
        self.bias = KernelTable(weight_colour)
        self.bias.setAccessibleName("Bias")
        self.bias.setFixedSize(52, 28)
        self.scope = QComboBox()
        self.convolution = QPushButton("true convolution")
        self.text_button = QPushButton("text")
        self.too_large, self.enlarged = QLabel(), KernelPicture(weight_colour)
        self.enlarged.setFixedHeight(200)
        self.picture = KernelPicture(weight_colour)
        self.picture_title = QLabel()
        self.in_colour = QPushButton("RGB")
        self._empty = QLabel(NO_KERNELS)
        self._pages = QStackedLayout(self)
        self._assemble()
        self._listen()

    # ---- assembling -------------------------------------------------------------------------------------------

    def _assemble(self) -> None:
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setContentsMargins(16, 16, 16, 16)
        self.too_large.setWordWrap(True)
        self.in_colour.setCheckable(True)
        self.in_colour.setToolTip("Show the three inputs of every kernel as red, green and blue")
        for button in (self.in_colour, self.text_button, self.convolution):
            button.setStyleSheet("padding: 2px 7px;")
        self.text_button.setMenu(self.texts.menu(self.text_button))
        self.scope.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.scope.setMinimumContentsLength(4)
        self.scope.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.scope.addItems(list(SCOPES.values()))
        self.scope.setToolTip("Which kernels an edit, a preset or an operation changes")
        self.convolution.setCheckable(True)
        self.convolution.setToolTip(
            "Off, the kernel lies on the image as it is: cross-correlation, as networks compute it. "
            "On, the layer turns it by 180° first, as mathematics defines convolution."
        )
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(8, 6, 8, 8)
        column.setSpacing(5)
        column.addWidget(self.picker)
        column.addLayout(_row(self.recipe.picker, self.text_button))
        for part in (self.bench, self.too_large, self.enlarged, self.operations, self.recipe):
            column.addWidget(part)
        column.addLayout(
            _row(
                QLabel("size"),
                self.height_box,
                QLabel("×"),
                self.width_box,
                None,
                self._bias_label(),
                self.bias,
            )
        )
        column.addLayout(_row(QLabel("edit"), self.scope, self.convolution))
        column.addLayout(_row(self.picture_title, None, self.in_colour))
        column.addWidget(self.picture)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(page)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(scroll)

    def _bias_label(self) -> QLabel:
        self.bias_title = QLabel("bias")
        self.bias_title.setToolTip("The number that is added to every pixel of this output")
        return self.bias_title

    def _size_box(self, axis: str) -> NumberBox:
        box = NumberBox(True, 1, LARGEST_SIDE, 1)
        box.setFixedWidth(46)
        box.setAccessibleName(f"{axis} of the kernels")
        box.setToolTip(
            f"{axis} of all kernels of the layer, 1 to {LARGEST_SIDE}; the middle stays in the middle"
        )
        return box

    def _listen(self) -> None:
        focus, workspace = self.kernel_focus, self.workspace
        focus.moved.connect(self._show_later)
        focus.changed.connect(self._show_later)
        focus.noted.connect(workspace.say)
        workspace.view.look_changed.connect(self._show_later)
        workspace.document.refused.connect(self._show_later)  # what was typed gives way to what is
        self.picker.layer_chosen.connect(focus.choose_layer)
        self.picker.slice_chosen.connect(focus.choose)
        self.recipe.proposed.connect(focus.apply_preset)
        self.bench.table.edited.connect(focus.put_cells)
        self.bench.table.matrix_pasted.connect(lambda matrix: focus.put_kernel(matrix, "paste"))
        self.bias.edited.connect(lambda kernel, what, key: focus.set_bias(float(kernel[0, 0]), key))
        self.bias.matrix_pasted.connect(lambda matrix: self._refuse("A bias is one number."))
        for table in (self.bench.table, self.bias):
            table.refused.connect(self._refuse)
        self.bench.table.letter_chosen.connect(self._operate_by_letter)
        self.operations.asked.connect(lambda name, values: focus.operate(name, **values))
        self.height_box.proposed.connect(lambda value: self._resize(height=value))
        self.width_box.proposed.connect(lambda value: self._resize(width=value))
        self.scope.activated.connect(lambda row: focus.set_scope(list(SCOPES)[row]))
        self.convolution.clicked.connect(focus.set_flipped)
        self.in_colour.toggled.connect(self.picture.set_in_colour)
        self.picture.chosen.connect(
            lambda output, position: focus.choose(self._first_output + output, position)
        )

    # ---- showing ----------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_behind:
            self._show()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            for part in (self.bench.table, self.bench.applied, self.bias, self.picture, self.enlarged):
                part.set_colour(weight_colour)

    def _show_later(self, *_: object) -> None:
        """At once while somebody can see it, else when it is shown again."""
        self._is_behind = True
        if self.isVisible():
            self._show()
        else:
            self.headline_changed.emit(self._headline())

    def _show(self) -> None:
        self._is_behind = False
        slices = self.kernel_focus.slices
        self._pages.setCurrentIndex(0 if slices is None else 1)
        self.headline_changed.emit(self._headline())
        if slices is not None:
            self._show_place(slices)
            self._show_kernel(slices)
            self._show_picture(slices)

    def _headline(self) -> str:
        focus = self.kernel_focus
        if focus.slices is None:
            return ""
        recipe = focus.recipe
        title = recipe.title if recipe else "custom"
        return f"{focus.slices.node}:{focus.index[0]} ← {focus.channel} · {title}"

    def _show_place(self, slices: KernelSlices) -> None:
        focus = self.kernel_focus
        self.picker.show_layers(focus.layers(), slices.node)
        self.picker.show_slice(
            focus.index, (slices.outputs, slices.inputs), focus.channel, self._reads_rgb(slices)
        )
        height, width = slices.size
        for box, side in ((self.height_box, height), (self.width_box, width)):
            box.show_value(side)
            box.setEnabled(slices.resizable)
        with QSignalBlocker(self.scope):
            self.scope.setCurrentIndex(list(SCOPES).index(focus.scope))
        self.convolution.setChecked(bool(focus.is_flipped))
        self.convolution.setVisible(focus.is_flipped is not None)

    def _show_kernel(self, slices: KernelSlices) -> None:
        focus, fits = self.kernel_focus, slices.fits_table
        bias = focus.bias
        _show_only_if(fits, self.recipe, self.recipe.picker, self.text_button, self.bench, self.operations)
        _show_only_if(not fits, self.too_large, self.enlarged)
        _show_only_if(bias is not None, self.bias, self.bias_title)
        if fits:
            recipe = focus.recipe
            self.recipe.show_recipe(*(recipe or (None, {})))
            self.recipe.picker.list.set_size(*slices.size, slices.resizable)
            self.bench.set_kernel(focus.kernel)
            self.bench.set_turned(bool(focus.is_flipped))
        else:
            self.too_large.setText(
                f"{slices.node} has a weight for every pixel of its input, {size_text(*slices.size)}: too many for "
                f"a table, which holds {size_text(LARGEST_SIDE, LARGEST_SIDE)}."
            )
            self.enlarged.set_kernels(focus.kernel[None, None])
        if bias is not None:
            self.bias.set_kernel(np.array([[bias]], np.float32))

    def _show_picture(self, slices: KernelSlices) -> None:
        output, position = self.kernel_focus.index
        kernels, of = slices.kernels, f"all kernels of {slices.node}"
        self._first_output = 0
        if kernels.size > MOST_WEIGHTS:
            self._first_output = output
            kernels, of = kernels[output : output + 1], f"kernels of {slices.node}:{output}"
        self.picture_title.setText(f"{of}   {kernels.shape[0]} × {kernels.shape[1]}")
        self.picture.set_own_range(self.workspace.view.look.scope == "unit")
        self.picture.set_kernels(kernels)
        self.picture.set_selected((output - self._first_output, position))
        self.in_colour.setVisible(slices.inputs == 3)

    def _reads_rgb(self, slices: KernelSlices) -> bool:
        network = self.workspace.document.network
        inputs = network[slices.node].inputs
        return inputs[0] == network.input.name and network.input_shape[0] == 3

    # ---- doing ------------------------------------------------------------------------------------------------

    def _resize(self, height: float | None = None, width: float | None = None) -> None:
        """Another height or width of all kernels of the layer; the other side stays."""
        if self.kernel_focus.slices is not None:
            old_height, old_width = self.kernel_focus.slices.size
            self.kernel_focus.resize(int(height or old_height), int(width or old_width), self._gesture.key())

    def operate(self, name: str) -> None:
        """An operation without parameters to choose, as its button does it."""
        self.operations.ask(name)

    def _operate_by_letter(self, letter: str) -> None:
        """The letter after K, as in the menu, for whoever is typing in the table."""
        if letter == "P":
            self.texts.paste()
        for operation in KERNEL_OPERATIONS.values():
            if operation.key == letter and operation.name in self.operations.buttons:
                self.operate(operation.name)

    def _refuse(self, sentence: str) -> None:
        self.workspace.say(sentence, "error")
        self._show_later()


def _show_only_if(is_shown: bool, *widgets: QWidget) -> None:
    for widget in widgets:
        widget.setVisible(is_shown)


def _row(*widgets: QWidget | None) -> QHBoxLayout:
    """Widgets side by side; None is the room that is left."""
    row = QHBoxLayout()
    row.setSpacing(5)
    for widget in widgets:
        if widget is None:
            row.addStretch(1)
        else:
            row.addWidget(widget)
    return row
