"""What V7 asks of the server, with the model in ``model.py``."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image

import model
from server.answer import Box, Result, Tag
from server.settings import Settings
from tests.conftest import Client, body, picture

KEYS = {"tag", "bounding_box", "polygon", "line", "keypoint", "skeleton", "ellipse", "cuboid"}


def is_failure(answer: Any) -> bool:
    return answer["status"] == "failed" and answer["results"] == [] and bool(answer["error"])


@pytest.mark.parametrize("path", ["/infer", "/api/infer"])
def test_the_model_answers_in_v7s_form(client: Client, path: str) -> None:
    reply = client().post(path, json=body(picture()))
    assert (reply.status_code, reply.mimetype) == (200, "application/json")
    assert reply.get_json()["status"] == "succeeded"
    listed = {(each.name, each.type) for each in model.CLASSES}
    for result in reply.get_json()["results"]:
        assert 0 <= result["confidence"] <= 1
        assert result["label"] == result["name"]
        (key,) = KEYS & set(result)
        assert (result["name"], key) in listed


@pytest.mark.parametrize("path", ["/classes", "/api/classes"])
def test_classes_are_listed(client: Client, path: str) -> None:
    expected = [{"name": each.name, "type": each.type} for each in model.CLASSES]
    assert client().get(path).get_json() == expected


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "RGB"),
        ("JPEG", "L"),
        ("JPEG", "CMYK"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("PNG", "I;16"),
    ]
    + [("WEBP", "RGB"), ("BMP", "RGB"), ("TIFF", "RGB"), ("GIF", "P")],
)
def test_kinds_of_image(client: Client, kind: str, mode: str) -> None:
    seen: list[Image.Image] = []

    def predict(image: Image.Image) -> list[Result]:
        seen.append(image)
        return []

    assert (
        client(predict).post("/infer", json=body(picture(kind, mode))).get_json()["status"]
        == "succeeded"
    )
    assert (seen[0].mode, seen[0].size) == ("RGB", (120, 80))


def test_the_model_sees_the_upright_image(client: Client) -> None:
    sizes: list[tuple[int, int]] = []

    def predict(image: Image.Image) -> list[Result]:
        sizes.append(image.size)
        return []

    client(predict).post("/infer", json=body(picture("JPEG", orientation=6)))
    assert sizes == [(80, 120)]


def test_a_data_prefix_does_no_harm(client: Client) -> None:
    text = "data:image/png;base64," + base64.b64encode(picture()).decode()
    assert (
        client().post("/infer", json={"image": {"base64": text}}).get_json()["status"]
        == "succeeded"
    )


@pytest.mark.parametrize(
    "image",
    [
        {"base64": "no base64!"},
        {"base64": base64.b64encode(picture()[:60]).decode()},
        {"base64": base64.b64encode(b"%!PS-Adobe-3.0 EPSF-3.0").decode()},
        {"url": "http://127.0.0.1:1/a.png"},
        {"url": "file:///etc/passwd"},
    ],
)
def test_an_image_that_can_not_be_had_is_a_failure_not_a_crash(
    client: Client, image: dict[str, str]
) -> None:
    reply = client().post("/infer", json={"image": image})
    assert reply.status_code == 200
    assert is_failure(reply.json)


@pytest.mark.parametrize("value", [[], {}, {"image": None}, {"image": {}}, {"image": {"url": 1}}])
def test_another_form_is_refused(client: Client, value: Any) -> None:
    reply = client().post("/infer", json=value)
    assert reply.status_code == 400
    assert is_failure(reply.json)


@pytest.mark.parametrize(
    ("status", "method", "path", "more"),
    [
        (400, "POST", "/infer", {"data": b"{", "content_type": "application/json"}),
        (415, "POST", "/infer", {"data": b"{}", "content_type": "text/plain"}),
        (404, "GET", "/elsewhere", {}),
        (405, "GET", "/infer", {}),
    ],
)
def test_refusals_have_the_same_form(
    client: Client, status: int, method: str, path: str, more: dict[str, Any]
) -> None:
    reply = client().open(path, method=method, **more)
    assert reply.status_code == status
    assert is_failure(reply.json)


def test_json_that_would_exhaust_the_parser_is_refused(client: Client) -> None:
    deep, many = b"[" * 200_000, b'{"image": [' + b"[]," * 150_000 + b"[]]}"
    inner = b'{"image": ' + b'{"a": ' * 20_000 + b"1" + b"}" * 20_001
    for data in (deep, many, inner, b"[" * 50_000 + b"]" * 50_000):
        reply = client().post("/infer", data=data, content_type="application/json")
        assert reply.status_code == 400
        assert is_failure(reply.get_json())


def test_white_space_in_base64_does_no_harm(client: Client) -> None:
    text = base64.b64encode(picture()).decode()
    spaced = {"image": {"base64": " \n".join(text)}}
    assert client().post("/infer", json=spaced).get_json()["status"] == "succeeded"


def test_transparency_becomes_white(client: Client) -> None:
    seen: list[Image.Image] = []

    def predict(image: Image.Image) -> list[Result]:
        seen.append(image)
        return []

    file = io.BytesIO()
    half = Image.new("RGBA", (2, 1), (255, 0, 0, 255))
    half.putpixel((1, 0), (0, 0, 0, 0))
    half.save(file, "PNG")
    client(predict).post("/infer", json=body(file.getvalue()))
    assert [seen[0].getpixel((x, 0)) for x in (0, 1)] == [(255, 0, 0), (255, 255, 255)]


def test_what_is_too_large_is_refused(client: Client) -> None:
    request = body(picture())
    assert client(max_body_bytes=100).post("/infer", json=request).status_code == 413
    assert is_failure(client(max_image_bytes=50).post("/infer", json=request).json)
    assert is_failure(client(max_pixels=50).post("/infer", json=request).json)


def test_a_model_that_fails_is_a_failure_and_not_told_abroad(client: Client) -> None:
    def predict(image: Image.Image) -> list[Result]:
        raise RuntimeError("a secret path")

    reply = client(predict).post("/infer", json=body(picture()))
    assert is_failure(reply.json)
    assert b"secret" not in reply.data


@pytest.mark.parametrize(
    "result",
    [Result("a", Tag(), 1.2), Result("a", Tag(), float("nan")), Result("a", Box(0, 0, -1, 2), 0.5)]
    + [Result("a", Box(float("inf"), 0, 1, 2), 0.5)],
)
def test_what_v7_could_not_read_does_not_leave(client: Client, result: Result) -> None:
    assert is_failure(client(lambda image: [result]).post("/infer", json=body(picture())).json)


def test_a_secret_in_a_header(client: Client) -> None:
    one = client(secret_header="X-Key", secret="right")
    assert one.get("/classes").status_code == 401
    assert one.get("/classes", headers={"X-Key": "wrong"}).status_code == 401
    assert one.get("/classes", headers={"X-Key": "right"}).status_code == 200
    assert one.get("/health").status_code == 200


def test_http_basic(client: Client) -> None:
    one = client(basic_user="v7", basic_password="päss:word")
    assert one.get("/classes").headers["WWW-Authenticate"].startswith("Basic")
    assert one.get("/classes", auth=("v7", "wrong")).status_code == 401
    assert one.get("/classes", auth=("v7", "päss:word")).status_code == 200
    assert one.get("/classes", headers={"Authorization": "Bearer x"}).status_code == 401


def test_both_pairs_are_asked_for_where_both_are_set(client: Client) -> None:
    one = client(basic_user="v7", basic_password="p", secret_header="X-Key", secret="right")
    assert one.get("/classes", auth=("v7", "p")).status_code == 401
    assert one.get("/classes", headers={"X-Key": "right"}).status_code == 401
    assert one.get("/classes", auth=("v7", "p"), headers={"X-Key": "right"}).status_code == 200


@pytest.mark.parametrize("values", [{"SECRET_HEADER": "X"}, {"BASIC_USER": "u"}, {"PORT": "many"}])
def test_half_a_setting_does_not_start(values: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="SECRET|BASIC|PORT"):
        Settings.from_environment(values)


def test_secrets_are_not_shown() -> None:
    assert "hush" not in repr(Settings(basic_password="hush", secret="hush"))
