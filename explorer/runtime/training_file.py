"""A training run in a file: networks, what the optimizer remembers, settings and curves. Nothing in it is run."""

from __future__ import annotations

import io
import json
import math
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np

from explorer.datasets.augmentation import Augmentation
from explorer.datasets.split import Splitting
from explorer.engine.losses import Loss
from explorer.engine.optimizers import Optimizer, OptimizerState
from explorer.engine.schedules import Schedule
from explorer.engine.setting import Declared, SettingError
from explorer.engine.training import Checkpoint, Training
from explorer.exchange.files import write_whole
from explorer.exchange.network_file import NetworkFileError, network_bytes, network_of
from explorer.runtime.curves import Curves
from explorer.runtime.run_record import RunRecord
from explorer.runtime.stopping import Stopping

FORMAT = "feature-map-explorer training"
VERSION = 1
LARGEST_ENTRY = 2 << 30  # bytes
WRONG = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, RuntimeError, ValueError, TypeError, MemoryError,
    SettingError, NetworkFileError,
)  # fmt: skip


class TrainingFileError(Exception):
    """A file does not hold a training that can be gone on with; the text says what is wrong with it."""


def write_training(run: RunRecord, path: Path) -> Path:
    """Write the run whole or not at all; it may go on meanwhile. Raises WriteError."""
    return write_whole(path, lambda file: _write(file, run))


def read_training(path: Path) -> RunRecord:
    """The run in the file. Raises TrainingFileError with one sentence for whatever may be wrong."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _read(archive)
    except OSError as error:
        raise TrainingFileError(f"{path} could not be read: {error.strerror or error}.") from error
    except WRONG as error:
        raise TrainingFileError(f"{path} holds no training that can be restored: {error}") from error


def _write(file: IO[bytes], run: RunRecord) -> None:
    checkpoint, settings = run.checkpoint, run.settings
    state = checkpoint.state
    text = {
        "format": FORMAT, "version": VERSION, "title": run.title, "note": run.note,
        "data_title": run.data_title, "data_address": run.data_address,
        "seconds": run.seconds, "images": run.images,
        "step": checkpoint.step, "epoch": checkpoint.epoch, "position": checkpoint.position,
        "optimizer_steps": state.steps if state else None, "vectors": len(state.vectors) if state else 0,
        "settings": settings.values(), "loss": _kind(settings.loss), "optimizer": _kind(settings.optimizer),
        "schedule": _kind(settings.schedule), "stopping": run.stopping.values(),
        "splitting": run.splitting.values(), "augmentation": run.augmentation.values(),
    }  # fmt: skip
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("training.json", json.dumps(text, indent=1))
        archive.writestr("start.network", network_bytes(run.start))
        archive.writestr("now.network", network_bytes(run.network))
        for index, vector in enumerate(state.vectors if state else ()):
            archive.writestr(f"state/{index}.npy", _array_bytes(vector))
        for name, table in run.curves.tables().items():
            archive.writestr(f"curves/{name}.npy", _array_bytes(table))


def _kind(value: Declared) -> dict[str, Any]:
    return {"kind": value.kind, "values": value.values()}


def _array_bytes(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asarray(array), allow_pickle=False)
    return file.getvalue()


def _read(archive: zipfile.ZipFile) -> RunRecord:
    text = json.loads(_bytes(archive, "training.json"))
    if not isinstance(text, dict) or text.get("format") != FORMAT or text.get("version") != VERSION:
        raise ValueError(f"expected a {FORMAT} of version {VERSION}.")
    network = network_of(_bytes(archive, "now.network"), "its network")
    step = _count(text, "step")
    checkpoint = Checkpoint(
        network, _state(archive, text), step, _count(text, "epoch"), _count(text, "position")
    )
    names = [name for name in archive.namelist() if name.startswith("curves/") and name.endswith(".npy")]
    tables = {name[len("curves/") : -len(".npy")]: _array(archive, name).astype(np.float64) for name in names}
    curves = Curves.of(tables)
    curves.cut(step)  # the last rows may be of steps after the checkpoint
    seconds = float(text["seconds"])
    return RunRecord(
        title=str(text["title"]),
        start=network_of(_bytes(archive, "start.network"), "its start"),
        checkpoint=checkpoint,
        settings=_settings(text),
        stopping=Stopping(**text["stopping"]),
        splitting=Splitting(**text["splitting"]),
        augmentation=Augmentation(**text["augmentation"]),
        data_title=str(text["data_title"]),
        data_address=str(text["data_address"]),
        curves=curves,
        seconds=seconds if math.isfinite(seconds) else 0.0,
        images=_count(text, "images"),
        note=str(text["note"]),
    )


def _settings(text: dict[str, Any]) -> Training:
    return Training(
        **text["settings"],
        loss=Loss.of_kind(text["loss"]["kind"], text["loss"]["values"]),
        optimizer=Optimizer.of_kind(text["optimizer"]["kind"], text["optimizer"]["values"]),
        schedule=Schedule.of_kind(text["schedule"]["kind"], text["schedule"]["values"]),
    )


def _state(archive: zipfile.ZipFile, text: dict[str, Any]) -> OptimizerState | None:
    if text["optimizer_steps"] is None:
        return None
    vectors = []
    for index in range(min(8, _count(text, "vectors"))):
        vector = _array(archive, f"state/{index}.npy").astype(np.float32).reshape(-1)
        vector.flags.writeable = False
        vectors.append(vector)
    return OptimizerState(_count(text, "optimizer_steps"), tuple(vectors))


def _count(text: dict[str, Any], name: str) -> int:
    value = text[name]
    if not isinstance(value, int) or value < 0:
        raise ValueError(f"{name} is {value!r}, expected a number from 0 on.")
    return value


def _array(archive: zipfile.ZipFile, name: str) -> np.ndarray:
    array: np.ndarray = np.lib.format.read_array(io.BytesIO(_bytes(archive, name)), allow_pickle=False)
    if array.dtype.kind not in "fiu":
        raise ValueError(f"{name} holds {array.dtype}, expected numbers.")
    return array


def _bytes(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > LARGEST_ENTRY:
        raise ValueError(f"{name} is larger than {LARGEST_ENTRY >> 20:,} MiB.")
    return archive.read(name)
