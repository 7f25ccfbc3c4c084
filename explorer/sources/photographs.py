"""Real photographs, if scikit-image is installed (the extra `samples`): files that lie inside its package."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

from explorer.sources.sample import Sample

FILES = {
    "cat": ("chelsea.png", "Cat", "Fur, whiskers and eyes: fine texture beside smooth shading."),
    "astronaut": ("astronaut.png", "Astronaut", "A face, and strong colours around it."),
    "cameraman": ("camera.png", "Cameraman", "The grey classic: a dark coat before a light sky."),
    "coffee": ("coffee.png", "Coffee", "Round shapes, soft shadows, wood grain."),
    "coins": ("coins.png", "Coins", "Circles of different sizes on uneven ground."),
    "rocket": ("rocket.jpg", "Rocket", "Lines and light at night."),
    "brick": ("brick.png", "Brick wall", "Horizontal and vertical edges that repeat."),
    "grass": ("grass.png", "Grass", "Texture without a shape: all directions, fine scale."),
    "motorcycle": ("motorcycle_left.png", "Motorcycle", "Spokes, tubes and clutter: many edges at once."),
    "page": ("page.png", "Page", "Printed text under uneven light."),
    "horse": ("horse.png", "Horse", "A silhouette: nothing but its outline."),
    "cells": ("ihc.png", "Tissue", "Coloured cells under a microscope."),
    "moon": ("moon.png", "Moon", "Craters at low contrast."),
}


@cache
def _folder() -> Path | None:
    """The folder of scikit-image's own pictures; finding it does not import scikit-image."""
    found = importlib.util.find_spec("skimage")
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent / "data"


def photographs() -> list[Sample]:
    """The photographs that are really there."""
    folder = _folder()
    if folder is None:
        return []
    return [
        Sample(key, title, help) for key, (file, title, help) in FILES.items() if (folder / file).is_file()
    ]


def photograph_path(name: str) -> Path:
    """Where the photograph lies; `name` is one of `photographs()`."""
    folder = _folder()
    if folder is None:
        raise KeyError(name)
    return folder / FILES[name][0]
