"""Judges a saved file with the rules of the diagnosis: an answer, a class list, a project or a registration."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from byom_gui.core.class_formats.decoding import decode
from byom_gui.core.class_formats.foreign import binary_form, text_form, value_form
from byom_gui.core.class_formats.lines import PLAIN_FORMS
from byom_gui.core.class_formats.markup import XmlRefusedError, is_markup, is_page, markup_form, parse_xml
from byom_gui.core.class_formats.values import is_foreign_list
from byom_gui.core.class_text import ParsedClasses, parse_class_file
from byom_gui.core.classes import ClassList
from byom_gui.core.diagnosis import CATALOGUE, Answered, diagnose, read_call
from byom_gui.core.diagnosis.catalogue import make
from byom_gui.core.diagnosis.wrappers import find_wrapped
from byom_gui.core.endpoint import Address, Endpoint, Origin
from byom_gui.core.findings import Finding, Severity, merge
from byom_gui.core.image import ImageSource
from byom_gui.core.observations import Call, ClassesObservation, Observations, Reply, SentRequest
from byom_gui.core.saved_responses import JsonRow, json_rows
from byom_gui.core.strict_json import JsonDocument
from byom_gui.core.wording import shown
from byom_gui.services.files import Loaded, load_any

Kind = Literal["response", "classes", "project", "registration", "unknown"]

_FIXES = {
    "json.encoding": "Save it again as UTF-8.",
    "classes.empty-name": "Enter a name, or delete the line.",
    "classes.control-character": "Write the character itself, or both halves of it.",
    "classes.form": "Put one class on each line, or a name and a type separated by a comma.",
}
"""What to do about what could not be read of a class list."""

_CLASS_FILES = (".yaml", ".yml", ".pbtxt", ".names", ".labels")

# A saved file came from nowhere; rules that look at an address find one that no rule objects to.
_NOWHERE = Endpoint(Address(Origin("https", "saved-file.example", 443), "/infer"))


@dataclass(frozen=True, slots=True)
class Judged:
    """One file's verdict. ``schema_valid`` is that of V7's response schema alone, None for other kinds.

    ``form`` names the file where it is not in a form of V7's or of this program's: ``a COCO annotation file``.
    """

    path: str
    kind: Kind
    schema_valid: bool | None
    findings: tuple[Finding, ...]
    form: str = ""

    def as_json(self) -> dict[str, Any]:
        """The form of ``byom-validate/1``; ``format`` only where the file is of another tool."""
        judged = {
            "path": self.path,
            "kind": self.kind,
            "schema_valid": self.schema_valid,
            "findings": [_with_lines(finding) for finding in self.findings],
        }
        return judged | ({"format": self.form} if self.form else {})


def _with_lines(finding: Finding) -> dict[str, object]:
    """A fix that speaks of lines to put into the server holds them."""
    fix = f"{finding.fix}\n{finding.snippet}" if finding.snippet else finding.fix
    return {**finding.as_json(), "fix": fix}


def judge_file(path: Path, image: ImageSource | None = None, listed: ClassList | None = None) -> Judged:
    """Tells what the file is and judges it. Raises FileError where it cannot be read at all."""
    loaded = load_any(path)
    judge: dict[str, Callable[[], Judged]] = {
        "response": lambda: judge_answer(loaded, image, listed),
        "classes": lambda: _judge_classes(loaded),
        "project": lambda: _judge_registration(loaded),
        "registration": lambda: _judge_registration(loaded),
        "unknown": lambda: _judge_own(loaded) or judge_answer(loaded, image, listed),
    }
    if loaded.kind in ("project", "registration"):
        return judge[loaded.kind]()
    told_apart = judge_lines(loaded, image, listed) or _judge_foreign(loaded) or _judge_foreign_classes(loaded)
    return told_apart or _judge_wrapped(loaded, image, listed) or judge[loaded.kind]()


# Files of other tools


def _judge_foreign(loaded: Loaded) -> Judged | None:
    """What another tool wrote that is neither a response nor a class list."""
    form = value_form(loaded.value) if loaded.value is not None else _form_of_bytes(loaded.data)
    if not form:
        return None
    problem = make(
        "schema.other-format",
        f"This is {form}, not a response of a model server.",
        where=loaded.path.name,
        evidence=f"It starts {shown(loaded.data[:200].decode('utf-8', 'replace').strip(), 80)}",
        cause="This is the wrong file, or a dataset's file was saved instead of a response.",
        fix="Use a saved response, a class list, a project or a registration.",
        subject=form,
    )
    return Judged(str(loaded.path), "unknown", None, (problem,), form)


def _form_of_bytes(data: bytes) -> str:
    decoded = decode(data)
    if decoded.binary:
        return binary_form(data)
    text = decoded.text
    if not is_markup(text) or is_page(text):
        return text_form(text)
    try:
        return markup_form(parse_xml(text))
    except XmlRefusedError as error:
        return f"XML that {error}"


def _judge_foreign_classes(loaded: Loaded) -> Judged | None:
    """A class list as another tool writes it: read as everywhere, and called by its name."""
    if loaded.value is not None and not is_foreign_list(loaded.value):
        return None
    parsed = parse_class_file(loaded.data)
    # Half a character makes a list of classes what is not JSON.
    name = loaded.path.name.lower()
    sure = loaded.value is not None or loaded.kind == "classes" or name.endswith(_CLASS_FILES)
    sure = sure or any(problem.unusable for problem in parsed.problems)
    # A class list may be in UTF-16; a response may not.
    sure = sure or (bool(parsed.entries) and b"\0" in loaded.data)
    if not sure and (parsed.form in PLAIN_FORMS or name.endswith(".json")):
        return None
    form = "" if parsed.form in PLAIN_FORMS else parsed.form
    return Judged(str(loaded.path), "classes", None, _of_parsed(parsed), form)


def _judge_wrapped(loaded: Loaded, image: ImageSource | None, listed: ClassList | None) -> Judged | None:
    """V7's form inside something else: which, and what is wrong with what is inside."""
    found = find_wrapped(loaded.value)
    if found is None:
        return None
    whole = judge_answer(loaded, image, listed)
    document = JsonDocument(found.response)
    inner = replace(loaded, value=found.response, data=json.dumps(found.response).encode(), document=document)
    inside = [each for each in judge_answer(inner, image, listed).findings if not each.id.startswith("schema.")]
    findings = merge((*(each for each in whole.findings if each.id.startswith("schema.")), *inside))
    return Judged(str(loaded.path), "response", False, findings, "wrapped response")


