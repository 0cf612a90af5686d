"""What was registered when, where and with what; and what has changed since, in the server and in the draft."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from byom_gui.core.class_names import near_key
from byom_gui.core.classes import ClassEntry
from byom_gui.core.errors import AppError, FileError
from byom_gui.core.geometry import bounds
from byom_gui.core.predictions import Prediction
from byom_gui.core.reconcile import words
from byom_gui.core.registration import Registration, registration_from_json, registration_to_json

FORMAT = "byom-ledger/1"
MOST_GOLDEN = 10
MOST_RESULTS = 200
NEAR = 2
"""Pixels by which an edge may differ and still be the same."""
_FAR = 1e9

Outcome = Literal["registered", "unknown"]
Place = tuple[int, int, int, int]
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, order=True)
class Summed:
    """One result in short: class, shape, and left, top, right, bottom in whole pixels; zeros if it has no position."""

    name: str
    shape: str
    box: Place = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Golden:
    """The model's results for one image at registration.

    Args:
        name: the image's.
        place: the file; sent again from there.
        digest: SHA-256 of the file's bytes.
        count: all results, including those beyond ``MOST_RESULTS``.
    """

    name: str
    place: str
    digest: str
    count: int
    results: tuple[Summed, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One registration. ``when``: ISO 8601, UTC. ``id`` is set by the store."""

    when: str
    host: str
    team: str
    team_name: str
    outcome: Outcome
    registration: Registration
    model_url: str = ""
    golden: tuple[Golden, ...] = ()
    id: str = ""

    @property
    def classes(self) -> tuple[ClassEntry, ...]:
        """Those that were registered, in order."""
        return self.registration.classes.entries

    @property
    def address(self) -> str:
        """The model's address, without the secrets in its query."""
        endpoint = self.registration.endpoint
        return endpoint.infer.shown if endpoint else ""

    @property
    def started(self) -> str:
        """When it was sent, for people, in UTC; a value that is not a time is shown unchanged."""
        try:
            return datetime.fromisoformat(self.when).astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
        except ValueError:
            return self.when


class Unsettled(AppError):
    """Nothing was sent, because an earlier registration with the same name in the same team may have arrived.

    Args:
        entry: the earlier registration, whose outcome the user must confirm; None if another window or command is
            registering right now or has just done so.
    """

    def __init__(self, sentence: str, entry: Entry | None = None) -> None:
        super().__init__(sentence, where="v7")
        self.entry = entry


def unsettled(entry: Entry) -> Unsettled:
    """The refusal to send again while the outcome of ``entry`` is unknown."""
    name, team = entry.registration.name, entry.team_name
    what = f"A registration of “\u2068{name}\u2069” to “\u2068{team}\u2069” was started at {entry.started}"
    return Unsettled(
        f"{what}, and its outcome is not known: it may have arrived. Check whether it is on V7's Models page. "
        "Nothing was sent this time.",
        entry,
    )


