"""Where the line is between what people read and what the server's data are."""

from __future__ import annotations

import json
from typing import Any

import pytest

from byom_gui.core.endpoint import MASK
from byom_gui.core.masking import mask_body, reply_for_people
from byom_gui.core.observations import Reply
from byom_gui.core.redact import Redactor
from tests.core.calls import SHAPES, body, result

WORDS = ("cat", "0.9", "10", "name", "results", "succeeded", "x", "tag", "polygon", "true", "head", "path")
LONG = "Hush-marked-77"


def masked(value: Any, *secrets: str) -> Any:
    return json.loads(mask_body(json.dumps(value), Redactor(secrets)))


@pytest.mark.parametrize("secret", WORDS)
def test_a_valid_answer_is_the_same_whatever_the_secret(secret: str) -> None:
    value = body(*(result(**{name: shape}) for name, shape in SHAPES.items()))
    text = json.dumps(value, indent=1)
    assert mask_body(text, Redactor([secret])) == text
    assert (
        reply_for_people(Reply(200, (("content-type", "application/json"),), text.encode()), Redactor([secret])) is None
    )


@pytest.mark.parametrize("secret", ["red", "polygon", LONG, "name"])
@pytest.mark.parametrize(
    "form",
    [
        [{"name": "{}", "type": "{}"}],
        ["{}", "other"],
        {"classes": ["{}"]},
        {"names": {"0": {"name": "{}"}}},
        {"results": [{"class": "{}", "category": "{}"}]},
        {"status": "succeeded", "results": [{"name": "{}", "label": "a {} one", "tag": 1}]},
    ],
)
def test_names_are_data(secret: str, form: Any) -> None:
    text = json.dumps(form).replace("{}", secret)
    assert mask_body(text, Redactor([secret])) == text


@pytest.mark.parametrize("secret", ["red", "150", LONG])
@pytest.mark.parametrize(
    "form",
    [
        {"error": "@ is wrong"},
        {"status": "@"},
        {"detail": [{"msg": "got @", "name": "field"}]},
        {"debug": {"X-Key": "@"}},
        {"debug": ["GET", "@"]},
        {"debug": [["@"]]},
        {"classes": [], "note": ["@"]},
        {"results": [{"name": "cat", "extra": "@"}]},
        [{"name": "cat"}, "@"],
        "@",
    ],
)
def test_all_else_is_text(secret: str, form: Any) -> None:
    value = json.loads(json.dumps(form).replace("@", secret))
    assert masked(value, secret) == json.loads(json.dumps(value).replace(secret, MASK))


def test_attributes_and_text_are_content_in_which_only_a_distinct_secret_is_masked() -> None:
    value = body(result(attributes=["red", f"by {LONG}"], text={"text": "red"}))
    assert masked(value, "red") == value
    assert masked(value, LONG) == body(result(attributes=["red", f"by {MASK}"], text={"text": "red"}))


def test_a_key_is_data_unless_a_distinct_secret_is_in_it() -> None:
    value = {"red": 1, "hushmarked": 2, "a red": 3, f"t={LONG}": 4}
    assert masked(value, "red", "hushmarked", LONG) == {"red": 1, "hushmarked": 2, "a red": 3, f"t={MASK}": 4}


def test_a_number_is_data() -> None:
    assert masked({"note": 150, "error": "at 150"}, "150") == {"note": 150, "error": f"at {MASK}"}


@pytest.mark.parametrize(
    "text",
    [
        "KeyError: {}",
        "{{'name': '{}'}}",
        '{{"name": "{}"',
        '{{"name": "{}"}}\n{{"name": "{}"}}',
        "<title>{}</title>",
        "[" * 200_000 + '"{}"' + "]" * 200_000,
    ],
)
def test_what_is_not_json_is_text(text: str) -> None:
    whole = text.format("red", "red") if "{{" in text else text.replace("{}", "red")
    assert mask_body(whole, Redactor(["red"])) == whole.replace("red", MASK)


def test_headers_are_text_and_bytes_that_are_not_utf8_stay() -> None:
    reply = Reply(500, (("x-seen", "red"), ("server", "nginx")), b"\xff red \x80")
    safe = reply_for_people(reply, Redactor(["red"]))
    assert safe == Reply(500, (("x-seen", MASK), ("server", "nginx")), b"\xff " + MASK.encode() + b" \x80")
    assert reply_for_people(Reply(200, (("server", "red"),), b"fine"), Redactor(["red"])) is not None


def test_escapes_in_a_body_are_seen() -> None:
    text = '{"error": "\\u0052ed\\u002d\\u0031 and &#82;ed-1", "name": "Red-1"}'
    assert json.loads(mask_body(text, Redactor(["Red-1"]))) == {"error": f"{MASK} and {MASK}", "name": "Red-1"}