# Answers


def judge_answer(loaded: Loaded, image: ImageSource | None, listed: ClassList | None) -> Judged:
    """A saved inference answer, as if a server had just sent it. A mark that an editor put before it is overlooked."""
    answered = read_saved(loaded.data.removeprefix(codecs.BOM_UTF8), image, loaded.document)
    found = diagnose(Observations(_NOWHERE, calls=(answered.call,)), [answered], listed).findings
    read = answered.answer if loaded.kind == "response" else None
    valid = read.schema_valid if read is not None else None
    return Judged(str(loaded.path), loaded.kind, valid, _only_content(found, loaded.path))


def judge_lines(loaded: Loaded, image: ImageSource | None, listed: ClassList | None) -> Judged | None:
    """JSON Lines: the answers that ``byom-gui infer`` keeps, or a response on each line. None for another file."""
    rows = json_rows(loaded.data, loaded.value, loaded.path.name)
    if rows is None:
        return None
    answered = [_read_row(row, image) for row in rows if row.answer is not None]
    found = diagnose(Observations(_NOWHERE, calls=tuple(each.call for each in answered)), answered, listed).findings
    valid = [each.answer.schema_valid for each in answered if each.answer is not None]
    form = "answers of byom-gui infer" if any(row.image for row in rows) else "JSON Lines"
    findings = merge((*_only_content(found, loaded.path), *_without_answer(rows)))
    return Judged(str(loaded.path), "response", all(valid) if valid else None, findings, form)


