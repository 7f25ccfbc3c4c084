"""Source: samples, cameras, freezing, and going through folders and videos."""

from __future__ import annotations

from collections.abc import Callable

from explorer.sources.camera import CameraDevice
from explorer.sources.photographs import photographs
from explorer.sources.samples import samples
from explorer.sources.source import Source
from explorer.ui.command import Ask, Command, command, family
from explorer.ui.workspace import Workspace

SPEEDS = 0.1, 0.25, 0.5, 1.0, 2.0, 4.0
JUMP_S = 5.0


@family(
    "source.samples", "Samples", "Source", icon="samples", order=0, toolbar=1,
    caption=lambda workspace: _title(workspace), help="Drawn scenes, moving patterns and photographs.",
)  # fmt: skip
def list_samples(workspace: Workspace) -> list[Command]:
    photographed = {one.name for one in photographs()}
    sections = {one.name: 0 if one.name in photographed else 20 if one.animated else 10 for one in samples()}
    return [
        Command(
            f"source.samples.{one.name}", one.title, "Source", _opener(f"sample:{one.name}"), help=one.help,
            checked=_shows(workspace, f"sample:{one.name}"), order=sections[one.name],
        )
        for one in sorted(samples(), key=lambda one: sections[one.name])
    ]  # fmt: skip


@family(
    "source.cameras", "Cameras", "Source", icon="camera", order=1, toolbar=3, caption=lambda workspace: "Camera",
    nothing="No camera was found: plug one in and open this menu again", help="The cameras at this computer.",
)  # fmt: skip
def list_cameras(workspace: Workspace) -> list[Command]:
    found = [
        Command(
            f"source.cameras.{one.index}", one.name, "Source", _opener(f"camera:{one.index}"), icon="camera",
            checked=_shows(workspace, f"camera:{one.index}"),
        )
        for one in workspace.known_cameras()
    ]  # fmt: skip
    if not workspace.lists_cameras:
        found.append(Command("source.cameras.look", "Look for cameras", "Source", look_for_cameras, order=10))
    return found


def look_for_cameras(workspace: Workspace) -> None:
    """Try which cameras there are; it takes seconds and lights their lamps."""

    def tell(found: list[CameraDevice]) -> None:
        names = ", ".join(one.name for one in found)
        workspace.say(f"Cameras: {names}." if found else "No camera was found. Plug one in and look again.")

    workspace.look_for_cameras(tell)


@command(
    "source.freeze", "Freeze", "Source", shortcut="F", icon="freeze", order=10, toolbar=4,
    checked=lambda workspace: _kind(workspace) == "frozen",
    enabled=lambda workspace: _kind(workspace) == "frozen" or _is_live(workspace),
    help="Hold the picture; a camera stays open, a video pauses.",
)  # fmt: skip
def freeze(workspace: Workspace) -> None:
    workspace.capture.freeze(_kind(workspace) != "frozen")


@command(
    "source.mirror", "Mirror", "Source", shortcut="M", icon="mirror", order=11,
    checked=lambda workspace: workspace.document.preparation.mirror, help="Left and right swapped, as in a mirror.",
)  # fmt: skip
def mirror(workspace: Workspace) -> None:
    preparation = workspace.document.preparation
    workspace.document.prepare("Mirror", preparation.with_settings(mirror=not preparation.mirror))


@command(
    "source.reset_preparation", "Reset the preparation", "Source", icon="reset", order=12,
    enabled=lambda workspace: workspace.document.preparation != type(workspace.document.preparation)(),
    help="The frame as it comes, only fitted to the input size.",
)  # fmt: skip
def reset_preparation(workspace: Workspace) -> None:
    workspace.document.prepare("Reset the preparation", type(workspace.document.preparation)())


def _can_seek(workspace: Workspace) -> bool:
    state = workspace.capture_state
    return state is not None and state.source is not None and state.source.can_seek


@command(
    "source.previous", "Previous picture", "Source", shortcut="PgUp", also=(",",), icon="previous", order=20,
    enabled=_can_seek, help="The picture before in the folder, the frame before in the video.",
)  # fmt: skip
def previous(workspace: Workspace) -> None:
    workspace.capture.step(-1)


@command(
    "source.next", "Next picture", "Source", shortcut="PgDown", also=(".",), icon="next", order=21,
    enabled=_can_seek, help="The next picture in the folder, the next frame of the video.",
)  # fmt: skip
def following(workspace: Workspace) -> None:
    workspace.capture.step(1)


@command(
    "source.back",
    "5 seconds back",
    "Source",
    shortcut="Ctrl+PgUp",
    icon="step_back",
    order=22,
    enabled=_can_seek,
)
def back(workspace: Workspace) -> None:
    workspace.capture.step(-_jump(workspace))


@command(
    "source.forward", "5 seconds forward", "Source", shortcut="Ctrl+PgDown", icon="step", order=23,
    enabled=_can_seek,
)  # fmt: skip
def forward(workspace: Workspace) -> None:
    workspace.capture.step(_jump(workspace))


@family(
    "source.speed", "Speed", "Source", icon="play", order=24, help="How fast a video or an animation plays."
)
def speeds(workspace: Workspace) -> list[Command]:
    state = workspace.capture_state
    source = state.source if state else None
    if source is None or not source.can_change_speed:
        return []
    return [
        Command(
            f"source.speed.{speed:g}", f"{speed:g} x", "Source", _speed_setter(speed),
            checked=_plays_at(source, speed),
        )
        for speed in SPEEDS
    ]  # fmt: skip


@command(
    "source.loop", "Loop", "Source", icon="loop", order=25,
    checked=lambda workspace: _source_flag(workspace, "loop"),
    enabled=lambda workspace: _source_flag(workspace, "can_loop"), help="Begin again after the last frame.",
)  # fmt: skip
def loop(workspace: Workspace) -> None:
    workspace.capture.set_loop(not _source_flag(workspace, "loop"))


def _title(workspace: Workspace) -> str:
    state = workspace.capture_state
    return state.name if state and state.name else "Samples"


def _shows(workspace: Workspace, address: str) -> Ask:
    """Whether the source is this one, whatever size it was asked for."""
    state = workspace.capture_state
    shown = state.source.address.partition("@")[0] if state and state.source else ""
    return lambda _: shown == address


def _plays_at(source: Source, speed: float) -> Ask:
    return lambda _: source.speed == speed


def _kind(workspace: Workspace) -> str:
    return workspace.capture_state.kind if workspace.capture_state else "idle"


def _is_live(workspace: Workspace) -> bool:
    return _source_flag(workspace, "is_live")


def _source_flag(workspace: Workspace, name: str) -> bool:
    state = workspace.capture_state
    return bool(state and state.source and getattr(state.source, name))


def _jump(workspace: Workspace) -> int:
    state = workspace.capture_state
    interval_ms = state.source.interval_ms if state and state.source else 0.0
    return max(1, round(JUMP_S * 1000 / interval_ms)) if interval_ms else 10


def _opener(address: str) -> Callable[[Workspace], bool]:
    return lambda workspace: workspace.open_address(address)


def _speed_setter(speed: float) -> Callable[[Workspace], None]:
    return lambda workspace: workspace.capture.set_speed(speed)
