"""Contract: what V7's schema rejects, reported by its cause."""

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
from byom_gui.core.wording import described, kind_of, shown

SKELETON_ANSWER = """\
{"status": "succeeded", "results": [
  {"name": "cat", "label": "cat", "confidence": 0.97,
   "bounding_box": {"x": 12, "y": 30, "w": 140, "h": 96}}]}
"""
_MASK = """\
import cv2

# mask: the size of the image; nonzero inside the object
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
    """One finding per cause. Another tool's format explains everything else that the schema rejects."""
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
    # a valid envelope around results with a shape is V7's format, with faults of its own
    return "" if form and answer.predictions else form


def _wrapped(wrapped: Wrapped) -> Finding:
    """What is wrapped in what, and the line that unwraps it."""
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
        return "The server handles images in batches and returns the list. V7 sends one image and expects one object."
    if wrapped.steps[0] == PARSE:
        return "The response was turned into JSON twice: json.dumps(…), and then again by the web framework."
    if {"statusCode", "body"} <= set(wrapped.outer):
        return "The gateway passes on the function's return value instead of reading it (no proxy integration)."
    return "The framework, or a helper in the server, puts each response under a key of its own."


def of_lines(name: str, wrapped: Wrapped) -> Finding:
    """The finding for a body that has V7's response on one of its lines."""
    return make(
        "schema.wrapped",
        f"The response is wrapped in {name}.",
        evidence=f"One line holds a complete response in V7's format: {shown(wrapped.inner, 100)}",
        cause="The server streams its response. V7 expects a single JSON object.",
        fix="Return that object alone, with Content-Type: application/json.",
        subject=name,
    )


def _nulls(nulls: tuple[str, ...]) -> Finding:
    """One finding for all optional keys with the value null."""
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
    if form.startswith("a bare array"):
        what = "The response is a bare array."
    else:
        what = f"The response is in another tool's format: {form}."
    evidence = (
        f"It is an array of {len(many)}." if many is not None else f"Its keys are {', '.join(list(answer.value)[:6])}."
    )
    return make(
        "schema.other-format",
        what,
        evidence=f"{evidence} It starts {shown(answer.value, 100)}",
        cause="The model's own output was returned unchanged; V7 reads only the format of its contract.",
        fix="Return “status” and “results”, where each result has “name”, “label”, “confidence” and one shape.",
        snippet=SKELETON_ANSWER,
        subject=form,
    )


def _adapted(finding: Finding, answer: Answer, look: CallLook) -> Finding:
    """With the lines that convert this response to V7's format, if there are any."""
    from byom_gui.core.adapters import adapter_for  # needed only for such responses, and it imports this package

    adapter = adapter_for(answer.value, look.call.image_width, look.call.image_height)
    if adapter is None or not adapter.value["results"]:
        return replace(finding, snippet=_MASK) if _holds_masks(answer.value) else finding
    own = f"{finding.fix} Or add" if finding.id == "schema.wrapped" else "Add"
    return replace(
        finding,
        fix=f"{own} these lines to the server and return adapt(answer, width, height), with the image's size.",
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
            f"“attributes” must be an array of strings; got {kind_of(problem.value)}.",
            "The attributes were returned as names with values. V7 expects an array of strings.",
            'Return an array: "attributes": ["dividing"].',
            _ATTRIBUTES if isinstance(problem.value, dict) else "",
        )
    if _is_pair(problem):
        return _finding(
            problem,
            "schema.point-pairs",
            "Points are arrays, [x, y]; V7 expects objects, {x, y}.",
            "The model's points were returned unchanged.",
            "Return each point as an object.",
            _POINTS,
        )
    return _finding(
        problem,
        "schema.type",
        f"“{_last(problem.path)}” must be {problem.expected}; got {described(problem.value)}.",
        "The value was converted to another type, or left empty, before the response was sent.",
        _type_fix(problem),
    )


