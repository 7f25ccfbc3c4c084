"""What the window's process and the one that trains say to each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from explorer.engine.batch_gradient import Indices
from explorer.engine.layer import Array
from explorer.engine.network import Network
from explorer.engine.training import Checkpoint
from explorer.runtime.curve_news import Rows
from explorer.runtime.curves import Numbers
from explorer.runtime.run_state import RunKind
from explorer.runtime.task_parcel import PackedTask
from explorer.runtime.templates import Travelling

# ---- what the window says; each with a number, counted from 1 ------------------------------------------------------


class Begin(NamedTuple):
    """Another run, at rest. Its network is a template, its curves are known on both sides."""

    start: Checkpoint
    task: PackedTask
    curves: Mapping[str, Numbers]
    images: int
    seconds: float


class Play(NamedTuple):
    """Go on."""

    steps: int | None


class Pause(NamedTuple):
    """Rest, and say at once how the run stands."""


class Configure(NamedTuple):
    """Go on with another task."""

    task: PackedTask


class Stand(NamedTuple):
    """A run at rest was changed by hand into this network, which is a template."""

    network: Network


class Change(NamedTuple):
    """Ask, between two steps, what becomes of the network, and go on with the answer."""


class Reply(NamedTuple):
    """What has become of the network, which is a template; None where it stays as it is."""

    network: Network | None


Command = Begin | Play | Pause | Configure | Stand | Change | Reply

# ---- what the process that trains says -----------------------------------------------------------------------------


class Ready(NamedTuple):
    """It is there."""


class Wish(NamedTuple):
    """The network of run `run` that is to be changed; the steps wait for the reply."""

    run: int
    checkpoint: Travelling


class Judged(NamedTuple):
    """As Assessed; the checkpoint is None where it is that of the look."""

    checkpoint: Travelling | None
    loss: float
    accuracy: float
    outputs: Array
    indices: Indices
    dead: Mapping[str, float]


class Broken(NamedTuple):
    """As Divergence; its last good checkpoint is that of the look."""

    step: int
    layer: str
    sentence: str
    rate: float


class Look(NamedTuple):
    """How run `run` (the number of its Begin) stands after the command `answered`.

    The checkpoint is None where it is still that of the last look, or of the command that gave it.
    """

    run: int
    answered: int
    kind: RunKind
    checkpoint: Travelling | None
    images: int
    seconds: float
    sentence: str
    broken: Broken | None
    steps_to_go: float
    rows: Mapping[str, Rows]
    judged: Judged | None


class Trouble(NamedTuple):
    """A command could not be understood: some class is not known there."""

    sentence: str
