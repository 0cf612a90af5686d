"""Many images to one server, by command and in the window: a busy server is asked again, one that died no more."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace

from byom_gui.core.cancel import CancelToken
from byom_gui.core.diagnosis import Answered
from byom_gui.core.endpoint import Endpoint
from byom_gui.core.errors import NotSentError
from byom_gui.core.project import Settings
from byom_gui.core.retry import ask_patiently
from byom_gui.services.call_gate import CallGate
from byom_gui.services.images import small_sample
from byom_gui.services.model_server import ModelServer
from byom_gui.services.previewing import infer_image

Send = Callable[[CancelToken], Answered]


class ImageRun:
    """One run of images. ``send`` may be called from several threads.

    Args:
        sample: sends an image that every server can read, to find out whether the server still responds.
    """

    def __init__(self, sample: Send) -> None:
        # Each image is sent three times to a busy server before that counts as a refusal.
        self._gate = CallGate(sample, 0, sys.maxsize, lambda _: None, tries=1)

    @property
    def stopped(self) -> str:
        """Why no further image is sent, in one sentence; empty while images are sent."""
        return self._gate.why if self._gate.interruption is not None else ""

    def send(
        self, send: Send, position: int, planned: int, cancel: CancelToken, on_wait: Callable[[str], None]
    ) -> Answered:
        """Sends one image, again where the server is busy or the connection broke.

        Args:
            position: which image of the run this is, from 1.
            planned: how many images the run has.
            on_wait: called with a sentence before each wait.

        Raises:
            NotSentError: the server stopped responding, or still refuses an image after its tries.
            Cancelled: at once when ``cancel`` is set.
        """
        self._gate.planned = planned

        def numbered(stop: CancelToken) -> Answered:
            answered = ask_patiently(lambda: send(stop), stop, on_wait)
            return replace(answered, call=replace(answered.call, position=position))

        answered = self._gate.run(numbered, cancel)
        if answered is None:
            raise NotSentError(f"Not sent. {self._gate.why}")
        return answered


def start_run(server: ModelServer, endpoint: Endpoint, settings: Settings) -> ImageRun:
    """A run of images to this endpoint. Sends nothing."""
    return ImageRun(lambda stop: infer_image(server, endpoint, settings, small_sample(), stop))
