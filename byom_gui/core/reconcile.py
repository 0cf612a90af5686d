"""The class table: listed, served, returned and team classes side by side. Linear time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from byom_gui.core.class_names import difference, flaws, is_background, is_blank, look_alike_key, near_key, visible
from byom_gui.core.classes import KNOWN_TYPES, OPEN_TYPES, ClassEntry, ClassList, meant_type
from byom_gui.core.colours import ClassColour, assign
from byom_gui.core.findings import Severity
from byom_gui.core.predictions import SHAPE_NAMES
from byom_gui.core.registering import TeamClass

Served = Literal["yes", "no", "unknown"]
InTeam = Literal["yes", "new", "unknown"]


@dataclass(frozen=True, slots=True)
class SeenClass:
    """A name that responses contain with one kind of shape, and in how many results."""

    name: str
    shape_name: str
    count: int


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with a row; ``id`` is the finding's id."""

    id: str
    severity: Severity
    message: str


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A row of the table. ``row`` is its index in the list; None if it was returned but is not listed."""

    name: str
    type: str
    colour: ClassColour
    row: int | None
    served: Served
    team: InTeam
    seen: int
    problems: tuple[RowProblem, ...] = ()


def rows(
    listed: ClassList,
    served: Sequence[ClassEntry] | None,
    seen: Sequence[SeenClass],
    team: Sequence[TeamClass] | None,
) -> tuple[ClassRow, ...]:
    """The table: listed classes in their order, then those that were returned but are not listed.

    Args:
        listed: the user's list.
        served: the class list from the server; None if it is not known.
        seen: what responses contained, one item per name and shape.
        team: the team's annotation classes; None if they are not known.
    """
    return _Table(listed, served, seen, team).rows()


def served_only(listed: ClassList, served: Sequence[ClassEntry]) -> tuple[ClassEntry, ...]:
    """What the server lists but the user does not, each name once."""
    have = set(listed.names)
    found: dict[str, ClassEntry] = {}
    for entry in served:
        if entry.name not in have:
            found.setdefault(entry.name, entry)
    return tuple(found.values())


class _Table:
    """The look-ups that every row needs, built once."""

    def __init__(
        self,
        listed: ClassList,
        served: Sequence[ClassEntry] | None,
        seen: Sequence[SeenClass],
        team: Sequence[TeamClass] | None,
    ) -> None:
        self.listed = listed
        self.served = None if served is None else {entry.name for entry in served}
        self.team = None if team is None else {entry.name: entry for entry in team}
        self.names = Counter(listed.names)
        self.shapes: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for item in seen:
            self.shapes[item.name][item.shape_name] += item.count
        self.returned = [name for name in self.shapes if name not in self.names]
        self.listed_by_key = _by_key(listed.names)
        self.listed_alike = {look_alike_key(name): name for name in reversed(listed.names)}
        self.returned_by_key = _by_key(self.returned)

    def rows(self) -> tuple[ClassRow, ...]:
        colours = assign((*self.listed.names, *self.returned), self._chosen())
        listed = [
            self._row(entry.name, entry.type, colours[entry.name], at, self._listed_problems(entry))
            for at, entry in enumerate(self.listed)
        ]
        returned = [
            self._row(name, self._shape(name), colours[name], None, self._returned_problems(name))
            for name in self.returned
        ]
        return (*listed, *returned)

    def _chosen(self) -> dict[str, str]:
        known = (self.team or {}).values()
        chosen = {entry.name: entry.color for entry in known if entry.color}
        return chosen | {entry.name: entry.color for entry in self.listed if entry.color}

    def _row(
        self, name: str, type_: str, colour: ClassColour, row: int | None, problems: tuple[RowProblem, ...]
    ) -> ClassRow:
        served: Served = "unknown" if self.served is None else "yes" if name in self.served else "no"
        team: InTeam = "unknown" if self.team is None else "yes" if name in self.team else "new"
        return ClassRow(name, type_, colour, row, served, team, self._count(name), problems)

    def _count(self, name: str) -> int:
        return sum(self.shapes[name].values()) if name in self.shapes else 0

    def _shape(self, name: str) -> str:
        return self.shapes[name].most_common(1)[0][0]

    def _listed_problems(self, entry: ClassEntry) -> tuple[RowProblem, ...]:
        returned = self.shapes[entry.name].items() if entry.name in self.shapes else ()
        problems = (*name_problems(entry.name, self.names[entry.name]), *type_problems(entry.type, returned))
        return (*problems, *self._near_of_listed(entry), *self._mismatch(entry))

    def _near_of_listed(self, entry: ClassEntry) -> Iterable[RowProblem]:
        near = self.returned_by_key.get(near_key(entry.name))
        if near and not is_blank(entry.name):
            yield RowProblem("classes.near-match", "error", _near_words(near, entry.name))

    def _mismatch(self, entry: ClassEntry) -> Iterable[RowProblem]:
        others = [shape for shape in self.shapes.get(entry.name, ()) if shape != entry.type]
        if others and entry.type in SHAPE_NAMES:
            message = f"Listed as {words(entry.type)}, but returned as {', '.join(words(shape) for shape in others)}."
            yield RowProblem("classes.type-mismatch", "error", message)

    def _returned_problems(self, name: str) -> tuple[RowProblem, ...]:
        if not self.listed.entries:
            return ()
        near = self.listed_alike.get(look_alike_key(name)) or self.listed_by_key.get(near_key(name))
        if near is not None and not is_blank(near):
            return (RowProblem("classes.near-match", "error", _near_words(name, near)),)
        return (
            RowProblem(
                "classes.unregistered",
                "error",
                f"The model returned “{visible(name)}”, which is not in the class list.",
            ),
        )


def _near_words(returned: str, listed: str) -> str:
    said = f"The model returned “{visible(returned)}”, but the class list has “{visible(listed)}”."
    if look_alike_key(returned) != look_alike_key(listed):
        return said
    return f"{said} They look the same, but differ by {difference(returned, listed).words}."


def _by_key(names: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(near_key(name), name)
    return found


def words(type_: str) -> str:
    """A type for people: ``bounding box``."""
    return type_.replace("_", " ")


def name_problems(name: str, times: int = 1) -> Iterable[RowProblem]:
    """What is wrong with a listed name that is listed ``times`` times."""
    if is_blank(name):
        yield RowProblem("classes.empty-name", "error", "This class has no name. Enter one, or delete the row.")
        return
    for flaw in flaws(name):
        yield RowProblem("classes.control-character", flaw.severity, f"“{visible(name)}” {flaw.what}. {flaw.fix}")
    if times > 1:
        yield RowProblem("classes.duplicate", "error", f"“{visible(name)}” is listed {times} times. Keep one of them.")
    if is_background(name):
        message = f"“{visible(name)}” usually means “no object”. V7 would show it as a class."
        yield RowProblem("classes.background", "warning", message)


def type_problems(type_: str, returned: Iterable[tuple[str, int]]) -> Iterable[RowProblem]:
    """What is wrong with a listed type: unknown to V7 (error), or unpublished whether it works (warning)."""
    if type_ in KNOWN_TYPES:
        return
    if type_ in OPEN_TYPES:
        message = f"V7 has not published whether a class of type {words(type_)} can be registered."
        yield RowProblem("classes.unknown-type", "warning", message)
        return
    better = meant_type(type_, returned)
    hint = f"Use {better}." if better else f"Use one of: {', '.join(KNOWN_TYPES)}."
    what = f"V7 has no class type “{type_}”." if type_ else "The type is missing."
    yield RowProblem("classes.unknown-type", "error", f"{what} {hint}")
