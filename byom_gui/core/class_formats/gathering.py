"""What a class list's text was understood as: entries, what is odd, and how it was read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from byom_gui.core.class_names import code_points, flaws, is_blank, look_alike_key, visible
from byom_gui.core.classes import KNOWN_TYPES, OPEN_TYPES, ClassEntry, suggest_type
from byom_gui.core.colours import parse_colour

SHOWN = 5


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is odd with a line of the text, counted from 1; 0 where it is not about one line.

    Args:
        id: the finding that it belongs to. Those of names and types are also found in the list itself.
        unusable: a name that no project can hold. It is left out, and a command refuses the list.
    """

    line: int
    message: str
    id: str = "classes.form"
    unusable: bool = False


@dataclass(frozen=True, slots=True)
class ParsedClasses:
    """What was understood. ``problems`` need a look; ``notes`` only say how the text was read.

    Args:
        form: what the text is, such as ``YOLO data.yaml``.
        refusal: one sentence that says what the text is and why it is no class list; empty where it was read.
    """

    entries: tuple[ClassEntry, ...]
    problems: tuple[LineProblem, ...] = ()
    notes: tuple[str, ...] = ()
    form: str = ""
    refusal: str = ""


class ClassGatherer:
    """Gathers entries, problems and notes of one text."""

    def __init__(self, default_type: str) -> None:
        self.default_type = default_type
        self.form = ""
        self.refusal = ""
        self.refusal_line = 0
        self.entries: list[ClassEntry] = []
        self.problems: list[LineProblem] = []
        self.notes: list[str] = []
        self._first: dict[str, str] = {}
        self._alike: dict[str, str] = {}
        self._trimmed: list[str] = []
        self._converted: dict[tuple[str, str], list[str]] = {}

    def result(self) -> ParsedClasses:
        """All that was gathered."""
        if self.refusal:
            said = LineProblem(self.refusal_line, self.refusal)
            return ParsedClasses((), (said,), (), self.form, self.refusal)
        notes = list(self.notes)
        if self._trimmed:
            many = "a name" if len(self._trimmed) == 1 else f"{len(self._trimmed):,} names"
            notes.append(f"Spaces or line ends around {many} were removed: {few(self._trimmed)}.")
        for (foreign, type_), names in self._converted.items():
            notes.append(f"Type “{foreign}” is read as {type_.replace('_', ' ')} ({few(names)}).")
        return ParsedClasses(tuple(self.entries), tuple(self.problems), tuple(notes), self.form, self.refusal)

    def refuse(self, what: str, fix: str = "Choose the file that lists the classes.") -> None:
        """Says that the text is something else."""
        self.refusal = f"This is {what}, not a class list. {fix}"

    def problem(self, line: int, message: str, id: str = "classes.form", *, unusable: bool = False) -> None:
        """Keeps what is odd."""
        self.problems.append(LineProblem(line, message, id, unusable))

    def note(self, sentence: str) -> None:
        """Keeps how the text was read."""
        self.notes.append(sentence)

    def add(self, place: str, entry: ClassEntry, line: int = 0) -> None:
        """Takes an entry, and says what is odd with it; ``place`` is where it is: ``Line 3``, ``Entry 2``."""
        stripped = entry.name.strip()
        if any(flaw.kind == "surrogate" for flaw in flaws(stripped)):
            what = next(flaw.what for flaw in flaws(stripped) if flaw.kind == "surrogate")
            message = f"{place}: “{visible(stripped)}” {what}. It is left out."
            self.problem(line, message, "classes.control-character", unusable=True)
            return
        if is_blank(stripped):
            why = f"is blank: it contains {code_points(stripped[:3])}" if stripped else "is missing"
            self.problem(line, f"{place}: the name {why}. It is left out.", "classes.empty-name")
            return
        if stripped != entry.name:
            self._trimmed.append(stripped)
            entry = replace(entry, name=stripped)
        self._judge_name(place, stripped, line)
        self._judge_type(place, entry.type, line)
        self.entries.append(entry)

    def _judge_name(self, place: str, name: str, line: int) -> None:
        flaw_id, twice = "classes.control-character", "classes.duplicate"
        for flaw in flaws(name):
            self.problem(line, f"{place}: “{visible(name)}” {flaw.what}. {flaw.fix}", flaw_id)
        key = look_alike_key(name)
        if name in self._first:
            self.problem(line, f"{place}: “{visible(name)}” is already listed, in {self._first[name]}.", twice)
        elif key in self._alike:
            other = self._alike[key]
            why = f"looks like “{visible(other)}” in {self._first[other]}, but consists of different characters"
            self.problem(line, f"{place}: “{visible(name)}” {why}.", twice)
        self._first.setdefault(name, place[0].lower() + place[1:])
        self._alike.setdefault(key, name)

    def _judge_type(self, place: str, type_: str, line: int) -> None:
        if type_ not in KNOWN_TYPES and type_ not in OPEN_TYPES:
            better = suggest_type(type_)
            hint = f" Did you mean {better}?" if better else f" V7 has {', '.join(KNOWN_TYPES)}."
            self.problem(line, f"{place}: V7 has no class type “{visible(type_)}”.{hint}", "classes.unknown-type")

    def add_name(self, place: str, name: str, type_: str = "", colour: object = None, line: int = 0) -> None:
        """The same from its parts; without a type it gets the default one."""
        written = colour.strip() if isinstance(colour, str) else ""
        parsed = parse_colour(written) if written else None
        if written not in ("", "auto") and not parsed:
            self.problem(line, f"{place}: “{visible(written)}” is not a color like #60C1AB; it is left out.")
        self.add(place, ClassEntry(name, type_.strip() or self.default_type, parsed), line)

    def converted(self, written: str, types: Mapping[str, str], name: str) -> str:
        """V7's type for another tool's word, noted; empty for a word that leaves the type open."""
        type_ = types.get(written.strip().casefold())
        if type_ is None:
            return written.strip()
        if type_ != written.strip():
            self._converted.setdefault((written.strip(), type_ or self.default_type), []).append(name)
        return type_

    def add_numbered(self, pairs: Iterable[tuple[int, str]]) -> None:
        """Names with their numbers, in the order of the numbers; gaps and repeats are said."""
        ordered = sorted(pairs, key=lambda pair: pair[0])
        numbers = [number for number, _ in ordered]
        for number, name in ordered:
            self.add_name(f"Number {number}", name)
        twice = sorted({number for number, following in pairwise(numbers) if number == following})
        if twice:
            self.problem(0, f"These numbers have more than one name: {few(map(str, twice))}.")
        span = numbers[-1] - numbers[0] + 1 if numbers else 0
        if span > len(set(numbers)):
            held = set(numbers)
            gaps = (str(number) for number in range(numbers[0], numbers[-1]) if number not in held)
            some = [number for number, _ in zip(gaps, range(SHOWN), strict=False)]
            self.problem(0, f"The numbers have gaps ({span - len(held):,} missing): {', '.join(some)}.")

    def add_distinct(self, names: Sequence[tuple[str, str]], what: str) -> None:
        """The different names of many (name and type): the objects of an annotation file."""
        types: dict[str, dict[str, int]] = {}
        for name, type_ in names:
            counts = types.setdefault(name, {})
            counts[type_] = counts.get(type_, 0) + 1
        for number, (name, counts) in enumerate(types.items(), 1):
            main = max(counts, key=lambda type_: counts[type_])
            self.add_name(f"Class {number}", name, main)
            rest = [type_ for type_ in counts if type_ != main]
            if rest:
                self.problem(0, f"“{visible(name)}” appears as {main} and as {', '.join(rest)}; {main} is taken.")
        self.note(f"Different names among the {what}: {len(types):,} in {len(names):,}. The list may not be complete.")


def few(names: Iterable[str]) -> str:
    """The first names, and how many more."""
    told = [visible(name) for name in names]
    return ", ".join(told[:SHOWN]) + (f" and {len(told) - SHOWN:,} more" if len(told) > SHOWN else "")
