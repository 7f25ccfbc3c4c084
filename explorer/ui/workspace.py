"""What every panel and command is given: the document, the view, the source and the newest answer."""

from __future__ import annotations

import dataclasses
import logging
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar, cast

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.document.document import Document
from explorer.document.view import View
from explorer.rendering.pictures import Wanted
from explorer.runtime.answerer import Answer, Answerer, Request
from explorer.runtime.capture import Capture, CaptureState
from explorer.runtime.errands import Errand, Errands
from explorer.sources.camera import CameraDevice, cameras
from explorer.sources.opening import open_source
from explorer.sources.source import Frame, Source, SourceError
from explorer.ui.clock import Clock
from explorer.ui.gallery import Gallery
from explorer.ui.shelf import Shelf
from explorer.ui.suited_picture import SuitedPicture
from explorer.ui.trainer import Trainer

if TYPE_CHECKING:
    from explorer.ui.shell import Shell

log = logging.getLogger(__name__)

T = TypeVar("T")
Refusals = tuple[type[Exception], ...]
PATIENCE_MS = 100  # an edit that is not answered within this time makes the maps stale


class Workspace(QObject):
    """Joins document, capture and evaluator by the clock: push to compute, pull to paint.

    Panels read `document`, `view`, `answer`, `frame` and `capture_state`, and listen to the signals. They
    change things by `document.edit`, `view`, `open_source` and the capture's methods, and never block.
    """

    answered = Signal(object)  # Answer: the newest trace and pictures
    framed = Signal(object)  # Frame: a new frame came from the source
    capture_changed = Signal(object)  # CaptureState
    stale_changed = Signal(bool)  # what is shown is older than the document, and has been for a moment
    errands_changed = Signal()  # something that takes long has begun or ended
    said = Signal(str, str)  # a sentence for the person, and "note" or "error"
    # A sentence, and what can be done about it: functions by the labels of buttons.
    asked = Signal(str, object)

    def __init__(self, document: Document, view: View, capture: Capture, evaluator: Answerer) -> None:
        super().__init__()
        self.document = document
        self.view = view
        self.capture = capture
        self.evaluator = evaluator
        self.errands = Errands()
        self.explaining = Errands()  # explanations that take longer than a blink; nobody is told of them
        self.shell: Shell | None = None  # the window, once there is one
        self.clock = Clock()
        self.frame: Frame | None = None
        self.answer: Answer | None = None
        self.capture_state: CaptureState | None = None
        self.wanted = Wanted()
        self._wanted_by: dict[str, Wanted] = {}
        self._cameras = [CameraDevice(index, f"Camera {index}") for index in range(2)]
        self._refusals: dict[Errand, Refusals] = {}
        self._must_submit = False
        self.shows_stale = False  # stale for longer than a moment
        self._failure = ""
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self._tell_stale)
        self.clock.ticked.connect(self._fetch)
        capture.frames.told = self._pass_frame_on
        for mailbox in (capture.states, evaluator.answers):
            mailbox.told = self.clock.ring
        self.errands.told = self.clock.ring
        self.explaining.told = self.clock.ring
        view.hovered.connect(evaluator.make_way)
        view.pixel_changed.connect(evaluator.make_way)
        document.network_changed.connect(self._submit_edit)
        document.preparation_changed.connect(self._submit_edit)
        document.refused.connect(lambda sentence: self.say(sentence, "error"))
        self.trainer = Trainer(self)
        self.shelf = Shelf(self)
        self.gallery = Gallery(self)
        self._suited_picture = SuitedPicture(self)

    def start(self) -> None:
        """Start the threads."""
        self.capture.start()
        self.evaluator.start()
        self.clock.wake()

    def stop(self) -> None:
        """Stop the clock and the threads and wait for them."""
        self.clock.stop()
        self._patience.stop()
        self.trainer.close()
        self.errands.stop()
        self.explaining.stop()
        self.capture.stop()
        self.evaluator.stop()

    def run_errand(
        self, label: str, work: Callable[[], T], then: Callable[[T], object], refusals: Refusals = ()
    ) -> None:
        """Do `work` in another thread and then `then` with its result in this one.

        An exception of `refusals` is told as a sentence; any other one is unexpected.
        """

        def finish(result: object) -> None:
            then(cast(T, result))

        self._refusals[self.errands.give(label, work, finish)] = refusals
        self.errands_changed.emit()

    def undertake(
        self, label: str, work: Callable[[Errand], T], then: Callable[[T], object], refusals: Refusals = ()
    ) -> Errand:
        """The same for what may take minutes: in a thread of its own; `work` tells the errand how far it is.

        `errands_changed` is told when it has ended, whether it was done, refused or cancelled.
        """

        def finish(result: object) -> None:
            then(cast(T, result))

        errand = self.errands.give_alone(label, work, finish)
        self._refusals[errand] = refusals
        self.errands_changed.emit()
        return errand

    def cancel_errand(self, errand: Errand) -> None:
        """Give one up; nothing happens if it has ended."""
        if errand in self.errands.under_way:
            errand.cancel()
            self.say(f"{errand.label}: cancelled.")
            self.errands_changed.emit()

    def cancel_errands(self) -> bool:
        """Drop what has not come back yet; whether there was anything."""
        waiting = self.errands.under_way
        for errand in waiting:
            errand.cancel()
            self.say(f"{errand.label}: cancelled.")
        self.errands_changed.emit()
        return bool(waiting)

    def say(self, sentence: str, kind: str = "note") -> None:
        """Tell the person something: kind 'note' passes by, 'error' stays until it is read."""
        log.info("Said (%s): %s", kind, sentence)
        self.said.emit(sentence, kind)

    def open_source(self, source: Source) -> None:
        """Show another source; while it opens, and if it cannot be opened, the last good image stays."""
        self.capture.switch(source)

    def open_address(self, address: str) -> bool:
        """Show what a person named: a path, a camera number, a URL, 'sample:cat'. False if that names nothing."""
        try:
            source = open_source(address)
        except SourceError as error:
            self.say(str(error), "error")
            return False
        self.open_source(source)
        return True

    @property
    def lists_cameras(self) -> bool:
        """Whether the system has a list of cameras; elsewhere each must be opened to see if it is there."""
        return sys.platform == "linux"

    def known_cameras(self) -> list[CameraDevice]:
        """The cameras that are there, or where finding out takes seconds, those found or likely."""
        return cameras() if self.lists_cameras else self._cameras

    def look_for_cameras(self, then: Callable[[list[CameraDevice]], object]) -> None:
        """Find out which cameras there are, in another thread."""

        def keep(found: list[CameraDevice]) -> None:
            self._cameras = found
            then(found)

        self.run_errand("Looking for cameras", cameras, keep)

    def want(self, wanted: Wanted, by: str = "") -> None:
        """Tell what of the maps is visible, at which size and in which colours; every panel for itself."""
        if wanted != self._wanted_by.get(by):
            self._wanted_by[by] = wanted
            every = self._wanted_by.values()
            self.wanted = dataclasses.replace(
                wanted,
                tiles=tuple(dict.fromkeys(tiles for one in every for tiles in one.tiles)),
                units=tuple(dict.fromkeys(unit for one in every for unit in one.units)),
            )
            self._submit_later()

    @property
    def is_stale(self) -> bool:
        """Whether what is shown belongs to an older state than the document's."""
        answer = self.answer
        if answer is None or answer.failure:
            return True
        request = answer.request
        return (
            request.network is not self.document.network or request.preparation != self.document.preparation
        )

    def _submit_edit(self, *_: object) -> None:
        if not self._patience.isActive():
            self._patience.start()
        self._submit_later()

    def _submit_later(self) -> None:
        self._must_submit = True
        self._submit()

    def _submit(self) -> None:
        if self._must_submit and self.frame is not None:
            self._must_submit = False
            document = self.document
            self.evaluator.submit(Request(document.network, self.frame, document.preparation, self.wanted))

    def _pass_frame_on(self) -> None:
        """A frame came, told by the thread that captures: the evaluator begins at once, the panels see it later."""
        frame = self.capture.frames.peek()
        if frame is not None and self.evaluator.submit_frame(frame):
            self.clock.ring_softly()
        else:
            self.clock.ring()

    def _fetch(self) -> None:
        while (errand := self.errands.fetch()) is not None:
            self._finish(errand)
        while (errand := self.explaining.fetch()) is not None:
            if not errand.is_cancelled and errand.failure is None:
                errand.then(errand.result)
        state = self.capture.states.take()
        if state is not None:
            self.capture_state = state
            self.capture_changed.emit(state)
        frame = self.capture.frames.take()
        if frame is not None:
            self.frame = frame
            self._must_submit = True
            self.framed.emit(frame)
        self._submit()
        answer = self.evaluator.answers.take()
        if answer is not None:
            self._pass_on(answer)

    def _finish(self, errand: Errand) -> None:
        refusals = self._refusals.pop(errand)
        self.errands_changed.emit()
        if errand.is_cancelled:
            return
        if isinstance(errand.failure, refusals):
            self.say(str(errand.failure), "error")
        elif errand.failure is not None:
            sys.excepthook(type(errand.failure), errand.failure, errand.failure.__traceback__)
        else:
            errand.then(errand.result)

    def _pass_on(self, answer: Answer) -> None:
        if answer.failure and answer.failure != self._failure:  # not once for every frame of a camera
            self.say(answer.failure, "error")
        self._failure = answer.failure
        self.answer = answer
        if not self.is_stale:
            self._patience.stop()
            self._tell_stale()
        self.answered.emit(answer)

    def _tell_stale(self) -> None:
        if self.shows_stale != self.is_stale:
            self.shows_stale = self.is_stale
            self.stale_changed.emit(self.shows_stale)