def now() -> str:
    """The current time in an entry's format."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def latest(entries: Iterable[Entry], like: Entry) -> Entry | None:
    """The newest registration with the same name in the same team on the same V7 host; ``entries`` are newest first."""
    return next((each for each in entries if _key(each) == _key(like)), None)


def _key(entry: Entry) -> tuple[str, str, str]:
    return entry.host, entry.team, entry.registration.name.strip()


@dataclass(frozen=True, slots=True)
class ClassChanges:
    """How a class list changed."""

    renamed: tuple[tuple[str, str], ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    retyped: tuple[tuple[str, str, str], ...] = ()
    reordered: bool = False

    def __bool__(self) -> bool:
        return bool(self.renamed or self.added or self.removed or self.retyped or self.reordered)

    def sentences(self) -> tuple[str, ...]:
        """Each kind of change in words; none if nothing changed."""
        said = [f"“{old}” is now “{new}”." for old, new in self.renamed]
        said += [f"“{name}” was {words(old)} and is now {words(new)}." for name, old, new in self.retyped]
        said += [f"New: {_listed(self.added)}."] * bool(self.added)
        said += [f"Removed: {_listed(self.removed)}."] * bool(self.removed)
        said += ["The order changed."] * self.reordered
        return tuple(said)


def _listed(names: Sequence[str], most: int = 8) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def compare_classes(before: Sequence[ClassEntry], now: Sequence[ClassEntry]) -> ClassChanges:
    """What changed between two lists.

    A removed name and a new name are one renamed class if only case, spaces or punctuation differ.
    """
    was, is_ = ({entry.name: entry.type for entry in reversed(entries)} for entries in (before, now))
    gone = [entry.name for entry in before if entry.name not in is_]
    new = [entry.name for entry in now if entry.name not in was]
    by_key = {near_key(name): name for name in reversed(new)}
    renamed = []
    for name in dict.fromkeys(gone):
        other = by_key.pop(near_key(name), None)
        if other is not None:
            renamed.append((name, other))
    old_names, new_names = {old for old, _ in renamed}, {new for _, new in renamed}
    there = [name for name in was if name in is_]
    retyped = [(name, was[name], is_[name]) for name in there if was[name] != is_[name]]
    to = dict(renamed)
    kept = [to.get(name, name) for name in dict.fromkeys(entry.name for entry in before) if name in is_ or name in to]
    order = [name for name in dict.fromkeys(entry.name for entry in now) if name in set(kept)]
    return ClassChanges(
        tuple(renamed),
        tuple(dict.fromkeys(name for name in new if name not in new_names)),
        tuple(dict.fromkeys(name for name in gone if name not in old_names)),
        tuple(retyped),
        kept != order,
    )


def summed(predictions: Iterable[Prediction]) -> tuple[Summed, ...]:
    """The predictions in short, sorted."""
    return tuple(sorted(_summed(each) for each in predictions))


def _summed(each: Prediction) -> Summed:
    box = bounds(each.shape)
    left, top, right, bottom = (round(min(max(value, -_FAR), _FAR)) for value in box or (0, 0, 0, 0))
    return Summed(each.name, each.shape_name, (left, top, right, bottom))


def golden_of(name: str, place: str, digest: str, predictions: Sequence[Prediction]) -> Golden:
    """What is stored for a response."""
    return Golden(name, place, digest, len(predictions), summed(predictions)[:MOST_RESULTS])


def compare_golden(before: Golden, now: Sequence[Prediction]) -> str:
    """How a response differs from the one at registration; empty if it does not."""
    if len(now) != before.count:
        return f"{before.name}: {before.count} results before, {len(now)} now."
    rest = list(summed(now)[:MOST_RESULTS] if before.count <= MOST_RESULTS else summed(now))
    lost: Counter[str] = Counter()
    for each in before.results:
        same = next((other for other in rest if _same(each, other)), None)
        if same is None:
            lost[each.name] += 1
        else:
            rest.remove(same)
    if not lost:
        return ""
    which = ", ".join(f"{count} “{name}”" for name, count in lost.most_common(4))
    return f"{before.name}: moved or changed class: {which}."


def _same(one: Summed, two: Summed) -> bool:
    if (one.name, one.shape) != (two.name, two.shape):
        return False
    return all(abs(a - b) <= NEAR for a, b in zip(one.box, two.box, strict=True))


def last_of(entries: Iterable[Entry], address: str, host: str, team: str = "") -> Entry | None:
    """The newest registration of this address there (with this team; any if empty); ``entries`` are newest first."""
    fitting = (each for each in entries if each.address == address and each.host == host and team in ("", each.team))
    return next(fitting, None)


def against_draft(entry: Entry, draft: Registration) -> tuple[str, ...]:
    """What is different in the current draft."""
    said = []
    if draft.name != entry.registration.name:
        current = f"is now called “{draft.name}”" if draft.name else "now has no name"
        said.append(f"It was called “{entry.registration.name}” and {current}.")
    before, now = entry.registration.endpoint, draft.endpoint
    if before is not None and now is not None and before.auth != now.auth:
        said.append("The kind of credentials changed.")
    return (*said, *compare_classes(entry.classes, draft.classes.entries).sentences())


def entry_to_json(entry: Entry) -> dict[str, Any]:
    """The JSON form; it contains no secrets."""
    return {
        "format": FORMAT,
        "when": entry.when,
        "host": entry.host,
        "team": {"slug": entry.team, "name": entry.team_name},
        "outcome": entry.outcome,
        "model_url": entry.model_url,
        "registration": registration_to_json(entry.registration),
        "golden": [
            {
                "name": each.name,
                "place": each.place,
                "sha256": each.digest,
                "count": each.count,
                # One line each, so that a file with thousands stays small.
                "results": [" ".join((*map(str, one.box), one.shape, one.name)) for one in each.results],
            }
            for each in entry.golden
        ],
    }


def entry_from_json(value: object, id_: str = "") -> Entry:
    """The entry that a file holds.

    Raises:
        FileError: a different format, or damaged.
    """
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise FileError(f"This is not a {FORMAT} entry.")
    team = value.get("team")
    texts = [value.get(key, "") for key in ("when", "host", "model_url")]
    if not isinstance(team, dict) or not all(isinstance(each, str) for each in [*texts, team.get("slug")]):
        raise FileError("The entry is damaged.")
    outcome: Outcome = "unknown" if value.get("outcome") == "unknown" else "registered"
    when, host, url = texts
    golden = value.get("golden")
    return Entry(
        when,
        host,
        team["slug"],
        str(team.get("name") or team["slug"]),
        outcome,
        registration_from_json(value.get("registration"), "registration"),
        url,
        tuple(_golden(each) for each in golden) if isinstance(golden, list) else (),
        id_,
    )


def _golden(value: Any) -> Golden:
    try:
        results = tuple(_result(line) for line in value["results"])
        digest = str(value["sha256"])
        if not _DIGEST.fullmatch(digest):
            raise ValueError
        return Golden(str(value["name"]), str(value["place"]), digest, int(value["count"]), results)
    except (KeyError, TypeError, ValueError):
        raise FileError("The entry is damaged.") from None


def _result(line: Any) -> Summed:
    left, top, right, bottom, shape, name = str(line).split(" ", 5)
    return Summed(name, shape, (int(left), int(top), int(right), int(bottom)))


@dataclass(frozen=True, slots=True)
class Since:
    """What the server returns now, compared with what was registered.

    Args:
        classes: how its list differs; None if it could not be fetched.
        moved: a sentence for each image with a different response.
        same: how many images get the same response.
        untold: what could not be compared, and why.
    """

    classes: ClassChanges | None
    moved: tuple[str, ...] = ()
    same: int = 0
    untold: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether anything changed."""
        return bool(self.classes) or bool(self.moved)

    def sentences(self) -> tuple[str, ...]:
        """All of it in words."""
        said = list(self.classes.sentences()) if self.classes else []
        said += ["The server lists the same classes."] * (self.classes is not None and not self.classes)
        said += self.moved
        if self.same:
            said.append(
                "1 image gets the same response." if self.same == 1 else f"{self.same} images get the same responses."
            )
        return (*said, *(f"Not compared: {each}" for each in self.untold))
