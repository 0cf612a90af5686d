"""Classes: the list to register, what the server lists, and what it returns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from byom_gui.core.class_names import (
    NameFlaw,
    code_points,
    difference,
    differing_code_points,
    flaws,
    is_background,
    is_blank,
    look_alike_key,
    near_key,
    visible,
)
from byom_gui.core.classes import KNOWN_TYPES, OPEN_TYPES, meant_type
from byom_gui.core.contract import ServedClasses
from byom_gui.core.diagnosis.catalogue import make
from byom_gui.core.diagnosis.model import Rule, RunLook, RunRule
from byom_gui.core.diagnosis.web import excerpt, is_page
from byom_gui.core.errors import JsonError
from byom_gui.core.findings import Action, Finding
from byom_gui.core.wording import kind_of, shown

_FORM = '[{"name": "nucleus", "type": "polygon"}, {"name": "in_focus", "type": "tag"}]'


def _not_served(look: RunLook) -> Iterator[Finding]:
    seen = look.observations.classes
    if seen is None or not any(each.call.reply for each in look.answered) or _serves(look):
        return
    reply = seen.call.reply
    evidence = f"{seen.address.shown} returned HTTP {reply.status}." if reply else "That address did not respond."
    if reply and reply.status // 100 == 2:
        evidence = (
            f"{seen.address.shown} returned a web page: {excerpt(reply.body[:20_000].decode('utf-8', 'replace'), 80)}"
        )
    yield make(
        "classes.not-served",
        "No class list is served.",
        where=seen.address.shown,
        evidence=evidence,
        cause="The server has no class list, or serves it at a different address. You can register without one.",
        fix="Enter the classes yourself, or correct the class list address.",
        action=Action("set-classes-url", label="Correct the class list address…"),
    )


def _serves(look: RunLook) -> bool:
    seen = look.observations.classes
    reply = seen.call.reply if seen else None
    return reply is not None and reply.status // 100 == 2 and not is_page(reply)


def _form(look: RunLook) -> Iterator[Finding]:
    served, seen = look.served, look.observations.classes
    if seen is None or served is None or (isinstance(served, ServedClasses) and not served.problems):
        return
    if isinstance(served, JsonError):
        if "lone surrogate" in served.sentence:
            yield _half_a_character(seen.address.shown, served)
            return
        evidence, count, form = served.sentence, 1, "not JSON"
    else:
        evidence, count, form = _evidence(served), len(served.problems), _form_word(served.value)
    yield make(
        "classes.form",
        "The server's class list has the wrong format.",
        where=seen.address.shown,
        evidence=evidence,
        cause=f"It is {form}. V7 expects an array of objects with “name” and “type”.",
        fix="Return the list in this format:",
        snippet=_FORM,
        count=count,
    )


def _half_a_character(where: str, error: JsonError) -> Finding:
    return make(
        "classes.control-character",
        "The server's class list is not valid Unicode.",
        severity="error",
        where=error.where or where,
        evidence=f"{error.sentence} Around it: {error.around}",
        cause="Half a character cannot be stored: the name fits into no list and no project.",
        fix="Write the character itself, or both halves of it (such as \\ud83d\\ude00).",
    )


def _empty_list(look: RunLook) -> Iterator[Finding]:
    served, seen = look.served, look.observations.classes
    if seen is not None and isinstance(served, ServedClasses) and served.value == []:
        yield make(
            "classes.empty-list",
            "The server's class list is empty.",
            where=seen.address.shown,
            evidence="The response is [].",
            cause="The model was not loaded yet, or the server builds the list from a file that it did not find. "
            "A model that is registered without classes is of no use.",
            fix="Return every class that the model can return:",
            snippet=_FORM,
        )


def _own_list_empty(look: RunLook) -> Iterator[Finding]:
    """The project to register lists no classes, whatever the server lists."""
    if not look.lists_none:
        return
    served = len(look.served.entries) if isinstance(look.served, ServedClasses) else 0
    yield make(
        "classes.empty-list",
        "The project lists no classes.",
        where="registration.classes",
        evidence=f"The server lists {served}, the project 0." if served else "The project lists 0.",
        cause="If a model is registered without classes, V7 has nothing to map.",
        fix="Add the classes to the project: fetch them from the server in the window, or create the project again "
        "with "
        "`byom-gui new`, which fetches them.",
        subject="project",
    )


def _evidence(served: ServedClasses) -> str:
    first = served.problems[0]
    return f"{first.path}: {first.message}" if first.path else f"It starts {shown(served.value, 100)}"


def _form_word(value: object) -> str:
    if isinstance(value, dict):
        wrapped = any(isinstance(item, list) for item in value.values())
        return "an object that contains the array" if wrapped else "an object with names as keys"
    if isinstance(value, list):
        return "an array of strings" if all(isinstance(item, str) for item in value) else "an array with other entries"
    return f"{kind_of(value)}, not an array"


def _unknown_type(look: RunLook) -> Iterator[Finding]:
    for type_, count in Counter(entry.type for entry in look.to_register if entry.type not in KNOWN_TYPES).items():
        names = [entry.name for entry in look.to_register if entry.type == type_]
        if type_ in OPEN_TYPES:
            yield make(
                "classes.unknown-type",
                f"V7 has not published whether a class of type “{type_}” can be registered.",
                severity="warning",
                where="classes",
                evidence=f"{_names(names)}: “type” is “{type_}”.",
                cause="V7 has this type, but it is unknown whether a registration may use it. Nothing is assumed.",
                fix="Try it, or use the type of the shape that the server returns.",
                subject=type_,
                count=count,
            )
        else:
            yield _bad_type(type_, names, look)


def _bad_type(type_: str, names: list[str], look: RunLook) -> Finding:
    likely = meant_type(type_, look.seen.get(names[0], {}).items()) or ""
    action = (
        Action("set-type", f"{names[0]}\n{likely}", f"Change to {_words(likely)}")
        if likely and "\n" not in names[0]
        else None
    )
    return make(
        "classes.unknown-type",
        f"V7 has no class type “{type_}”.",
        where="classes",
        evidence=f"{_names(names)}: “type” is “{type_}”.",
        cause=f"It most likely means {_words(likely)}." if likely else "The type comes from a different tool.",
        fix=f"Use “{likely}”." if likely else f"Use one of {', '.join(KNOWN_TYPES)}.",
        subject=type_,
        count=len(names),
        action=action,
    )


def _empty_name(look: RunLook) -> Iterator[Finding]:
    rows = [row for row, entry in enumerate(look.to_register) if is_blank(entry.name)]
    if rows:
        name = look.to_register[rows[0]].name
        holds = f": it contains {code_points(name.strip()[:3])}" if name.strip() else ""
        yield make(
            "classes.empty-name",
            "A class has no name.",
            where=f"classes[{rows[0]}]",
            evidence=f"The name in row {rows[0] + 1} of the list is blank{holds}.",
            cause="A row was added but not filled in, or the server's list has a gap.",
            fix="Enter a name, or delete the row.",
            count=len(rows),
            places=tuple(f"classes[{row}]" for row in rows[:5]),
            action=Action("delete-class", name, "Delete the row"),
        )


def _control_characters(look: RunLook) -> Iterator[Finding]:
    """One cause for all names with the same kind of character: they were read from the same file in the same way."""
    listed = dict.fromkeys(entry.name for entry in look.to_register)
    near = {near_key(name) for name in listed}
    # A returned name that is only a near match is reported as one, with its code points.
    names = [*listed, *(name for name in look.seen if name not in listed and near_key(name) not in near)]
    found: dict[str, list[tuple[str, NameFlaw]]] = {}
    for name in names:
        for flaw in flaws(name) if name.strip() else ():
            found.setdefault(flaw.kind, []).append((name, flaw))
    for kind, held in found.items():
        flaw, affected = held[0][1], [name for name, _ in held]
        characters = "".join(dict.fromkeys("".join(each.characters for _, each in held)))
        what = NameFlaw(flaw.kind, characters).what
        many = len(held) == len(names) > 1
        first = f"“{visible(held[0][0])}”"
        yield make(
            "classes.control-character",
            f"Each class name {what}." if many else f"A class name {what}: {first}.",
            severity=flaw.severity,
            where="classes",
            evidence=f"{_names(affected)}: {_sides(look, affected, listed)}.",
            cause="The names come from a file or program that adds the character. Nobody sees it, but a name with it "
            "and a "
            "name without it are different classes. V7 has not published what it does with such a name.",
            fix=flaw.fix,
            subject=kind,
            count=len(held),
        )


def _sides(look: RunLook, names: list[str], listed: Iterable[str]) -> str:
    here, there = any(name in listed for name in names), any(name in look.seen for name in names)
    return "in the list and in the responses" if here and there else "in the list" if here else "in the responses"


def _duplicate(look: RunLook) -> Iterator[Finding]:
    for name, count in Counter(entry.name for entry in look.to_register if entry.name.strip()).items():
        if count > 1:
            types = dict.fromkeys(entry.type for entry in look.to_register if entry.name == name)
            yield make(
                "classes.duplicate",
                f"“{name}” is listed {count} times.",
                where="classes",
                evidence=f"Its types are {', '.join(types)}.",
                cause="Names are unique in a V7 team, and a class has one main type.",
                fix="Keep one of them, or give them different names.",
                subject=name,
                action=Action("delete-class", name, "Delete the duplicate"),
            )
    yield from _look_alikes(look)


def _look_alikes(look: RunLook) -> Iterator[Finding]:
    """Listed names that differ only in code points, without a single character to blame."""
    alike: dict[str, list[str]] = {}
    for name in dict.fromkeys(entry.name for entry in look.to_register):
        if not is_blank(name) and not flaws(name):
            alike.setdefault(look_alike_key(name), []).append(name)
    for key, names in alike.items():
        if len(names) > 1:
            one, two = differing_code_points(*names[:2])
            yield make(
                "classes.duplicate",
                f"“{key}” is listed {len(names)} times, with different code points.",
                severity="warning",
                where="classes",
                evidence=f"They look the same: {one} in “{names[0]}”, {two} in the other “{names[1]}”.",
                cause="The names come from two sources that write them differently, such as a Mac's folder names.",
                fix="Keep the name that the server returns.",
                subject=key,
            )


def _background(look: RunLook) -> Iterator[Finding]:
    for name in dict.fromkeys(entry.name for entry in look.to_register):
        if is_background(name):
            yield make(
                "classes.background",
                f"“{visible(name)}” is listed as a class.",
                where="classes",
                evidence=f"The name “{visible(name)}” usually means “no object”.",
                cause="Models count the background as a class; annotators do not.",
                fix="Delete it, unless you want V7 to create annotations for it.",
                subject=name,
                action=Action("delete-class", name, f"Delete “{name}”"),
            )


def _not_listed(look: RunLook) -> Iterator[Finding]:
    """Returned names that are not in the list: spelled differently, or missing."""
    listed = {entry.name: entry.type for entry in look.to_register}
    if not listed:
        return
    near = {near_key(name): name for name in reversed(listed) if not is_blank(name)}
    alike = {look_alike_key(name): name for name in reversed(listed)}
    for name in look.seen:
        if name in listed:
            continue
        twin = alike.get(look_alike_key(name)) or near.get(near_key(name))
        yield _near_match(look, name, twin, listed[twin]) if twin is not None else _unregistered(look, name)


def _near_match(look: RunLook, name: str, twin: str, type_: str) -> Finding:
    differs = difference(name, twin)
    same = "They look the same. " if look_alike_key(name) == look_alike_key(twin) else ""
    fix = f"List the class as the server returns it, or return “{visible(twin)}” from the server."
    # Renaming would break the listed class if it is returned too, or would list an unwanted character.
    renames = twin not in look.seen and not flaws(name) and "\n" not in twin
    return make(
        "classes.near-match",
        f"The model returned “{visible(name)}”, but the class list has “{visible(twin)}”.",
        where=_where(look, name),
        image=look.first[name][0],
        evidence=f"“name” is “{visible(name)}” in {_how_often(look, name)}; the list has “{visible(twin)}” "
        f"({_words(type_)}).",
        cause=f"{same}The names differ by {differs.words}. V7 has not published what it does with a name that is not "
        "registered; it is assumed that it drops the result.",
        fix=f"Spell the name the same way on both sides: {differs.normalize}." if differs.normalize else fix,
        subject=name,
        count=sum(look.seen[name].values()),
        action=Action("rename-class", f"{twin}\n{name}", f"Use “{name}”") if renames else None,
    )


def _unregistered(look: RunLook, name: str) -> Finding:
    shapes = ", ".join(_words(shape) for shape in look.seen[name])
    return make(
        "classes.unregistered",
        f"The model returned “{visible(name)}”, which is not in the class list.",
        where=_where(look, name),
        image=look.first[name][0],
        evidence=f"“name” is “{visible(name)}” in {_how_often(look, name)} ({shapes}).",
        cause="The list is incomplete. V7 has not published what it does with a name that is not registered; it is "
        "assumed that it drops the result.",
        fix=f"Register “{visible(name)}” as a class too, or do not return it.",
        subject=name,
        count=sum(look.seen[name].values()),
        action=Action("use-class", name, f"Add “{name}”"),
    )


def _type_mismatch(look: RunLook) -> Iterator[Finding]:
    types: dict[str, set[str]] = {}
    for entry in look.to_register:
        types.setdefault(entry.name, set()).add(entry.type)
    for name, expected in types.items():
        other = {shape: count for shape, count in look.seen.get(name, {}).items() if shape not in expected}
        if not other or not expected <= set(KNOWN_TYPES):  # an unknown type is reported separately
            continue
        shape, listed = max(other, key=lambda each: other[each]), sorted(expected)[0]
        yield make(
            "classes.type-mismatch",
            f"“{name}” is listed as {_words(listed)}, but returned as {_words(shape)}.",
            where=_where(look, name),
            image=look.first[name][0],
            evidence=f"{sum(other.values()):,} of {sum(look.seen[name].values()):,} results have a different shape.",
            cause="The list and the server's code disagree. It is assumed that V7 accepts only the listed type.",
            fix=f"List it as {_words(shape)}, or return {_words(listed)} shapes.",
            subject=name,
            count=sum(other.values()),
            action=Action("set-type", f"{name}\n{shape}", f"Change to {_words(shape)}"),
        )


def _unseen(look: RunLook) -> Iterator[Finding]:
    """Not reported for a name that is returned with a different spelling, or if results could not be read."""
    if not look.seen or any(each.answer and each.answer.problems for each in look.answers):
        return
    returned = {near_key(name) for name in look.seen}
    names = [
        entry.name
        for entry in look.to_register
        if not is_blank(entry.name) and entry.name not in look.seen and near_key(entry.name) not in returned
    ]
    if names:
        yield make(
            "classes.unseen",
            "Some listed classes were never returned." if len(names) > 1 else f"“{names[0]}” was never returned.",
            where="classes",
            evidence=f"{_names(names)}: not in the responses to {look.image_count} images.",
            cause="The images may not show them, or the model cannot detect them.",
            fix="Try images that show them, and delete the classes that the model cannot detect.",
            count=len(names),
        )


def _where(look: RunLook, name: str) -> str:
    return f"results[{look.first[name][1]}].name"


def _how_often(look: RunLook, name: str) -> str:
    count = sum(look.seen[name].values())
    results = "1 result" if count == 1 else f"{count:,} results"
    return f"{results} on {look.images[name]} of {look.image_count} images"


def _words(type_: str) -> str:
    return type_.replace("_", " ")


def _names(names: Iterable[str]) -> str:
    shown_names = [f"“{visible(name)}”" for name in names]
    joined = ", ".join(shown_names[:5])
    return joined if len(shown_names) <= 5 else f"{joined} and {len(shown_names) - 5} more"


RULES: tuple[Rule, ...] = (
    RunRule(("classes.not-served",), _not_served),
    RunRule(("classes.empty-list",), _empty_list),
    RunRule(("classes.empty-list",), _own_list_empty),
    RunRule(("classes.form", "classes.control-character"), _form),
    RunRule(("classes.unknown-type",), _unknown_type),
    RunRule(("classes.empty-name",), _empty_name),
    RunRule(("classes.control-character",), _control_characters),
    RunRule(("classes.duplicate",), _duplicate),
    RunRule(("classes.background",), _background),
    RunRule(("classes.unregistered", "classes.near-match"), _not_listed),
    RunRule(("classes.type-mismatch",), _type_mismatch),
    RunRule(("classes.unseen",), _unseen),
)
