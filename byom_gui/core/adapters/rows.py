"""Numbers side by side: lists of boxes, scores and classes, tensors of Triton and KServe, bare lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from byom_gui.core.adapters.boxes import box_lines, likely_layout, variables
from byom_gui.core.adapters.items import names_setup
from byom_gui.core.adapters.writing import EMPTY, Branch, Plan, are_numbers, confidence_of, is_number, whole

_SCORES = ("scores", "conf", "confidences", "confidence", "score")
_CLASSES = ("class_names", "labels", "classes", "cls", "class_ids", "label", "names")
_TAG = Branch(('shape = {"tag": {}}',))
_INTEGERS = ("INT", "UINT")


def plan_columns(answer: dict[str, Any]) -> Plan | None:
    """Lists of boxes, scores and classes, place by place."""
    boxes, spot = answer.get("boxes"), 'answer["boxes"]'
    if not isinstance(boxes, list):
        return None
    count = len(boxes)
    if not boxes:
        return EMPTY
    if not all(isinstance(box, list) and len(box) >= 4 and are_numbers(box) for box in boxes):
        return None
    score = next((key for key in _SCORES if _is_column(answer.get(key), count)), "")
    label = next((key for key in _CLASSES if _is_column(answer.get(key), count)), "")
    columns, variables_ = [spot], ["box"]
    for key, variable in ((score, "score"), (label, "label")):
        if key:
            columns.append(f'answer["{key}"]')
            variables_.append(variable)
    loop = f"for {', '.join(variables_)} in zip({', '.join(columns)})" if len(columns) > 1 else f"for box in {spot}"
    name, ids, setup = _named(answer[label] if label else [], answer if label != "names" else {}, bool(label))
    confidence = confidence_of("float(score)", answer[score]) if score else "1.0  # the answer holds none"
    lines = box_lines(likely_layout(boxes), "map(float, box[:4])")
    return Plan((loop,), name, confidence, (Branch(lines),), ids, setup)


def _is_column(value: Any, count: int) -> bool:
    return isinstance(value, list) and len(value) == count and not any(isinstance(each, list | dict) for each in value)


def _named(labels: Sequence[Any], answer: Any, known: bool) -> tuple[str, tuple[int, ...], tuple[str, ...]]:
    """The expression of a name, the numbers that want one, and the line that looks it up."""
    if not known:
        return '"object"', (), ()
    if any(is_number(each) for each in labels) or not labels:
        setup = names_setup(answer)
        return f"str({'names' if setup else 'NAMES'}.get(label, label))", () if setup else whole(labels), setup
    return "str(label)", (), ()


def plan_tensors(answer: dict[str, Any]) -> Plan | None:
    """The outputs of Triton or KServe v2; what is boxes, scores and classes is told by type and shape."""
    outputs = answer["outputs"]
    if not all(isinstance(each, dict) and isinstance(each.get("data"), list) for each in outputs):
        return None
    if not any(each["data"] for each in outputs):
        return EMPTY
    flat = [_flat(each["data"]) for each in outputs]
    if len(outputs) == 1:
        return _single(outputs[0], 'answer["outputs"][0]["data"]')
    boxes = next((at for at, each in enumerate(outputs) if _shape(each)[-1:] == [4]), None)
    if boxes is None or any(isinstance(each, list) for each in outputs[boxes]["data"]):
        return None
    count = len(flat[boxes]) // 4
    rest = [at for at in range(len(outputs)) if at != boxes and len(flat[at]) == count]
    labels = next((at for at in rest if _is_label(outputs[at])), None)
    scores = next((at for at in rest if at != labels and str(outputs[at].get("datatype", "")).startswith("FP")), None)
    rows = [flat[boxes][at : at + 4] for at in range(0, 4 * count, 4)]
    layout = likely_layout(rows)
    setup = [f'boxes = answer["outputs"][{boxes}]["data"]']
    columns, names = ["boxes[0::4]", "boxes[1::4]", "boxes[2::4]", "boxes[3::4]"], [variables(layout)]
    for at, name in ((scores, "score"), (labels, "label")):
        if at is not None:
            setup.append(f'{name}s = answer["outputs"][{at}]["data"]')
            columns.append(f"{name}s")
            names.append(name)
    held = flat[labels] if labels is not None else []
    name, ids, _ = _named(held, {}, labels is not None)
    confidence = confidence_of("float(score)", flat[scores]) if scores is not None else "1.0  # the answer holds none"
    loop = f"for {', '.join(names)} in zip({', '.join(columns)})"
    return Plan((loop,), name, confidence, (Branch(box_lines(layout)),), ids, tuple(setup))


def _shape(output: dict[str, Any]) -> list[Any]:
    shape = output.get("shape")
    return shape if isinstance(shape, list) else []


def _is_label(output: dict[str, Any]) -> bool:
    kind, name = str(output.get("datatype", "")), str(output.get("name", "")).lower()
    return kind.startswith(_INTEGERS) or kind == "BYTES" or any(word in name for word in ("class", "label"))


def _flat(data: Any) -> list[Any]:
    while isinstance(data, list) and data and isinstance(data[0], list):
        data = [each for inner in data for each in (inner if isinstance(inner, list) else [inner])]
    return list(data)


def _single(output: dict[str, Any], spot: str) -> Plan | None:
    """One tensor: rows of six (a box, its score, its class), scores of classes, or texts as ``score:number:name``."""
    data, shape = output["data"], _shape(output)
    if data and all(isinstance(each, str) and each.count(":") >= 1 for each in data):
        return Plan(
            (f"for text in {spot}",), 'text.split(":")[-1]', 'min(max(float(text.split(":")[0]), 0.0), 1.0)', (_TAG,)
        )
    if data and isinstance(data[0], list):
        return plan_bare(data, spot)
    if shape[-1:] == [6] and len(data) % 6 == 0:
        rows = [data[at : at + 6] for at in range(0, len(data), 6)]
        columns = ", ".join(f"data[{at}::6]" for at in range(6))
        layout = likely_layout(rows)
        loop = f"for {variables(layout)}, score, label in zip({columns})"
        name, ids, _ = _named([row[5] for row in rows], {}, True)
        confidence = confidence_of("float(score)", [row[4] for row in rows])
        return Plan((loop,), name, confidence, (Branch(box_lines(layout)),), ids, (f"data = {spot}",))
    return plan_bare(data, spot)


def plan_bare(listed: Sequence[Any], spot: str = "answer") -> Plan | None:
    """A list of texts, of scores, or of rows of numbers."""
    if all(isinstance(each, str) for each in listed):
        return Plan((f"for label in {spot}",), "label", "1.0  # the answer holds none", (_TAG,))
    if are_numbers(listed):
        one_box = 4 <= len(listed) <= 6 and max(listed) > 1.5
        return _rows([listed], f"[{spot}]") if one_box else _best(listed, spot)
    if all(_is_scored(each) for each in listed):
        confidence = confidence_of("float(score)", [each[1] for each in listed])
        return Plan((f"for label, score in {spot}",), "label", confidence, (_TAG,))
    if len(listed) == 1 and isinstance(listed[0], list) and not _is_row(listed[0]):
        return plan_bare(listed[0], f"{spot}[0]") if listed[0] else EMPTY
    return _rows(listed, spot) if all(_is_row(each) for each in listed) else None


def _is_row(each: Any) -> bool:
    return are_numbers(each) and 4 <= len(each) <= 6 and not _is_share(each)


def _is_share(each: Sequence[float]) -> bool:
    """Whether numbers read as the scores of all classes: none below 0, and 1 together."""
    return min(each) >= 0 and abs(sum(each) - 1) < 0.02


def _is_scored(each: Any) -> bool:
    return isinstance(each, list) and len(each) == 2 and isinstance(each[0], str) and is_number(each[1])


def _best(scores: Sequence[float], spot: str) -> Plan:
    """One score a class: the best one as a tag."""
    best = max(range(len(scores)), key=scores.__getitem__)
    setup = (f"scores = {spot}",)
    confidence = confidence_of("float(scores[best])", scores)
    loop = "for best in [max(range(len(scores)), key=scores.__getitem__)]"
    return Plan((loop,), "NAMES.get(best, str(best))", confidence, (_TAG,), (best,), setup)


def _rows(rows: Sequence[Sequence[float]], spot: str) -> Plan | None:
    """A box a row, its score in the fifth column and its class in the sixth, where there are so many."""
    wide = min(len(row) for row in rows)
    name, ids, _ = _named([row[5] for row in rows] if wide > 5 else [], {}, wide > 5)
    name = name.replace("label", "int(row[5])")
    confidence = (
        confidence_of("float(row[4])", [row[4] for row in rows]) if wide > 4 else "1.0  # the answer holds none"
    )
    lines = box_lines(likely_layout(rows), "map(float, row[:4])")
    return Plan((f"for row in {spot}",), name, confidence, (Branch(lines),), ids)
