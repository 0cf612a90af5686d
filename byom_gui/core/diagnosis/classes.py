"""Classes: the list to register, what the server lists, and what it returns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from byom_gui.core.classes import KNOWN_TYPES, OPEN_TYPES
from byom_gui.core.contract import ServedClasses
from byom_gui.core.diagnosis.catalogue import make
from byom_gui.core.diagnosis.model import Rule, RunLook, RunRule
from byom_gui.core.diagnosis.web import excerpt, is_page
from byom_gui.core.errors import JsonError
from byom_gui.core.findings import Action, Finding
from byom_gui.core.wording import shown

_BACKGROUND = frozenset(
    {"na", "background", "bg", "ignore", "void", "unlabeled", "unlabelled", "other", "none", "nothing", "null"}
)
_LIKELY_TYPES = {
    "bbox": "bounding_box",
    "box": "bounding_box",
    "boundingbox": "bounding_box",
    "rectangle": "bounding_box",
    "rect": "bounding_box",
    "detection": "bounding_box",
    "segmentation": "polygon",
    "poly": "polygon",
    "classification": "tag",
    "class": "tag",
    "label": "tag",
    "point": "keypoint",
    "landmark": "keypoint",
    "polyline": "line",
    "pose": "skeleton",
    "keypoints": "skeleton",
}
_FORM = '[{"name": "nucleus", "type": "polygon"}, {"name": "in_focus", "type": "tag"}]'


def _not_served(look: RunLook) -> Iterator[Finding]:
    seen = look.observations.classes
    if seen is None or not any(each.call.reply for each in look.answered) or _serves(look):
        return
    reply = seen.call.reply
    evidence = f"{seen.address.shown} gives HTTP {reply.status}." if reply else "No answer came from there."
    if reply and reply.status // 100 == 2:
        evidence = (
            f"{seen.address.shown} gives a web page: {excerpt(reply.body[:20_000].decode('utf-8', 'replace'), 80)}"
        )
    yield make(
        "classes.not-served",
        "No class list is served.",
        where=seen.address.shown,
        evidence=evidence,
        cause="The server has no classes address, or it is another one than tried. Registering by hand needs none.",
        fix="Enter the classes by hand, or correct the classes address.",
        action=Action("set-classes-url", label="Correct the classes address…"),
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
        evidence, count, form = served.sentence, 1, "no JSON"
    else:
        evidence, count, form = _evidence(served), len(served.problems), _form_word(served.value)
    yield make(
        "classes.form",
        "The class list that the server gives has another form.",
        where=seen.address.shown,
        evidence=evidence,
        cause=f"It is {form}; V7 reads a bare list of objects with “name” and “type”.",
        fix="Return the list in this form:",
        snippet=_FORM,
        count=count,
    )


def _empty_list(look: RunLook) -> Iterator[Finding]:
    served, seen = look.served, look.observations.classes
    if seen is not None and isinstance(served, ServedClasses) and served.value == []:
        yield make(
            "classes.empty-list",
            "The class list that the server gives is empty.",
            where=seen.address.shown,
            evidence="The response is [].",
            cause="The model was not loaded when it was asked, or the list is made from a file that was not found. "
            "A model that is registered without classes is of no use.",
            fix="Return every class that the model can return:",
            snippet=_FORM,
        )


def _own_list_empty(look: RunLook) -> Iterator[Finding]:
    """The project to register lists no class, whatever the server lists."""
    if not look.lists_none:
        return
    served = len(look.served.entries) if isinstance(look.served, ServedClasses) else 0
    yield make(
        "classes.empty-list",
        "The project lists no classes.",
        where="registration.classes",
        evidence=f"The server lists {served}, the project 0." if served else "The project lists 0.",
        cause="A model that is registered without classes has nothing that V7 could map.",
        fix="Add the classes to the project: fetch them from the server in the window, or make the project again with "
        "`byom-gui new`, which looks for them.",
        subject="project",
    )


def _evidence(served: ServedClasses) -> str:
    first = served.problems[0]
    return f"{first.path}: {first.message}" if first.path else f"It starts {shown(served.value, 100)}"


def _form_word(value: object) -> str:
    if isinstance(value, dict):
        wrapped = any(isinstance(item, list) for item in value.values())
        return "a list inside a wrapper" if wrapped else "a map of names"
    if isinstance(value, list):
        return "a list of texts" if all(isinstance(item, str) for item in value) else "a list with other entries"
    return "no list"


def _unknown_type(look: RunLook) -> Iterator[Finding]:
    for type_, count in Counter(entry.type for entry in look.to_register if entry.type not in KNOWN_TYPES).items():
        names = [entry.name for entry in look.to_register if entry.type == type_]
        if type_ in OPEN_TYPES:
            yield make(
                "classes.unknown-type",
                f"Whether a class of type “{type_}” can be registered is not published.",
                severity="warning",
                where="classes",
                evidence=f"{_names(names)}: type is “{type_}”.",
                cause="V7 has this type; that a registration may name it is assumed neither way.",
                fix="Try it, or choose the type of the shape that the server returns.",
                subject=type_,
                count=count,
            )
        else:
            yield _bad_type(type_, names, look)


def _bad_type(type_: str, names: list[str], look: RunLook) -> Finding:
    likely = _LIKELY_TYPES.get(_plain(type_)) or next(
        (known for known in KNOWN_TYPES if _plain(known) == _plain(type_)), ""
    )
    returned = look.seen.get(names[0], {})
    likely = likely or next((shape for shape in returned if shape in KNOWN_TYPES), "")
    action = Action("set-type", f"{names[0]}\n{likely}", f"Make it {_words(likely)}") if likely else None
    return make(
        "classes.unknown-type",
        f"V7 has no class type “{type_}”.",
        where="classes",
        evidence=f"{_names(names)}: type is “{type_}”.",
        cause=f"Most likely {_words(likely)} is meant." if likely else "The type is another tool's word.",
        fix=f"Use “{likely}”." if likely else f"Use one of {', '.join(KNOWN_TYPES)}.",
        subject=type_,
        count=len(names),
        action=action,
    )


def _empty_name(look: RunLook) -> Iterator[Finding]:
    rows = [row for row, entry in enumerate(look.to_register) if not entry.name.strip()]
    if rows:
        yield make(
            "classes.empty-name",
            "A class has no name.",
            where=f"classes[{rows[0]}]",
            evidence=f"The name in row {rows[0] + 1} of the list is blank.",
            cause="A row was added and not filled in, or the server's list has a gap.",
            fix="Name it, or delete the row.",
            count=len(rows),
            places=tuple(f"classes[{row}]" for row in rows[:5]),
            action=Action("delete-class", look.to_register[rows[0]].name, "Delete the row"),
        )


def _duplicate(look: RunLook) -> Iterator[Finding]:
    for name, count in Counter(entry.name for entry in look.to_register if entry.name.strip()).items():
        if count > 1:
            types = dict.fromkeys(entry.type for entry in look.to_register if entry.name == name)
            yield make(
                "classes.duplicate",
                f"“{name}” stands {count} times in the list.",
                where="classes",
                evidence=f"Its types are {', '.join(types)}.",
                cause="Names are unique in a V7 team; one class has one main type.",
                fix="Keep one of them, or give them different names.",
                subject=name,
                action=Action("delete-class", name, "Delete the repeat"),
            )


def _background(look: RunLook) -> Iterator[Finding]:
    for name in dict.fromkeys(entry.name for entry in look.to_register):
        if _plain(name) in _BACKGROUND:
            yield make(
                "classes.background",
                f"“{name}” is in the list.",
                where="classes",
                evidence=f"The name “{name}” usually stands for no object at all.",
                cause="Models count the background as a class; people who annotate do not.",
                fix="Delete it, unless you want V7 to make annotations of it.",
                subject=name,
                action=Action("delete-class", name, f"Delete “{name}”"),
            )


def _not_listed(look: RunLook) -> Iterator[Finding]:
    """Returned names that the list has not: in another spelling, or not at all."""
    listed = {entry.name: entry.type for entry in look.to_register}
    if not listed:
        return
    near = {_plain(name): name for name in listed if _plain(name)}
    for name in look.seen:
        if name in listed:
            continue
        twin = near.get(_plain(name))
        yield _near_match(look, name, twin, listed[twin]) if twin is not None else _unregistered(look, name)


def _near_match(look: RunLook, name: str, twin: str, type_: str) -> Finding:
    return make(
        "classes.near-match",
        f"“{name}” is returned, “{twin}” is listed.",
        where=_where(look, name),
        image=look.first[name][0],
        evidence=f"name is “{name}” in {_how_often(look, name)}; the list has “{twin}” ({_words(type_)}).",
        cause=f"The two differ by {_difference(name, twin)}. What V7 does with a name that is not registered is not "
        "published; assumed: the result is dropped.",
        fix=f"List the class as the server returns it, or return “{twin}” from the server.",
        subject=name,
        count=sum(look.seen[name].values()),
        action=Action("rename-class", f"{twin}\n{name}", f"Use “{name}”"),
    )


def _unregistered(look: RunLook, name: str) -> Finding:
    shapes = ", ".join(_words(shape) for shape in look.seen[name])
    return make(
        "classes.unregistered",
        f"“{name}” is returned, and not listed.",
        where=_where(look, name),
        image=look.first[name][0],
        evidence=f"name is “{name}” in {_how_often(look, name)} ({shapes}).",
        cause="The list is not whole. What V7 does with a name that is not registered is not published; assumed: the "
        "result is dropped.",
        fix=f"List “{name}”, or leave it out of the answers.",
        subject=name,
        count=sum(look.seen[name].values()),
        action=Action("use-class", name, f"List “{name}”"),
    )


def _type_mismatch(look: RunLook) -> Iterator[Finding]:
    types: dict[str, set[str]] = {}
    for entry in look.to_register:
        types.setdefault(entry.name, set()).add(entry.type)
    for name, due in types.items():
        other = {shape: count for shape, count in look.seen.get(name, {}).items() if shape not in due}
        if not other or not due <= set(KNOWN_TYPES):  # an unknown type is told as such
            continue
        shape, listed = max(other, key=lambda each: other[each]), sorted(due)[0]
        yield make(
            "classes.type-mismatch",
            f"“{name}” is listed as {_words(listed)}, and returned as {_words(shape)}.",
            where=_where(look, name),
            image=look.first[name][0],
            evidence=f"{sum(other.values()):,} of {sum(look.seen[name].values()):,} results hold another shape.",
            cause="The list and the server's code disagree. That V7 takes only the listed type is assumed.",
            fix=f"List it as {_words(shape)}, or return {_words(listed)} shapes.",
            subject=name,
            count=sum(other.values()),
            action=Action("set-type", f"{name}\n{shape}", f"Make it {_words(shape)}"),
        )


def _unseen(look: RunLook) -> Iterator[Finding]:
    """Not said of a name that is returned in another spelling, nor where some or all results could not be read."""
    if not look.seen or any(each.answer and each.answer.problems for each in look.answers):
        return
    returned = {_plain(name) for name in look.seen} | set(look.seen)
    names = [
        entry.name
        for entry in look.to_register
        if entry.name.strip() and entry.name not in look.seen and (_plain(entry.name) or entry.name) not in returned
    ]
    if names:
        yield make(
            "classes.unseen",
            "Some listed classes were returned on no image." if len(names) > 1 else f"“{names[0]}” was never returned.",
            where="classes",
            evidence=f"{_names(names)}: not in the answers to {look.image_count} images.",
            cause="The images tried may not show them, or the model does not know them.",
            fix="Try images that show them; delete what the model can not find.",
            count=len(names),
        )


def _where(look: RunLook, name: str) -> str:
    return f"results[{look.first[name][1]}].name"


def _how_often(look: RunLook, name: str) -> str:
    count = sum(look.seen[name].values())
    results = "1 result" if count == 1 else f"{count:,} results"
    return f"{results} on {look.images[name]} of {look.image_count} images"


def _difference(one: str, two: str) -> str:
    if one.casefold() != two.casefold():
        return "spaces or punctuation"
    letters = sum(a != b for a, b in zip(one, two, strict=False))
    return "one capital letter" if letters == 1 else "capital letters"


def _plain(name: str) -> str:
    """The name without case, spaces and punctuation."""
    return re.sub(r"[\W_]+", "", name.casefold())


def _words(type_: str) -> str:
    return type_.replace("_", " ")


def _names(names: list[str]) -> str:
    told = ", ".join(f"“{name}”" for name in names[:5])
    return told if len(names) <= 5 else f"{told} and {len(names) - 5} more"


RULES: tuple[Rule, ...] = (
    RunRule(("classes.not-served",), _not_served),
    RunRule(("classes.empty-list",), _empty_list),
    RunRule(("classes.empty-list",), _own_list_empty),
    RunRule(("classes.form",), _form),
    RunRule(("classes.unknown-type",), _unknown_type),
    RunRule(("classes.empty-name",), _empty_name),
    RunRule(("classes.duplicate",), _duplicate),
    RunRule(("classes.background",), _background),
    RunRule(("classes.unregistered", "classes.near-match"), _not_listed),
    RunRule(("classes.type-mismatch",), _type_mismatch),
    RunRule(("classes.unseen",), _unseen),
)
