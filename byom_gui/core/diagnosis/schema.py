"""Contract: what V7's schema refuses, told by its cause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from byom_gui.core.contract import Answer, Problem, answer_of, without_nulls
from byom_gui.core.diagnosis.catalogue import make
from byom_gui.core.diagnosis.forms import UNSUPPORTED, other_format, unsupported
from byom_gui.core.diagnosis.meaning import percentages
from byom_gui.core.diagnosis.model import CallLook, CallRule, Rule
from byom_gui.core.diagnosis.wrappers import PARSE, Wrapped, find_wrapped
from byom_gui.core.findings import Action, Finding
from byom_gui.core.wording import kind_of, shown

SKELETON_ANSWER = """\
{"status": "succeeded", "results": [
  {"name": "cat", "label": "cat", "confidence": 0.97,
   "bounding_box": {"x": 12, "y": 30, "w": 140, "h": 96}}]}
"""
_MASK = """\
import cv2

# mask: as high and wide as the image, not 0 where the object is
outlines, _ = cv2.findContours(mask.astype("uint8"), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
for outline in outlines:
    if len(outline) > 2:
        path = [{"x": float(x), "y": float(y)} for x, y in outline[:, 0]]
        results.append({"name": name, "label": name, "confidence": score, "polygon": {"path": path}})
"""
_MASKS = frozenset(UNSUPPORTED[key] for key in ("mask", "masks", "raster_layer", "rle", "counts", "segmentation"))
_PATHS = """\
results = [
    {**result, "polygon": {"path": path}}
    for result in results
    for path in result["polygon"]["paths"]
]
"""
_ATTRIBUTES = 'attributes = [f"{name}: {value}" for name, value in attributes.items()]'
_NO_NULLS = """\
def without_nulls(value):
    if isinstance(value, dict):
        return {key: without_nulls(each) for key, each in value.items() if each is not None}
    return [without_nulls(each) for each in value] if isinstance(value, list) else value
"""
_POINTS = 'points = [{"x": float(x), "y": float(y)} for x, y in points]'

_RENAMED: dict[str, tuple[str, ...]] = {
    "w": ("width", "W", "x2", "xmax", "x_max"),
    "h": ("height", "H", "y2", "ymax", "y_max"),
    "x": ("left", "X", "x1", "xmin", "x_min", "cx", "x_center"),
    "y": ("top", "Y", "y1", "ymin", "y_min", "cy", "y_center"),
    "name": ("class", "class_name", "category", "className", "Name"),
    "label": ("class", "class_name", "category", "className", "Label"),
    "confidence": ("score", "conf", "probability", "prob", "Confidence"),
    "path": ("points", "vertices", "coordinates", "Path"),
    "nodes": ("keypoints", "points", "joints"),
    "center": ("centre", "Center", "c"),
    "radius": ("radii", "r", "Radius", "axes"),
    "angle": ("rotation", "theta", "Angle"),
    "length": ("magnitude", "len", "Length"),
    "occluded": ("visible", "visibility", "v"),
    "front": ("Front", "near"),
    "back": ("Back", "far"),
    "text": ("value", "content", "Text"),
    "status": ("Status", "state", "success", "ok"),
}


def _findings(look: CallLook) -> Iterator[Finding]:
    """One finding a cause. Another tool's form explains everything else that the schema refuses."""
    answer = look.answer
    if answer is None or not answer.problems:
        return
    wrapped = find_wrapped(answer.value)
    if wrapped:
        yield _adapted(_wrapped(wrapped), answer, look)
        yield from _findings(replace(look, answer=answer_of(wrapped.response)))
        return
    form = _form(answer)
    if form:
        yield _adapted(_other_format(answer, form), answer, look)
        return
    without, nulls = without_nulls(answer.value)
    if nulls:
        yield _nulls(nulls)
        yield from _findings(replace(look, answer=answer_of(without)))
        return
    percent = bool(percentages(answer))
    refused = [each for each in answer.problems if not (percent and each.rule == "maximum" and _is_confidence(each))]
    for problem in refused:
        yield _of_problem(problem)


def _is_confidence(problem: Problem) -> bool:
    return problem.path.endswith(".confidence")


def _form(answer: Answer) -> str:
    if answer.schema_valid:
        return ""
    form = other_format(answer.value)
    # a sound wrapper around results that hold a shape is ours, with faults of its own
    return "" if form and answer.predictions else form


def _wrapped(wrapped: Wrapped) -> Finding:
    """What to take out of what, and the line that does it."""
    text = wrapped.expression
    if wrapped.count > 1:
        fix = "Return one response for the one image that was sent."
    elif wrapped.bare:
        fix = f'Return {{"status": "succeeded", "results": {text}}}.' if text else "Return the results under “results”."
    else:
        fix = f"Return {text} instead of answer." if text else "Return only the inner object."
    return make(
        "schema.wrapped",
        f"The response is wrapped in {wrapped.name}.",
        evidence=f"Inside is {'a list of results' if wrapped.bare else 'a complete response'} in V7's format.",
        cause=_wrapper_cause(wrapped),
        fix=fix,
        subject=wrapped.name,
    )


def _wrapper_cause(wrapped: Wrapped) -> str:
    if 0 in wrapped.steps and len(wrapped.steps) == 1:
        return "The server handles images in batches and returns its list. V7 sends one image and expects one object."
    if wrapped.steps[0] == PARSE:
        return "The response was turned into JSON twice: json.dumps(…), and then again by the web framework."
    if {"statusCode", "body"} <= set(wrapped.outer):
        return "The gateway passes on the function's return value instead of reading it (no proxy integration)."
    return "The framework, or a helper in the server, puts each response under a key of its own."


def of_lines(name: str, wrapped: Wrapped) -> Finding:
    """The finding of a body that holds V7's response on one of its lines."""
    return make(
        "schema.wrapped",
        f"The response is wrapped in {name}.",
        evidence=f"One line holds a complete response in V7's format: {shown(wrapped.inner, 100)}",
        cause="The server streams its response. V7 expects a single JSON object.",
        fix="Return that object alone, with Content-Type: application/json.",
        subject=name,
    )


def _nulls(nulls: tuple[str, ...]) -> Finding:
    """One finding for all optional keys that are null."""
    keys = list(dict.fromkeys(path.rpartition(".")[2] for path in nulls))
    named = ", ".join(f"“{key}”" for key in keys[:6]) + (" …" if len(keys) > 6 else "")
    return make(
        "schema.null",
        f"Optional keys are null: {named}.",
        where=nulls[0],
        evidence=f"{nulls[0]} is null" + (f", and so are {len(nulls) - 1:,} more values." if len(nulls) > 1 else "."),
        cause="The server's model class lists every optional field, and fields without a value are written as null.",
        fix="Leave null keys out. With FastAPI and pydantic: response_model_exclude_none=True.",
        snippet=_NO_NULLS,
        count=len(nulls),
        places=nulls[:5],
    )


def _other_format(answer: Answer, form: str) -> Finding:
    many = answer.value if isinstance(answer.value, list) else None
    what = "The answer is a bare list." if form.startswith("a bare list") else f"The answer is in another form: {form}."
    evidence = (
        f"It is a list of {len(many)}." if many is not None else f"Its keys are {', '.join(list(answer.value)[:6])}."
    )
    return make(
        "schema.other-format",
        what,
        evidence=f"{evidence} It starts {shown(answer.value, 100)}",
        cause="The model's own output was returned as it is; V7 reads only the form of its contract.",
        fix="Return “status” and “results”, each result with “name”, “label”, “confidence” and one shape.",
        snippet=SKELETON_ANSWER,
        subject=form,
    )


def _adapted(finding: Finding, answer: Answer, look: CallLook) -> Finding:
    """With the lines that turn this very answer into the contract, where there are any."""
    from byom_gui.core.adapters import adapter_for  # needed for such answers only, and it reads this package's forms

    adapter = adapter_for(answer.value, look.call.image_width, look.call.image_height)
    if adapter is None or not adapter.value["results"]:
        return replace(finding, snippet=_MASK) if _holds_masks(answer.value) else finding
    own = f"{finding.fix} Or put" if finding.id == "schema.wrapped" else "Put"
    return replace(
        finding,
        fix=f"{own} these lines into the server and return adapt(answer, width, height), with the image's size.",
        snippet=adapter.source,
        before=adapter.before,
        after=adapter.after,
        action=Action("copy-adapter", adapter.source, "Copy the adapter"),
    )


def _holds_masks(value: Any) -> bool:
    first = value[0] if isinstance(value, list) and value else None
    return isinstance(first, dict) and bool(first.keys() & {"mask", "masks", "segmentation"})


def _of_problem(problem: Problem) -> Finding:
    if problem.rule == "oneOf":
        return _shapes(problem)
    if problem.rule == "required":
        return _missing(problem)
    if problem.rule in ("minimum", "maximum", "enum"):
        return _range(problem)
    if problem.path.endswith(".attributes"):
        return _finding(
            problem,
            "schema.attributes-object" if isinstance(problem.value, dict) else "schema.type",
            f"“attributes” is {kind_of(problem.value)}; a list is due.",
            "Attributes were returned as names with values, where V7 wants a list of texts.",
            'Return a list: "attributes": ["dividing"].',
            _ATTRIBUTES if isinstance(problem.value, dict) else "",
        )
    if _is_pair(problem):
        return _finding(
            problem,
            "schema.point-pairs",
            "Points are pairs, [x, y], where {x, y} is due.",
            "The model's points were returned as they are.",
            "Make an object of each point.",
            _POINTS,
        )
    return _finding(
        problem,
        "schema.type",
        f"“{_last(problem.path)}” is {kind_of(problem.value)}, where another type is due.",
        "A value was turned into text, or left empty, before answering.",
        _type_fix(problem),
    )


def _type_fix(problem: Problem) -> str:
    """What to do about a value of the wrong type, by what is due."""
    due = problem.message.rpartition("; ")[2].removesuffix(" is due.")
    how = {"a number": "float(value)", "a text": "str(value)", "true or false": "bool(value)"}.get(due)
    return f"Return {due} there: {how}." if how else f"Return {due} there, as the example in V7's contract has it."


def _shapes(problem: Problem) -> Finding:
    if problem.key:
        held = problem.key.replace("+", " and ")
        return _finding(
            problem,
            "schema.two-shapes",
            f"A result holds {held}; exactly one shape is due.",
            "The model gives both, and both were put into one result.",
            "Keep the one that you want to see in V7 (a polygon needs no box), or return two results.",
        )
    words = unsupported(problem.value)
    if words:
        return _finding(
            problem,
            "schema.unsupported-shape",
            f"A result holds {words}, which V7's contract has not.",
            "The nine shapes are tag, box, polygon, line, keypoint, ellipse, cuboid, skeleton and directional vector.",
            "Make one of the nine of it: a mask becomes polygons, a rotated box a polygon of four points.",
            _MASK if words in _MASKS else "",
        )
    return _finding(
        problem,
        "schema.no-shape",
        "A result holds no shape.",
        f"Its keys are {', '.join(list(problem.value)[:8])}; none is one of the nine shapes.",
        'Add exactly one, for instance "bounding_box": {"x", "y", "w", "h"}, or "tag": {} for the whole picture.',
    )


def _missing(problem: Problem) -> Finding:
    held: dict[str, Any] = problem.value
    if problem.key == "path" and "paths" in held:
        return _finding(
            problem,
            "schema.polygon-paths",
            "A polygon holds “paths”; “path” is due.",
            "That is the form of V7's exports. An answer has one path a polygon, and no holes.",
            'Return "polygon": {"path": […]}, one result for each part.',
            _PATHS,
        )
    renamed = next((name for name in _RENAMED.get(problem.key, ()) if name in held), "")
    inside = _last(problem.path)
    if renamed:
        cause = f"It is there under another name: “{renamed}”."
        fix = f"Rename “{renamed}” to “{problem.key}”{_unlike(renamed)}."
    else:
        cause = f"The keys there are {', '.join(list(held)[:8]) or 'none'}."
        fix = f"Add “{problem.key}”."
    return _finding(
        problem, "schema.missing", f"“{problem.key}” is missing in “{inside}”.", cause, fix, subject=renamed
    )


def _unlike(renamed: str) -> str:
    if renamed in ("x2", "xmax", "x_max", "y2", "ymax", "y_max"):
        return " and take the other corner off, so that it is a size"
    if renamed in ("cx", "cy", "x_center", "y_center"):
        return " and take half the size off, so that it is the top left corner"
    return " and turn it round" if renamed in ("visible", "visibility", "v") else ""


def _range(problem: Problem) -> Finding:
    last = _last(problem.path)
    if problem.path == "status":
        cause = "The server uses a word of its own for its status."
        fix = 'Return "succeeded", or "failed" where the image could not be judged.'
    elif last in ("w", "h"):
        cause, fix = (
            "The corners were taken in the wrong order.",
            "Take the smaller value for x and y; sizes are 0 or more.",
        )
    elif last == "confidence":
        cause, fix = "The model's raw score was returned.", "Scale it to 0 to 1: a sigmoid or softmax does that."
    else:
        cause, fix = "V7's schema does not allow this value here.", problem.message
    return _finding(problem, "schema.range", f"“{last}” is {shown(problem.value)}, out of range.", cause, fix)


def _finding(
    problem: Problem, id: str, what: str, cause: str, fix: str, snippet: str = "", subject: str = ""
) -> Finding:
    more = f" The same in {problem.count:,} results." if problem.count > 1 else ""
    return make(
        id,
        what,
        where=problem.path,
        evidence=f"{problem.path or 'The answer'}: {problem.message}{more}",
        cause=cause,
        fix=fix,
        snippet=snippet,
        subject=" ".join(part for part in (_generic(problem.path), problem.key, subject) if part),
        count=problem.count,
        places=problem.places,
    )


def _is_pair(problem: Problem) -> bool:
    value = problem.value
    return (
        problem.rule == "type"
        and isinstance(value, list)
        and len(value) == 2
        and all(type(item) in (int, float) for item in value)
    )


def _last(path: str) -> str:
    name = path.rpartition(".")[2]
    return name.partition("[")[0] or "the answer" if name else "the answer"


def _generic(path: str) -> str:
    """The path without places in lists: ``results[3].polygon.path[7]`` and ``[8]`` are one subject."""
    return "".join(part.partition("]")[2] if at else part for at, part in enumerate(path.split("[")))


RULES: tuple[Rule, ...] = (
    CallRule(
        (
            "schema.wrapped",
            "schema.null",
            "schema.other-format",
            "schema.missing",
            "schema.type",
            "schema.range",
            "schema.no-shape",
            "schema.two-shapes",
            "schema.unsupported-shape",
            "schema.polygon-paths",
            "schema.point-pairs",
            "schema.attributes-object",
        ),
        _findings,
    ),
)
