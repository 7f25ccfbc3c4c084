"""A layer in a file of its own is in the palette, and its form shows its settings."""

from collections.abc import Iterator

import pytest

from explorer.engine.layer import Layer
from explorer.ui.widgets.layer_palette import LayerPalette
from explorer.ui.widgets.setting_form import SettingForm
from tests.engine.layers.added_layer import hard_shrink


@pytest.fixture
def added(tmp_path) -> Iterator[type[Layer]]:
    with hard_shrink(tmp_path) as layer_class:
        yield layer_class


def test_it_is_in_the_palette(qtbot, added):
    palette = LayerPalette()
    qtbot.addWidget(palette)

    assert "hard_shrink" in palette.kinds()


def test_its_settings_are_in_the_form(qtbot, added):
    form = SettingForm(added.settings(), lambda name, value: "")
    qtbot.addWidget(form)
    form.show_values(added(threshold=0.25))

    assert form.fields["threshold"].value == 0.25
