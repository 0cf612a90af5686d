"""Judges a saved file with the rules of the diagnosis: an answer, a class list, a project or a registration."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from byom_gui.core.class_text import parse_class_list
from byom_gui.core.classes import ClassList
from byom_gui.core.diagnosis import Answered, diagnose, read_call
from byom_gui.core.endpoint import Address, Endpoint, Origin
from byom_gui.core.findings import Finding
from byom_gui.core.image import ImageSource
from byom_gui.core.observations import Call, ClassesObservation, Observations, Reply, SentRequest
from byom_gui.core.strict_json import JsonDocument
from byom_gui.services.files import Loaded, load_any

Kind = Literal["response", "classes", "project", "registration", "unknown"]

# A saved file came from nowhere; rules that look at an address find one that no rule objects to.
_NOWHERE = Endpoint(Address(Origin("https", "saved-file.example", 443), "/infer"))


@dataclass(frozen=True, slots=True)
class Judged:
    """One file's verdict. ``schema_valid`` is that of V7's response schema alone, None for other kinds."""

    path: str
    kind: Kind
    schema_valid: bool | None
    findings: tuple[Finding, ...]

    def as_json(self) -> dict[str, Any]:
        """The form of ``byom-validate/1``."""
        return {
            "path": self.path,
            "kind": self.kind,
            "schema_valid": self.schema_valid,
            "findings": [finding.as_json() for finding in self.findings],
        }


def judge_file(path: Path, image: ImageSource | None = None, listed: ClassList | None = None) -> Judged:
    """Tells what the file is and judges it. Raises FileError where it can not be read at all."""
    loaded = load_any(path)
    judge: dict[str, Callable[[], Judged]] = {
        "response": lambda: judge_answer(loaded, image, listed),
        "classes": lambda: _judge_classes(loaded),
        "project": lambda: _judge_registration(loaded),
        "registration": lambda: _judge_registration(loaded),
        "unknown": lambda: _judge_own(loaded) or judge_answer(loaded, image, listed),
    }
    return judge[loaded.kind]()


def judge_answer(loaded: Loaded, image: ImageSource | None, listed: ClassList | None) -> Judged:
    """A saved inference answer, as if a server had just sent it. A mark that an editor put before it is overlooked."""
    answered = read_saved(loaded.data.removeprefix(codecs.BOM_UTF8), image, loaded.document)
    found = diagnose(Observations(_NOWHERE, calls=(answered.call,)), [answered], listed).findings
    read = answered.answer if loaded.kind == "response" else None
    valid = read.schema_valid if read is not None else None
    return Judged(str(loaded.path), loaded.kind, valid, _only_content(found, loaded.path))


def _judge_own(loaded: Loaded) -> Judged | None:
    """A file of this program's that is not meant to be judged, such as a check's report."""
    own = loaded.value.get("format") if isinstance(loaded.value, dict) else None
    if not isinstance(own, str) or not own.startswith("byom-"):
        return None
    problem = Finding(
        "schema.other-format",
        "error",
        f"This is a file of byom-gui's own, {own[:40]}, and no answer of a server.",
        "format",
        evidence=f"format is {own[:40]}.",
        cause="Another file was meant.",
        fix="Name a saved answer, a class list, a project or a registration.",
    )
    return Judged(str(loaded.path), "unknown", None, (problem,))


def read_saved(data: bytes, image: ImageSource | None, document: JsonDocument | None = None) -> Answered:
    """Reads bytes as the reply to an inference call that was never made; ``document`` is what they were parsed to."""
    request = SentRequest("POST", _NOWHERE.infer.base, (), "", 0, "")
    reply = Reply(200, (("content-type", "application/json"),), data)
    size = (image.width, image.height) if image is not None else (0, 0)
    name = image.name if image is not None else ""
    call = Call("infer", request, reply, None, 0.0, datetime.now(UTC), name, *size, way="base64")
    return read_call(call, document)


def _only_content(findings: tuple[Finding, ...], path: Path) -> tuple[Finding, ...]:
    """Without what is said of an address: a file has none, and is itself the place where a finding is."""
    nowhere = str(_NOWHERE.origin)
    return tuple(
        replace(f, where=path.name, places=()) if f.where.startswith(nowhere) else f
        for f in findings
        if not f.id.startswith(("net.", "tls.", "auth.")) and f.id != "classes.not-served"
    )


def _judge_classes(loaded: Loaded) -> Judged:
    path = str(loaded.path)
    if loaded.value is None:
        return Judged(path, "classes", None, _of_text(loaded.data))
    request = SentRequest("GET", _NOWHERE.classes_guess.base, (), "", 0, "")
    reply = Reply(200, (("content-type", "application/json"),), loaded.data.removeprefix(codecs.BOM_UTF8))
    call = Call("classes", request, reply, None, 0.0, datetime.now(UTC))
    seen = ClassesObservation(_NOWHERE.classes_guess, call)
    found = diagnose(Observations(_NOWHERE, calls=(call,), classes=seen), [], None).findings
    return Judged(path, "classes", None, tuple(f for f in _only_content(found, loaded.path) if f.id != "results.empty"))


def _of_text(data: bytes) -> tuple[Finding, ...]:
    """A list of lines or a table: what the rules say of its classes, and what could not be read of it."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        fix = "Save it again as UTF-8."
        return (Finding("json.encoding", "error", "The class list is not UTF-8 text.", f"line {line}", fix=fix),)
    parsed = parse_class_list(text)
    nameless = [p for p in parsed.problems if p.line and "name is missing" in p.message]
    unread = [p for p in parsed.problems if not p.line]
    lost = [
        Finding(id, "error", first.message, f"line {first.line}" if first.line else "", fix=fix, count=len(problems))
        for id, problems, fix in (
            ("classes.empty-name", nameless, "Name it, or delete the line."),
            ("classes.form", unread, "Put one class on each line, or its name and type with a comma between."),
        )
        for first in problems[:1]
    ]
    return (*lost, *_of_list(ClassList(tuple(parsed.entries))))


def _judge_registration(loaded: Loaded) -> Judged:
    path, kind = str(loaded.path), loaded.kind
    if loaded.error is not None:
        where = loaded.error.where if loaded.error.where != path else ""
        problem = Finding(
            "schema.type",
            "error",
            loaded.error.sentence,
            where,
            cause="The file was edited by hand, or written by another program or a newer version.",
            fix="Mend it there, or export it again.",
        )
        return Judged(path, kind, None, (problem,))
    classes = loaded.registration.classes if loaded.registration else ClassList()
    return Judged(path, kind, None, _of_list(classes))


def _of_list(classes: ClassList) -> tuple[Finding, ...]:
    """What can be said of a class list alone: no answers are there to hold it against."""
    found = diagnose(Observations(_NOWHERE), [], classes or None).findings
    return tuple(
        f for f in found if f.id.startswith("classes.") and f.id not in ("classes.unseen", "classes.not-served")
    )
