"""One run of images: their numbers in it, and which were not sent because the server stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable

from byom_gui.core.cancel import CancelToken
from byom_gui.core.diagnosis import Answered
from byom_gui.ui.backend import ImageSender


class SendingRun:
    """Made in the GUI thread, used by the workers that send.

    Args:
        start: makes what the images go through; called once, in a worker.
        total: how many images it has; more may be added.
    """

    def __init__(self, start: Callable[[], ImageSender], total: int = 0) -> None:
        self._start = start
        self._lock = threading.Lock()
        self._sender: ImageSender | None = None
        self.started = 0
        """How many of its images were handed to workers."""
        self.total = total
        self.not_sent: list[str] = []
        """The ids of images that were not sent. For the GUI thread, as is ``failed``."""
        self.failed: list[str] = []
        """The ids of images that were sent and failed after the server stopped."""

    @property
    def stopped(self) -> str:
        """Why no further image is sent, in one sentence; empty while images are sent."""
        sender = self._sender
        return sender.stopped if sender is not None else ""

    def send(
        self,
        send: Callable[[CancelToken], Answered],
        position: int,
        cancel: CancelToken,
        on_wait: Callable[[str], None],
    ) -> Answered:
        """Sends one image. Raises NotSentError."""
        with self._lock:
            if self._sender is None:
                self._sender = self._start()
        return self._sender.send(send, position, self.total, cancel, on_wait)

    def summary(self) -> str:
        """What became of it, where images were not sent; else empty."""
        count = len(self.not_sent)
        if not count:
            return ""
        rest = "The remaining image was" if count == 1 else f"The remaining {count:,} were"
        return f"{self.stopped} {rest} not sent."
