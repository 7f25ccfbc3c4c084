"""Real data that came with the extra packages."""

import numpy as np
import pytest

from explorer.datasets.dataset import DataSetError
from explorer.datasets.kinds import installed
from explorer.datasets.opening import offers, open_dataset


def have(name: str) -> None:
    if installed.SETS[name].path is None:
        pytest.skip(f"{installed.SETS[name].package} is not installed: pip install .[samples]")


def test_the_digits_are_those_of_scikit_learn():
    have("digits")
    digits = open_dataset("installed:digits")
    assert digits.balance == (178, 182, 177, 183, 181, 182, 181, 179, 174, 180)  # as its documentation says
    first_row = np.rint(digits.images[0, 0, :, 0] * (16 / 255)).astype(int)
    assert first_row.tolist() == [0, 0, 5, 13, 9, 1, 0, 0]
    assert digits.class_of(0) == "0"


def test_faces_come_before_what_is_none():
    have("face-or-not")
    ours = open_dataset("installed:face-or-not")
    assert ours.images.shape == (200, 25, 25, 1)
    assert ours.balance == (100, 100)
    assert ours.class_of(0) == "face"
    assert ours.images.max() == 255


def test_a_missing_package_is_named_with_how_to_get_it(monkeypatch):
    monkeypatch.setattr(installed.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(DataSetError, match=r"sklearn, which is not installed.*pip install"):
        open_dataset("installed:digits")
    assert not [offer for offer in offers() if offer.address.startswith("installed:")]


def test_an_unknown_name_lists_what_there_is():
    with pytest.raises(DataSetError, match="installed:digits, installed:face-or-not"):
        open_dataset("installed:cats")
