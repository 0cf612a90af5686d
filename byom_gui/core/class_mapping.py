"""Maps the model's classes to the team's: what matches, what the user chose, what is missing. Pure; linear in both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal

from byom_gui.core.class_names import near_key
from byom_gui.core.classes import KNOWN_TYPES
from byom_gui.core.colours import ClassColour
from byom_gui.core.errors import InputError
from byom_gui.core.project import Project
from byom_gui.core.reconcile import ClassRow, words
from byom_gui.core.registering import TeamClass, TeamInfo

FORMAT = "byom-class-mapping/1"
KEY = "class_mappings"
"""The key in a project's file for the user's choices, one item per team."""

LEAVE_OUT = ""
"""The choice for a class that is mapped to no class of the team."""

Match = Literal[
    "exact",  # the same name and a matching type
    "near",  # the same except for case, spaces and punctuation, and a matching type
    "type",  # the same name with a different type
    "chosen",  # chosen by the user
    "left-out",  # left out by the user
    "missing",  # the team has no class with that name
]

MATCH_WORDS: Mapping[Match, str] = {
    "exact": "Same name",
    "near": "Near match",
    "type": "Different type",
    "chosen": "Chosen",
    "left-out": "Left out",
    "missing": "Missing",
}

_MADE = (*(kind for kind in KNOWN_TYPES if kind != "skeleton"), "mask")


@dataclass(frozen=True, slots=True)
class MappedClass:
    """One class of the model. ``problem`` says why it cannot be mapped; empty if it can."""

    name: str
    type: str
    colour: ClassColour
    listed: bool
    seen: int
    target: TeamClass | None
    match: Match
    problem: str = ""


@dataclass(frozen=True, slots=True)
class NewClass:
    """A class that the team does not have and that can be created."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class MakingReport:
    """What happened to the classes to create. ``stopped`` says why the rest (``left``) was not tried."""

    made: tuple[str, ...] = ()
    there: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    left: tuple[str, ...] = ()
    stopped: str = ""

    @property
    def sentence(self) -> str:
        """All of it in a line."""
        parts = [f"{len(self.made)} created"]
        parts += [f"{len(self.there)} already existed"] if self.there else []
        parts += [f"{len(self.failed)} refused"] if self.failed else []
        parts += [f"{len(self.left)} not tried"] if self.left else []
        why = " ".join(filter(None, (*(f"“{name}”: {why}" for name, why in self.failed[:3]), self.stopped)))
        return f"{', '.join(parts)}. {why}".strip()


def fits(type_: str, of: TeamClass) -> bool:
    """Whether predictions of this type can become annotations of that class."""
    return type_ in of.types


def map_classes(
    rows: Sequence[ClassRow], team: Sequence[TeamClass], chosen: Mapping[str, str] = MappingProxyType({})
) -> tuple[MappedClass, ...]:
    """Each named class of the model once, with the team's class it goes to.

    Args:
        rows: what is listed, then what was returned but is not listed.
        team: the team's annotation classes.
        chosen: the user's choice by the model's class name; ``LEAVE_OUT`` maps it to none.
    """
    named: dict[str, ClassRow] = {}
    for row in rows:
        if row.name.strip():
            named.setdefault(row.name, row)
    matcher = _Matcher(team, chosen)
    return tuple(matcher.mapped(row) for row in named.values())


class _Matcher:
    """The look-ups that every row needs, built once."""

    def __init__(self, team: Sequence[TeamClass], chosen: Mapping[str, str]) -> None:
        self._by_name = {each.name: each for each in team}
        self._chosen = chosen
        self._near: defaultdict[str, list[TeamClass]] = defaultdict(list)
        for each in team:
            self._near[near_key(each.name)].append(each)

    def mapped(self, row: ClassRow) -> MappedClass:
        plain = MappedClass(row.name, row.type, row.colour, row.row is not None, row.seen, None, "missing")
        wanted = self._chosen.get(row.name)
        if wanted is None:
            found = self._found(plain)
        elif wanted == LEAVE_OUT:
            found = replace(plain, match="left-out")
        elif wanted in self._by_name:
            found = _chosen(plain, self._by_name[wanted])
        else:
            found = self._found(plain)
            found = replace(
                found, problem=f"“{wanted}” was chosen, but the team no longer has it. {found.problem}".strip()
            )
        if found.listed or found.match == "left-out":
            return found
        return replace(
            found, problem=f"Returned, but not listed: only listed classes are registered. {found.problem}".strip()
        )

    def _found(self, plain: MappedClass) -> MappedClass:
        same = self._by_name.get(plain.name)
        if same is not None:
            return replace(plain, target=same, match="exact") if fits(plain.type, same) else _other(plain, same)
        near = self._near.get(near_key(plain.name), [])
        fitting = next((each for each in near if fits(plain.type, each)), None)
        if fitting is not None:
            return replace(plain, target=fitting, match="near")
        return _other(plain, near[0]) if near else plain


def _chosen(plain: MappedClass, target: TeamClass) -> MappedClass:
    return replace(
        plain, target=target, match="chosen", problem="" if fits(plain.type, target) else _misfit(plain, target)
    )


def _other(plain: MappedClass, found: TeamClass) -> MappedClass:
    problem = f"{_misfit(plain, found)} Choose another class, or change the type."
    return replace(plain, match="type", problem=problem)


def _misfit(plain: MappedClass, of: TeamClass) -> str:
    kinds = ", ".join(words(kind) for kind in of.types) or "of no known type"
    return f"The team's “{of.name}” is {kinds}; the model's is {words(plain.type)}."


