"""What every panel and command is given: the document, the view, the source and the newest answer."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, Signal

from explorer.document.document import Document
from explorer.document.view import View
from explorer.rendering.pictures import Wanted
from explorer.runtime.capture import Capture, CaptureState
from explorer.runtime.evaluator import Answer, Evaluator, Request
from explorer.sources.source import Frame, Source
from explorer.ui.clock import Clock

log = logging.getLogger(__name__)


class Workspace(QObject):
    """Joins document, capture and evaluator by the clock: push to compute, pull to paint.

    Panels read `document`, `view`, `answer`, `frame` and `capture_state`, and listen to the signals. They
    change things by `document.edit`, `view`, `open_source` and the capture's methods, and never block.
    """

    answered = Signal(object)  # Answer: the newest trace and pictures
    framed = Signal(object)  # Frame: a new frame came from the source
    capture_changed = Signal(object)  # CaptureState
    said = Signal(str, str)  # a sentence for the person, and "note" or "error"

    def __init__(self, document: Document, view: View, capture: Capture, evaluator: Evaluator) -> None:
        super().__init__()
        self.document = document
        self.view = view
        self.capture = capture
        self.evaluator = evaluator
        self.clock = Clock(self._is_busy)
        self.frame: Frame | None = None
        self.answer: Answer | None = None
        self.capture_state: CaptureState | None = None
        self.wanted = Wanted()
        self._must_submit = False
        self.clock.ticked.connect(self._fetch)
        capture.asked = self.clock.wake
        document.network_changed.connect(self._submit_later)
        document.preparation_changed.connect(self._submit_later)
        document.refused.connect(lambda sentence: self.say(sentence, "error"))

    def start(self) -> None:
        """Start the threads."""
        self.capture.start()
        self.evaluator.start()
        self.clock.wake()

    def stop(self) -> None:
        """Stop the clock and the threads and wait for them."""
        self.clock.stop()
        self.capture.stop()
        self.evaluator.stop()

    def say(self, sentence: str, kind: str = "note") -> None:
        """Tell the person something: kind 'note' passes by, 'error' stays until it is read."""
        log.info("Said (%s): %s", kind, sentence)
        self.said.emit(sentence, kind)

    def open_source(self, source: Source) -> None:
        """Show another source; while it opens, and if it cannot be opened, the last good image stays."""
        self.capture.switch(source)

    def want(self, wanted: Wanted) -> None:
        """Tell what of the maps is visible, at which size and in which colours."""
        if wanted != self.wanted:
            self.wanted = wanted
            self._submit_later()

    @property
    def is_stale(self) -> bool:
        """Whether what is shown belongs to an older state than the document's."""
        answer = self.answer
        if answer is None:
            return True
        request = answer.request
        return (
            request.network is not self.document.network or request.preparation != self.document.preparation
        )

    def _submit_later(self, *_: object) -> None:
        self._must_submit = True
        self.clock.wake()
        self._submit()

    def _submit(self) -> None:
        if self._must_submit and self.frame is not None:
            self._must_submit = False
            document = self.document
            self.evaluator.submit(Request(document.network, self.frame, document.preparation, self.wanted))

    def _fetch(self) -> None:
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
            if answer.failure:
                self.say(answer.failure, "error")
            self.answer = answer
            self.answered.emit(answer)

    def _is_busy(self) -> bool:
        return self._must_submit and self.frame is not None or self.evaluator.is_busy or self.capture.is_busy
