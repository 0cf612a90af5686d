"""Hands a secret on, without a Qt signal.

A signal's arguments may be queued, recorded and sent to any number of receivers; a secret goes to one, at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, ParamSpec

P = ParamSpec("P")


class Handoff(Generic[P]):
    """One receiver, called directly; nothing is kept. Shaped like a signal: ``connect`` and ``emit``."""

    def __init__(self) -> None:
        self._receiver: Callable[P, object] | None = None

    def connect(self, receiver: Callable[P, object]) -> None:
        """Sets the receiver, in place of an earlier one."""
        self._receiver = receiver

    def emit(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Calls the receiver, if there is one."""
        if self._receiver is not None:
            self._receiver(*args, **kwargs)