def candidates(type_: str, team: Iterable[TeamClass]) -> tuple[tuple[TeamClass, ...], tuple[TeamClass, ...]]:
    """The team's classes whose type fits, and the others, each by name."""
    ordered = sorted(team, key=lambda each: (each.name.casefold(), each.name))
    return (
        tuple(each for each in ordered if fits(type_, each)),
        tuple(each for each in ordered if not fits(type_, each)),
    )


def to_make(
    mapped: Sequence[MappedClass], team: Sequence[TeamClass]
) -> tuple[tuple[NewClass, ...], tuple[tuple[str, str], ...]]:
    """The listed classes that the team lacks: those that can be created, and the others by name, with the reason."""
    names = {each.name for each in team}
    missing = [each for each in mapped if each.listed and each.target is None and each.match != "left-out"]
    reasons = [(each, _why_not(each, names)) for each in missing]
    makes = tuple(NewClass(each.name, each.type) for each, why in reasons if not why)
    return makes, tuple((each.name, why) for each, why in reasons if why)


def _why_not(each: MappedClass, names: set[str]) -> str:
    if each.name in names:
        return "the name already exists with a different type"
    if each.type == "skeleton":
        return "a skeleton needs nodes and edges: create it in V7"
    return "" if each.type in _MADE else f"V7 cannot create a class of only {words(each.type) or 'no type'}"


def open_rows(mapped: Iterable[MappedClass]) -> tuple[MappedClass, ...]:
    """The classes that still need a decision."""
    return tuple(each for each in mapped if each.problem or (each.target is None and each.match != "left-out"))


def mapping_json(
    mapped: Sequence[MappedClass], team: TeamInfo, host: str, model: str, created: str, tool: str
) -> dict[str, Any]:
    """The mapping as ``byom-class-mapping/1``, for setting up the AI Model stage, or to keep."""
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


def names_of(mapped: Iterable[MappedClass]) -> dict[str, str | None]:
    """The team's names of the model's classes, for exports; None for what is left out."""
    found: dict[str, str | None] = {each.name: each.target.name for each in mapped if each.target is not None}
    return found | {each.name: None for each in mapped if each.match == "left-out"}


def names_in(value: Any) -> dict[str, str | None]:
    """The same, from a mapping file.

    Raises:
        InputError: it is not ``byom-class-mapping/1``.
    """
    classes = value.get("classes") if isinstance(value, Mapping) and value.get("format") == FORMAT else None
    if not isinstance(classes, list) or not all(_is_row(each) for each in classes):
        raise InputError(f"This is not a {FORMAT} file. Write one with classes --mapping.", where="mapping")
    found: dict[str, str | None] = {each["name"]: each["to"]["name"] for each in classes if each.get("to")}
    return found | {each["name"]: None for each in classes if each.get("match") == "left-out"}


def _is_row(each: Any) -> bool:
    if not isinstance(each, Mapping) or not isinstance(each.get("name"), str):
        return False
    to = each.get("to")
    return to is None or (isinstance(to, Mapping) and isinstance(to.get("name"), str))


def chosen_in(project: Project, host: str, slug: str) -> dict[str, str]:
    """The user's choices for this team; anything else in the file is ignored."""
    found = _kept(project, host, slug).get("classes")
    if not isinstance(found, Mapping):
        return {}
    return {str(name): target or LEAVE_OUT for name, target in found.items() if isinstance(target, str | None)}


def with_chosen(project: Project, host: str, slug: str, chosen: Mapping[str, str]) -> Project:
    """The project with the user's choice for this team."""
    others = [each for each in _all_kept(project) if not _is_of(each, host, slug)]
    values = {name: target or None for name, target in chosen.items()}
    kept = dict(_kept(project, host, slug)) | {"host": host, "team": slug, "classes": values}
    every = [*others, kept] if values else others
    extra = {key: value for key, value in project.extra.items() if key != KEY}
    return replace(project, extra=extra | ({KEY: every} if every else {}))


def _all_kept(project: Project) -> list[Mapping[str, Any]]:
    found = project.extra.get(KEY)
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def _is_of(each: Mapping[str, Any], host: str, slug: str) -> bool:
    return (each.get("host"), each.get("team")) == (host, slug)


def _kept(project: Project, host: str, slug: str) -> Mapping[str, Any]:
    return next((each for each in _all_kept(project) if _is_of(each, host, slug)), {})


def next_steps(mapped: Sequence[MappedClass], model: str, team: str) -> tuple[tuple[str, str], ...]:
    """What to do in V7 after this model is registered: title and text of each step."""
    to = [f"{each.name} → {each.target.name}" for each in mapped if each.target is not None and each.listed]
    out = [each.name for each in mapped if each.target is None and each.listed]
    pairs = "\n".join(to) or "No class is mapped yet."
    rest = f"\nLeave out: {', '.join(out)}. Assumed: what is not mapped is dropped." if out else ""
    name = f"“{model}”" if model else "the model"
    return (
        ("AI Model stage", f"In V7, open a workflow of {team}, add the stage AI Model, and connect {name} in it."),
        ("Map the classes", f"Map the model's output classes to the team's:\n{pairs}{rest}"),
        (
            "Try one image",
            "Send one image through the stage. Compare the result with the image here: names, positions, counts.",
        ),
        (
            "Auto-annotate",
            f"{name[:1].upper()}{name[1:]} can be used in the auto-annotate stage too, mapped the same way.",
        ),
    )
