"""The model's classes beside the team's: what matches, and what is missing. Linear in both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from byom_gui.core.colours import ClassColour
from byom_gui.core.reconcile import ClassRow, near_key, words
from byom_gui.core.registering import TeamClass, TeamInfo

FORMAT = "byom-class-mapping/1"
Match = Literal[
    "exact",  # the same name, and a type that fits
    "near",  # the same but for case, spaces and punctuation, and a type that fits
    "type",  # the name is there, with another type
    "missing",  # the team has none of that name
]

MATCH_WORDS: Mapping[Match, str] = {
    "exact": "Same name",
    "near": "Near match",
    "type": "Other type",
    "missing": "Missing",
}


@dataclass(frozen=True, slots=True)
class MappedClass:
    """One class of the model. ``problem`` says in words what stands in the way; empty where nothing does."""

    name: str
    type: str
    colour: ClassColour
    listed: bool
    seen: int
    target: TeamClass | None
    match: Match
    problem: str = ""


def fits(type_: str, of: TeamClass) -> bool:
    """Whether predictions of this type can become annotations of that class."""
    return type_ in of.types


def map_classes(rows: Sequence[ClassRow], team: Sequence[TeamClass]) -> tuple[MappedClass, ...]:
    """Each named class of the model once, with the team's class it goes to.

    Args:
        rows: what is listed, then what was returned and is not listed.
        team: the team's annotation classes.
    """
    named: dict[str, ClassRow] = {}
    for row in rows:
        if row.name.strip():
            named.setdefault(row.name, row)
    matcher = _Matcher(team)
    return tuple(matcher.mapped(row) for row in named.values())


class _Matcher:
    """The look-ups that every row needs, made once."""

    def __init__(self, team: Sequence[TeamClass]) -> None:
        self._by_name = {each.name: each for each in team}
        self._near: defaultdict[str, list[TeamClass]] = defaultdict(list)
        for each in team:
            self._near[near_key(each.name)].append(each)

    def mapped(self, row: ClassRow) -> MappedClass:
        plain = MappedClass(row.name, row.type, row.colour, row.row is not None, row.seen, None, "missing")
        found = self._found(plain)
        if found.listed:
            return found
        return replace(found, problem=f"Returned, and not listed: V7 learns of listed classes. {found.problem}".strip())

    def _found(self, plain: MappedClass) -> MappedClass:
        same = self._by_name.get(plain.name)
        if same is not None:
            return replace(plain, target=same, match="exact") if fits(plain.type, same) else _other(plain, same)
        near = self._near.get(near_key(plain.name), [])
        fitting = next((each for each in near if fits(plain.type, each)), None)
        if fitting is not None:
            return replace(plain, target=fitting, match="near")
        return _other(plain, near[0]) if near else plain


def _other(plain: MappedClass, found: TeamClass) -> MappedClass:
    problem = f"{_misfit(plain, found)} Choose another class, or change the type."
    return replace(plain, match="type", problem=problem)


def _misfit(plain: MappedClass, of: TeamClass) -> str:
    kinds = ", ".join(words(kind) for kind in of.types) or "of no known type"
    return f"In the team “{of.name}” is {kinds}; the model's is {words(plain.type)}."


def open_rows(mapped: Iterable[MappedClass]) -> tuple[MappedClass, ...]:
    """The classes that still want a decision."""
    return tuple(each for each in mapped if each.problem or each.target is None)


def mapping_json(
    mapped: Sequence[MappedClass], team: TeamInfo, host: str, model: str, created: str, tool: str
) -> dict[str, Any]:
    """The mapping as ``byom-class-mapping/1``, to set up the AI Model stage by, or to keep."""
    return {
        "format": FORMAT,
        "model": model,
        "host": host,
        "team": {"slug": team.slug, "name": team.name},
        "classes": [_row_json(each) for each in mapped],
        "created": created,
        "tool": tool,
    }


def _row_json(each: MappedClass) -> dict[str, Any]:
    target = {"name": each.target.name, "types": list(each.target.types)} if each.target else None
    made: dict[str, Any] = {"name": each.name, "type": each.type, "to": target, "match": each.match}
    return made | ({"problem": each.problem} if each.problem else {})
