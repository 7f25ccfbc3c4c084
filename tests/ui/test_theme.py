"""The themes: every colour in both, readable texts, and icons that follow."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from explorer.resources import resource
from explorer.ui import icons, theme

SCHEMES: tuple[theme.Scheme, ...] = ("dark", "light")


def luminance(name: str, scheme: theme.Scheme) -> float:
    """Relative luminance (WCAG 2.2)."""
    color = QColor((theme.DARK if scheme == "dark" else theme.LIGHT)[name])
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color.getRgbF()[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str, scheme: theme.Scheme) -> float:
    bright, dim = sorted((luminance(one, scheme), luminance(other, scheme)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_both_themes_have_the_same_colours() -> None:
    assert theme.DARK.keys() == theme.LIGHT.keys()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    "ground", ["panel", "bar", "field", "raised", "accent_ground", "error_ground", "note_ground"]
)
def test_text_can_be_read_on_every_ground(scheme: theme.Scheme, ground: str) -> None:
    assert contrast("text", ground, scheme) >= 7


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", ["quiet", "accent", "good", "stale", "frozen", "error"])
def test_what_is_said_in_colours_can_be_read(scheme: theme.Scheme, name: str) -> None:
    assert contrast(name, "panel", scheme) >= 4.5


def test_an_unknown_colour_says_which_there_are(dark: None) -> None:
    with pytest.raises(KeyError, match="selection"):
        theme.color("mauve")


def test_colours_follow_the_theme(dark: None, qapp: QApplication) -> None:
    assert theme.css("ground") == theme.DARK["ground"]
    theme.apply(qapp, "light")
    assert theme.css("ground") == theme.LIGHT["ground"]


def test_the_style_sheet_names_only_colours_and_drawings_there_are() -> None:
    text = resource("style/window.qss").read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    names = set(re.findall(r"@(\w+)", text)) - {"style"}
    assert names <= set(theme.NAMES)
    for drawing in re.findall(r"@style/([\w.]+)", text):
        assert resource(f"style/{drawing}").is_file()


def test_text_is_never_smaller_or_larger_than_can_be_read(dark: None, qapp: QApplication) -> None:
    before = qapp.font().pointSizeF()
    theme.apply(qapp, "dark", 100.0)
    assert qapp.font().pointSizeF() == pytest.approx(before * theme.LARGEST_TEXT)
    theme.apply(qapp, "dark", 0.01)
    assert qapp.font().pointSizeF() == pytest.approx(before * theme.SMALLEST_TEXT)


def drawings() -> list[Path]:
    return sorted(resource("icons").glob("*.svg"))


@pytest.mark.parametrize("file", drawings(), ids=lambda file: file.stem)
def test_every_drawing_shows_something(dark: None, file: Path) -> None:
    image = icons.pixmap(file.stem, 24).toImage()
    assert any(
        image.pixelColor(x, y).alpha() > 128 for x in range(image.width()) for y in range(image.height())
    )


@pytest.mark.parametrize("file", drawings(), ids=lambda file: file.stem)
def test_every_drawing_is_small_and_holds_no_script(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert 'viewBox="0 0 24 24"' in text
    assert len(text) < 2000
    assert "<script" not in text
    assert "href" not in text


def test_an_icon_follows_the_theme(dark: None, qtbot: QtBot, qapp: QApplication) -> None:
    button = QToolButton()
    qtbot.addWidget(button)
    button.setIcon(icons.icon("close"))
    before = button.icon().cacheKey()
    theme.apply(qapp, "light")
    icons.recolor_all()
    assert button.icon().cacheKey() != before
    picture = button.icon().pixmap(QSize(16, 16)).toImage()
    drawn = [
        picture.pixelColor(x, y)
        for x in range(16)
        for y in range(16)
        if picture.pixelColor(x, y).alpha() > 200
    ]
    assert drawn
    assert all(color.lightness() < 110 for color in drawn)


def test_a_disabled_icon_is_faint(dark: None) -> None:
    image = icons.icon("close").pixmap(QSize(20, 20), QIcon.Mode.Disabled).toImage()
    colors = [image.pixelColor(x, y) for x in range(20) for y in range(20)]
    assert {color.name() for color in colors if color.alpha() == 255} == {theme.css("faint")}


def test_no_name_is_no_icon(dark: None) -> None:
    assert icons.icon("").isNull()


def test_an_icon_that_is_not_there_says_so(dark: None) -> None:
    with pytest.raises(FileNotFoundError, match="unicorn"):
        icons.icon("unicorn")
