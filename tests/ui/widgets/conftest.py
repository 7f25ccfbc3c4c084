"""A kernel table from 1 to 9 that has the focus, and what it told of edits."""

import pytest
from pytestqt.qtbot import QtBot

from explorer.ui.widgets.kernel_table import KernelTable
from tests.ui.widgets.kernel_table_in_use import COUNTED, grey


@pytest.fixture
def table(qtbot: QtBot) -> KernelTable:
    table = KernelTable(grey)
    qtbot.addWidget(table)
    table.set_kernel(COUNTED)
    table.resize(200, 200)
    table.show()
    table.activateWindow()
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    return table


@pytest.fixture
def edits(table: KernelTable) -> list[tuple]:
    edits: list[tuple] = []
    table.edited.connect(lambda kernel, what, key: edits.append((kernel, what, key)))
    return edits
