"""Adapters against the built-in server's own faults: forms that were written apart from them."""

from __future__ import annotations

import copy
import io
from typing import Any

import pytest
from PIL import Image

from byom_gui.core.adapters import adapter_for
from byom_gui.core.contract import schema_valid
from byom_gui.sandbox.answers import CLASSES
from byom_gui.sandbox.fault import Fault, Picture
from byom_gui.sandbox.faults_forms import FORMS

NAMES = [name for name, _ in CLASSES]
PLACES = [(10.5, 20, 30, 40), (0, 0, 640, 480), (600.1, 400.2, 39.9, 79.8), (3, 4, 5, 6)]


def picture() -> Picture:
    out = io.BytesIO()
    Image.new("RGB", (640, 480)).save(out, "PNG")
    return Picture(out.getvalue(), 1)


def sound(count: int) -> dict[str, Any]:
    results = [
        {
            "name": NAMES[at],
            "label": NAMES[at],
            "confidence": 0.9 - at / 10,
            "bounding_box": dict(zip(("x", "y", "w", "h"), place, strict=True)),
        }
        for at, place in enumerate(PLACES[:count])
    ]
    return {"status": "succeeded", "results": results}


@pytest.mark.parametrize("count", [1, 2, 4])
@pytest.mark.parametrize("fault", FORMS, ids=lambda fault: fault.variant)
def test_what_another_form_says_comes_back_as_it_was(fault: Fault, count: int) -> None:
    assert fault.answer is not None
    there = fault.answer(copy.deepcopy(sound(count)), picture())
    adapter = adapter_for(there, 640, 480)
    assert adapter is not None
    assert schema_valid(adapter.value)
    back = adapter.value["results"]
    assert len(back) == count
    for at, (result, meant) in enumerate(zip(back, sound(count)["results"], strict=True)):
        assert result["name"] in (meant["name"], f"class {at}")
        assert result["confidence"] == pytest.approx(meant["confidence"])
        assert result["bounding_box"] == pytest.approx(meant["bounding_box"], abs=1e-6)


@pytest.mark.parametrize("fault", FORMS, ids=lambda fault: fault.variant)
def test_an_empty_answer_stays_empty(fault: Fault) -> None:
    assert fault.answer is not None
    there = fault.answer(sound(0), picture())
    adapter = adapter_for(there, 640, 480)
    # where nothing is in it, not every form can be told
    assert adapter is None or adapter.value == {"status": "succeeded", "results": []}
