"""Which pictures are compared, and when there is nothing to compare. The rest is in tests/ui/test_geometry_view.py."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from byom_gui.core.diagnosis import Answered, read_call
from byom_gui.core.diagnosis.comparing import MOST_IMAGES, compare
from byom_gui.core.diagnosis.readings import Reading
from byom_gui.core.observations import Call, Reply, SentRequest

WIDE, HIGH = 400, 300
CORNERS = Reading(layout="corners")
PATH = [{"x": 20, "y": 30}, {"x": 80, "y": 30}, {"x": 80, "y": 90}]


def answered(name: str, shape: str, values: list[object]) -> Answered:
    results = [{"name": "a", "label": "a", "confidence": 0.9, shape: value} for value in values]
    body = json.dumps({"status": "succeeded", "results": results}).encode()
    request = SentRequest("POST", "http://127.0.0.1:9/", (), "{}", 2, "curl")
    reply = Reply(200, (("content-type", "application/json"),), body)
    return read_call(Call("infer", request, reply, None, 9.0, datetime.now(UTC), name, WIDE, HIGH, "base64"))


def corners(name: str) -> Answered:
    """Two boxes whose far corners stand where sizes are due."""
    return answered(
        name, "bounding_box", [{"x": 200, "y": 150, "w": 240, "h": 180}, {"x": 20, "y": 30, "w": 80, "h": 80}]
    )


def test_each_picture_is_compared_once_and_no_more_than_a_handful() -> None:
    twice = [corners("same.png"), corners("same.png")]
    found = compare([*twice, *(corners(f"{at}.png") for at in range(MOST_IMAGES + 3))], (), CORNERS)
    assert found is not None
    names = [each.image for each in found.images]
    assert len(names) == len(set(names)) == MOST_IMAGES


def test_a_reading_that_changes_nothing_on_these_shapes_is_not_compared() -> None:
    polygons = answered("outlines.png", "polygon", [{"path": PATH}])
    assert compare([polygons], (), CORNERS) is None
