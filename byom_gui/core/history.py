"""Undo and redo of any value, each step with a label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

LIMIT = 200


@dataclass(frozen=True, slots=True)
class _Step(Generic[T]):
    label: str
    value: T


@dataclass(frozen=True, slots=True)
class History(Generic[T]):
    """A value with its past and future; each operation returns a new history.

    Args:
        value: what holds now.
        limit: how many steps can be taken back; older ones are forgotten.
    """

    value: T
    limit: int = LIMIT
    past: tuple[_Step[T], ...] = ()
    future: tuple[_Step[T], ...] = ()

    @property
    def undo_label(self) -> str | None:
        """What undo() would take back, or None where there is nothing."""
        return self.past[-1].label if self.past else None

    @property
    def redo_label(self) -> str | None:
        """What redo() would do again, or None where there is nothing."""
        return self.future[-1].label if self.future else None

    def push(self, label: str, value: T) -> History[T]:
        """With ``value`` as a new step. What was undone is forgotten. An equal value makes no step."""
        if value == self.value:
            return self
        past = (*self.past, _Step(label, self.value))[-self.limit :]
        return History(value, self.limit, past)

    def undo(self) -> History[T]:
        """One step back; itself where there is none."""
        if not self.past:
            return self
        step = self.past[-1]
        return History(step.value, self.limit, self.past[:-1], (*self.future, _Step(step.label, self.value)))

    def redo(self) -> History[T]:
        """One step forward; itself where there is none."""
        if not self.future:
            return self
        step = self.future[-1]
        return History(step.value, self.limit, (*self.past, _Step(step.label, self.value)), self.future[:-1])