def _type_fix(problem: Problem) -> str:
    """What to do about a value of the wrong type, by the expected type."""
    how = {"a number": "float(value)", "a string": "str(value)", "a boolean": "bool(value)"}.get(problem.expected)
    return f"Return {problem.expected}" + (f": {how}." if how else ", as in the example in V7's contract.")


def _shapes(problem: Problem) -> Finding:
    if problem.key:
        held = problem.key.replace("+", " and ")
        return _finding(
            problem,
            "schema.two-shapes",
            f"A result must have exactly one shape; got {held}.",
            "The model returns both, and both were put into one result.",
            "Keep the one to show in V7 (a polygon needs no box), or return two results.",
        )
    words = unsupported(problem.value)
    if words:
        return _finding(
            problem,
            "schema.unsupported-shape",
            f"A result has {words}, which is not one of V7's shapes.",
            "V7's nine shapes are tag, bounding box, polygon, line, keypoint, ellipse, cuboid, skeleton and "
            "directional vector.",
            "Convert it to one of the nine: a mask to polygons, a rotated box to a polygon with four points.",
            _MASK if words in _MASKS else "",
        )
    return _finding(
        problem,
        "schema.no-shape",
        "A result has no shape.",
        f"Its keys are {', '.join(list(problem.value)[:8])}; none of them is one of the nine shapes.",
        'Add exactly one, for example "bounding_box": {"x", "y", "w", "h"}, or "tag": {} for the whole image.',
    )


def _missing(problem: Problem) -> Finding:
    held: dict[str, Any] = problem.value
    if problem.key == "path" and "paths" in held:
        return _finding(
            problem,
            "schema.polygon-paths",
            "A polygon must have “path”; got “paths”.",
            "That is the format of V7's exports. In a response, a polygon has a single path and no holes.",
            'Return "polygon": {"path": […]}, one result per part.',
            _PATHS,
        )
    renamed = next((name for name in _RENAMED.get(problem.key, ()) if name in held), "")
    inside = _last(problem.path)
    if renamed:
        cause = f"It has a different name there: “{renamed}”."
        fix = f"Rename “{renamed}” to “{problem.key}”{_unlike(renamed)}."
    else:
        cause = f"Its keys: {', '.join(list(held)[:8]) or 'none'}."
        fix = f"Add “{problem.key}”."
    return _finding(
        problem, "schema.missing", f"“{problem.key}” is missing in “{inside}”.", cause, fix, subject=renamed
    )


def _unlike(renamed: str) -> str:
    if renamed in ("x2", "xmax", "x_max", "y2", "ymax", "y_max"):
        return " and subtract the first corner, so that it is a size"
    if renamed in ("cx", "cy", "x_center", "y_center"):
        return " and subtract half the size, so that it is the top left corner"
    return " and invert it" if renamed in ("visible", "visibility", "v") else ""


def _range(problem: Problem) -> Finding:
    last = _last(problem.path)
    if problem.path == "status":
        cause = "The server uses its own word for the status."
        fix = 'Return "succeeded", or "failed" if the image could not be processed.'
    elif last in ("w", "h"):
        cause, fix = (
            "The corners were subtracted in the wrong order.",
            "Use the smaller values for x and y, so that sizes are 0 or more.",
        )
    elif last == "confidence":
        cause, fix = "The model's raw score was returned.", "Scale it to 0 to 1, for example with a sigmoid or softmax."
    else:
        cause, fix = "V7's schema does not allow this value.", f"Return a value that is {problem.expected}."
    return _finding(
        problem, "schema.range", f"“{last}” must be {problem.expected}; got {shown(problem.value)}.", cause, fix
    )


def _finding(
    problem: Problem, id: str, what: str, cause: str, fix: str, snippet: str = "", subject: str = ""
) -> Finding:
    more = f" The same in {problem.count:,} results." if problem.count > 1 else ""
    return make(
        id,
        what,
        where=problem.path,
        evidence=f"{problem.path or 'The response'}: {problem.message}{more}",
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
    return name.partition("[")[0] or "the response" if name else "the response"


def _generic(path: str) -> str:
    """The path without indexes: ``results[3].polygon.path[7]`` and ``[8]`` have one subject."""
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