def _read_row(row: JsonRow, image: ImageSource | None) -> Answered:
    document = None if row.value is None else JsonDocument(row.value)
    size = (row.width, row.height) if image is None else (image.width, image.height)
    request = SentRequest("POST", _NOWHERE.infer.base, (), "", 0, "")
    reply = Reply(200, (("content-type", "application/json"),), row.answer or b"")
    name = row.image or f"line {row.number}"
    read = read_call(Call("infer", request, reply, None, 0.0, datetime.now(UTC), name, *size, way="base64"), document)
    return replace(read, findings=tuple(replace(f, where=f"line {row.number}: {f.where}") for f in read.findings))


def _without_answer(rows: Sequence[JsonRow]) -> tuple[Finding, ...]:
    """What the file itself keeps of images that were not answered."""
    lost = [row for row in rows if row.answer is None]
    kept = [
        make(item["id"], CATALOGUE[item["id"]].title + ".", where=f"line {row.number}", evidence=str(item["evidence"]))
        for row in lost
        for item in row.findings
    ]
    silent = [row for row in lost if not row.findings]
    if silent:
        first = silent[0]
        kept.append(
            make(
                "schema.missing",
                "A line has no response." if len(silent) == 1 else f"{len(silent):,} lines have no response.",
                severity="warning",
                where=f"line {first.number}",
                evidence=first.why,
                cause="No request was sent for the image, or it got no response.",
                fix="Run infer again for these images.",
                subject="lines",
                count=len(silent),
            )
        )
    return tuple(kept)


def _judge_own(loaded: Loaded) -> Judged | None:
    """A file of this program's that is not meant to be judged, such as a check's report."""
    own = loaded.value.get("format") if isinstance(loaded.value, dict) else None
    if not isinstance(own, str) or not own.startswith("byom-"):
        return None
    problem = Finding(
        "schema.other-format",
        "error",
        f"This is a file of byom-gui itself ({own[:40]}), not a response of a server.",
        "format",
        evidence=f"format is {own[:40]}.",
        cause="This is the wrong file.",
        fix="Use a saved response, a class list, a project or a registration.",
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
    request = SentRequest("GET", _NOWHERE.classes_guess.base, (), "", 0, "")
    reply = Reply(200, (("content-type", "application/json"),), loaded.data.removeprefix(codecs.BOM_UTF8))
    call = Call("classes", request, reply, None, 0.0, datetime.now(UTC))
    seen = ClassesObservation(_NOWHERE.classes_guess, call)
    found = diagnose(Observations(_NOWHERE, calls=(call,), classes=seen), [], None).findings
    return Judged(path, "classes", None, tuple(f for f in _only_content(found, loaded.path) if f.id != "results.empty"))


def _of_parsed(parsed: ParsedClasses) -> tuple[Finding, ...]:
    """What the rules say of its classes, and what could not be read of it."""
    lost = []
    for id, fix in _FIXES.items():
        problems = [p for p in parsed.problems if p.id == id and (p.unusable or id != "classes.control-character")]
        if problems:
            first = problems[0]
            severity: Severity = "error" if parsed.refusal or id != "classes.form" else "warning"
            where = f"line {first.line}" if first.line else ""
            fix = fix if severity == "error" else "Compare the list with the file that the model was trained with."
            lost.append(Finding(id, severity, first.message, where, fix=fix, count=len(problems)))
    if not parsed.entries and not lost:
        fix = "Put one class on each line."
        lost.append(make("classes.empty-list", "The file lists no classes.", evidence="It is empty.", fix=fix))
    return (*lost, *_of_list(ClassList(parsed.entries)))


def _judge_registration(loaded: Loaded) -> Judged:
    path, kind = str(loaded.path), loaded.kind
    if loaded.error is not None:
        where = loaded.error.where if loaded.error.where != path else ""
        problem = Finding(
            "schema.type",
            "error",
            loaded.error.sentence,
            where,
            cause="The file was edited, or written by another program or a newer version.",
            fix="Fix it there, or export it again.",
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
