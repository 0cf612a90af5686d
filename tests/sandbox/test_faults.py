"""The faults as a list: every id of the catalogue has one, each is served as its name says, several go together."""

from __future__ import annotations

import base64
import dataclasses
import gzip
import itertools
import json
import math
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from PIL import Image

from byom_gui.core.diagnosis.catalogue import CATALOGUE
from byom_gui.core.errors import InputError
from byom_gui.core.predictions import SHAPE_NAMES
from byom_gui.sandbox import model
from byom_gui.sandbox.answers import CLASSES, class_list
from byom_gui.sandbox.fault import SOUND, Fault, together
from byom_gui.sandbox.faults import FAULTS, NOT_OF_A_SERVER, WORDS, find_fault, words_of
from byom_gui.sandbox.faults_page import page
from byom_gui.sandbox.model_server import ModelServer
from tests.core import calls
from tests.sandbox.measures import SAMPLES, encoded, named
from tests.sandbox.rehearsal import PROBED, quick_model
from tests.sandbox.test_model_server import call

__all__ = ["quick_model"]

PICTURE = (SAMPLES / "nuclei-3.jpg").read_bytes()
OTHER = (SAMPLES / "neuron.jpg").read_bytes()
Reply = tuple[int, dict[str, str], bytes]
NUMBERS = {name: number for number, (name, _) in enumerate(CLASSES)}


def image_of(data: bytes) -> dict[str, dict[str, str]]:
    return {"image": {"base64": base64.b64encode(data).decode()}}


@dataclass(frozen=True)
class Got:
    """What a faulty server said of one picture, and what a sound one says."""

    status: int
    headers: dict[str, str]
    body: bytes
    sound: dict[str, Any]

    @property
    def value(self) -> Any:
        return json.loads(self.body)

    @property
    def results(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.value["results"]
        return found

    @property
    def pairs(self) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Each result as it came, and as it should be."""
        return zip(self.results, self.sound["results"], strict=True)

    def every(self, test: Callable[[dict[str, Any]], bool]) -> bool:
        """Whether each result is so, and there are many."""
        return len(self.results) > 20 and all(test(result) for result in self.results)


def infer(fault: Fault | None, data: bytes = PICTURE) -> Got:
    """What the server with a fault answers about a picture."""
    sound = {"status": "succeeded", "results": model.infer(data)}
    with ModelServer(fault=fault) as server:
        return Got(*call(server, "POST", "/api/infer", image_of(data)), sound)


def shapes(result: dict[str, Any]) -> list[str]:
    return [name for name in SHAPE_NAMES if name in result]


def starts(*keys: str) -> Callable[[Got], bool]:
    """The first item of a list, or of the first list inside, has these keys."""

    def test(got: Got) -> bool:
        value = got.value
        items = value if isinstance(value, list) else next(v for v in value.values() if isinstance(v, list))
        return len(items) >= 1 and set(keys) <= items[0].keys()

    return test


def said(words: str) -> Callable[[Got], bool]:
    return lambda got: got.status == 500 and words in got.body.decode()


def page_with(words: str) -> Callable[[Got], bool]:
    return lambda got: (
        (got.status, got.headers["content-type"][:9]) == (200, "text/html") and words in got.body.decode()
    )


def status(code: int, **headers: str) -> Callable[[Got], bool]:
    return lambda got: got.status == code and all(got.headers[key.replace("_", "-")] == v for key, v in headers.items())


SHOWS: dict[str, Callable[[Got], bool]] = {
    "net.redirect": status(307, location="/infer"),
    "net.redirect:302": status(302, location="/infer"),
    "net.redirect:circle": status(307, location="/api/infer"),
    "net.redirect:inside": status(307, location="http://model-svc.invalid:8080/api/infer/"),
    "http.encoding": lambda got: got.headers["content-encoding"] == "gzip" and got.value == got.sound,
    "http.encoding:br": lambda got: got.headers["content-encoding"] == "br" and got.value == got.sound,
    "http.encoding:silent": lambda got: (
        "content-encoding" not in got.headers and json.loads(gzip.decompress(got.body)) == got.sound
    ),
    "http.encoding:short": lambda got: json.dumps(got.sound).encode()[:-10] == got.body,
    "http.not-found": status(404),
    "http.method": status(405, allow="GET"),
    "http.media-type": lambda got: got.value == got.sound and got.headers["content-type"].startswith("text/html"),
    "http.media-type:415": status(415),
    "http.rate-limited": status(429, retry_after="7"),
    "http.status": status(400),
    "http.status:422": status(422),
    "http.server-error": said("float32 is not JSON serializable"),
    "http.server-error:exception": said("ValueError is not JSON serializable"),
    "http.server-error:import": said("No module named"),
    "http.server-error:name": said("has no attribute 'request'"),
    "http.server-error:cuda": said("CUDA out of memory"),
    "http.server-error:file": said("No such file"),
    "http.server-error:unflushed": said("cannot identify image file"),
    "http.server-error:key": said("KeyError: 'url'"),
    "http.html": page_with("password"),
    "http.html:ngrok": page_with("ngrok"),
    "http.html:localtunnel": page_with("loca.lt"),
    "http.html:cloudflare": page_with("Cloudflare"),
    "http.html:docs": page_with("swagger"),
    "http.html:nginx": page_with("nginx"),
    "auth.rejected": status(401),
    "auth.rejected:403": status(403),
    "json.invalid": lambda got: json.dumps(got.sound).encode().startswith(got.body) and len(got.body) > 1000,
    "json.invalid:empty": lambda got: (got.status, got.body) == (200, b""),
    "json.invalid:comma": lambda got: got.body.endswith(b"},]}"),
    "json.python-literal": lambda got: got.body.startswith(b"{'status': 'succeeded'"),
    "json.not-finite": lambda got: got.every(lambda r: math.isnan(r["confidence"])) and b"NaN" in got.body,
    "json.not-finite:infinity": lambda got: b"Infinity" in got.body,
    "json.encoding": lambda got: "geprüft".encode("latin-1") in got.body,
    "json.encoding:bom": lambda got: json.loads(got.body.decode("utf-8-sig")) == got.sound,
    "json.encoding:utf-16": lambda got: json.loads(got.body.decode("utf-16")) == got.sound,
    "json.duplicate-key": lambda got: got.body.count(b'"status"') == 2 and got.value == got.sound,
    "json.too-deep": lambda got: b"[" * 90 in got.body,
    "schema.missing": lambda got: got.every(lambda r: "confidence" not in r),
    "schema.missing:width": lambda got: (
        set(named(got.results, "mitosis")[0]["bounding_box"]) == set("xy") | {"width", "height"}
    ),
    "schema.missing:label": lambda got: got.every(lambda r: "label" not in r),
    "schema.missing:status": lambda got: list(got.value) == ["results"],
    "schema.type": lambda got: got.every(lambda r: isinstance(r["confidence"], str)),
    "schema.type:null": lambda got: got.every(lambda r: r["confidence"] is None),
    "schema.type:results": lambda got: got.value == {"status": "succeeded", "results": None},
    "schema.range": lambda got: got.value["status"] == "ok",
    "schema.range:logit": lambda got: min(r["confidence"] for r in got.results) < 0,
    "schema.range:size": lambda got: named(got.results, "mitosis")[0]["bounding_box"]["w"] < 0,
    "schema.no-shape": lambda got: got.every(lambda r: not shapes(r)),
    "schema.two-shapes": lambda got: sum(len(shapes(r)) == 2 for r in got.results) > 20,
    "schema.unsupported-shape": lambda got: got.every(lambda r: "mask" in r and not shapes(r)),
    "schema.unsupported-shape:rotated": lambda got: sum("rotated_bounding_box" in r for r in got.results) > 20,
    "schema.polygon-paths": lambda got: list(named(got.results, "nucleus")[0]["polygon"]) == ["paths"],
    "schema.point-pairs": lambda got: (
        len(named(got.results, "nucleus")[0]["polygon"]["path"][0]) == 2
        and isinstance(named(got.results, "spindle_pole")[0]["keypoint"], list)
    ),
    "schema.attributes-object": lambda got: got.every(lambda r: isinstance(r["attributes"], dict)),
    "schema.other-format:coco": lambda got: {"images", "annotations", "categories"} == set(got.value),
    "schema.other-format:coco-results": starts("image_id", "category_id", "bbox", "score"),
    "schema.other-format:v7-inference": starts("inference", "name"),
    "schema.other-format:yolo": starts("class", "confidence", "box"),
    "schema.other-format:yolo-lists": lambda got: len({len(v) for v in got.value.values()}) == 1,
    "schema.other-format:yolo-rows": starts("xmin", "ymin", "xmax", "ymax", "class"),
    "schema.other-format:label-studio": lambda got: got.value["results"][0]["result"][0]["type"] == "rectanglelabels",
    "schema.other-format:hugging-face": starts("score", "label", "box"),
    "schema.other-format:roboflow": lambda got: {"width", "class_id"} <= got.value["predictions"][0].keys(),
    "schema.other-format:triton": lambda got: (
        len(got.value["outputs"][0]["data"]) == math.prod(got.value["outputs"][0]["shape"])
    ),
    "schema.other-format:bare-list": lambda got: got.value == got.sound["results"],
    "schema.null": lambda got: got.every(lambda r: None in r.values() and "text" in r),
    "schema.wrapped:list": lambda got: got.value == [got.sound],
    "schema.wrapped:data": lambda got: got.value == {"success": True, "data": got.sound},
    "schema.wrapped:predictions": lambda got: got.value == {"predictions": got.sound["results"]},
    "schema.wrapped:cloud-function": lambda got: json.loads(got.value["body"]) == got.sound,
    "schema.wrapped:twice": lambda got: json.loads(got.value) == got.sound,
    "schema.wrapped:events": lambda got: got.body.count(b"data: ") == 3,
    "schema.wrapped:lines": lambda got: json.loads(got.body.splitlines()[1]) == got.sound,
    "status.failed": lambda got: got.value == {"status": "failed", "results": []},
    "status.no-results": lambda got: got.value == {"status": "succeeded"},
    "status.failed-with-results": lambda got: got.value == {**got.sound, "status": "failed"},
    "results.empty": lambda got: got.value == {"status": "succeeded", "results": []},
    "confidence.percent": lambda got: all(
        r["confidence"] == pytest.approx(100 * s["confidence"]) for r, s in got.pairs
    ),
    "confidence.constant": lambda got: {r["confidence"] for r in got.results} == {0.9},
    "label.differs": lambda got: got.every(lambda r: r["label"] == NUMBERS[r["name"]]),
    "label.differs:text": lambda got: got.every(lambda r: r["label"] == f"class_{NUMBERS[r['name']]}"),
    "shape.degenerate": lambda got: (
        got.results[0]["bounding_box"]["w"] == 0 and got.results[1:] == got.sound["results"]
    ),
    "shape.degenerate:polygon": lambda got: len(got.results[0]["polygon"]["path"]) == 2,
    "shape.placeholder": lambda got: [n["x"] for n in got.results[0]["skeleton"]["nodes"][2:]] == [0, 0],
    "shape.outside": lambda got: sum(got.results[0]["bounding_box"][k] for k in "xw") == 1200 + 37,
    "shape.placeless": lambda got: shapes(got.results[0]) == ["directional_vector"],
    "classes.near-match": lambda got: len(named(got.results, "Nucleus")) == len(named(got.sound["results"], "nucleus")),
    "classes.near-match:space": lambda got: len(named(got.results, "in focus")) == 1,
    "classes.near-match:nfd": lambda got: len(named(got.results, "de\u0301bris")) > 0,
    "classes.control-character": lambda got: got.every(lambda r: r["name"].endswith("\r") and r["label"] == r["name"]),
    "input.base64": lambda got: got.value == {"status": "failed", "results": []},
    "input.data-uri": lambda got: got.value == {"status": "failed", "results": []},
    "behaviour.constant": lambda got: got.value != got.sound and len(got.results) == 2,
    "sound:extra-keys": lambda got: {"model", "milliseconds"} <= got.value.keys() and "track" in got.results[0],
    "sound:other-scripts": lambda got: len(named(got.results, "细胞核")) > 20,
    "sound:joiners": lambda got: len(named(got.results, "هسته\u200cها")) > 20,
    "sound:decomposed": lambda got: got.every(lambda r: r["name"] == unicodedata.normalize("NFD", r["name"])),
    "sound:fraction": lambda got: named(got.results, "debris") != named(got.sound["results"], "debris"),
    "sound:gzip": lambda got: json.loads(gzip.decompress(got.body)) == got.sound,
    "sound:charset": lambda got: got.headers["content-type"] == "application/json; charset=utf-8",
    "behaviour.unstable": lambda got: 0 < len(got.results) < len(got.sound["results"]),
}
"""What the answer of each fault shows that can be seen in one answer about one picture."""

LISTED: dict[str, Callable[[Any], bool]] = {
    "classes.not-served": lambda value: value == {"error": "no"},
    "classes.form": lambda value: value == [name for name, _ in CLASSES],
    "classes.form:map": lambda value: value["0"] == CLASSES[0][0],
    "classes.form:wrapper": lambda value: value == {"classes": class_list()},
    "classes.empty-list": lambda value: value == [],
    "classes.control-character:invisible": lambda value: "\u200b" in value[-1]["name"],
    "classes.control-character:surrogate": lambda value: any(entry["name"].endswith("\ud83d") for entry in value),
    "classes.unknown-type": lambda value: {"name": "mitosis", "type": "bbox"} in value,
    "classes.unknown-type:mask": lambda value: value[-1]["type"] == "mask",
    "classes.empty-name": lambda value: value[-1]["name"] == "",
    "classes.duplicate": lambda value: value.count(value[0]) == 2,
    "classes.unregistered": lambda value: "nucleus" not in [entry["name"] for entry in value],
    "classes.type-mismatch": lambda value: {"name": "nucleus", "type": "bounding_box"} in value,
    "classes.background": lambda value: value[-1]["name"] == "background",
    "classes.background:na": lambda value: value[-1]["name"] == "N/A",
    "classes.unseen": lambda value: value[:-1] == class_list() and value[-1]["name"] == "centriole",
}
"""What the class list of each fault shows."""


BELOW_THE_DIAGNOSIS = {"http.encoding", "http.encoding:br", "http.encoding:short", "sound:gzip"}
"""What the sender finds, or unpacks, before an answer is judged: tried in test_rehearsal.py."""


@pytest.mark.usefixtures("quick_model")
@pytest.mark.parametrize("name", [*SHOWS, *LISTED])
def test_a_fault_is_served_and_found(name: str) -> None:
    """Over HTTP; what comes is judged by the diagnosis, as far as it can be told without probes and transport."""
    fault, asked = FAULTS[name], (PICTURE, OTHER)
    with ModelServer(fault=fault) as server:
        replies = [call(server, "POST", "/api/infer", image_of(data)) for data in asked]
        listed = call(server, "GET", "/api/classes")
    if name in SHOWS:
        assert SHOWS[name](Got(*replies[0], {"status": "succeeded", "results": model.infer(PICTURE)}))
    else:
        assert LISTED[name](json.loads(listed[2]))
        assert listed[0] == (404 if name == "classes.not-served" else 200)
    if name in BELOW_THE_DIAGNOSIS:
        return
    found = diagnosed(replies, listed)
    due = {id for id in fault.ids if id.partition(".")[0] not in (*PROBED, "net") and CATALOGUE[id].implemented}
    assert due <= found.keys()
    # One cause, one error: nothing that follows from it is told as well.
    assert not (due or fault.id == "sound") or {id for id, severity in found.items() if severity == "error"} <= due


def diagnosed(replies: list[Reply], listed: Reply) -> dict[str, str]:
    """The ids that the diagnosis finds in replies about pictures and in a class list, and their severity."""
    inferred = [
        dataclasses.replace(
            calls.call(raw=body, status=code, headers=tuple(headers.items()), image=f"{at}.jpg"),
            image_width=1200,
            image_height=900,
        )
        for at, (code, headers, body) in enumerate(replies)
    ]
    code, headers, body = listed
    seen = calls.classes_seen(raw=body, status=code, headers=tuple(headers.items()))
    return {finding.id: finding.severity for finding in calls.run(*inferred, classes=seen).findings}


def test_a_web_page_can_stand_at_the_classes_address() -> None:
    with ModelServer(fault=FAULTS["classes.not-served:page"]) as server:
        assert call(server, "GET", "/api/classes")[2].startswith(b"<!doctype html>")


ELSEWHERE = {
    # test_faults_places.py
    *(name for name in FAULTS if name.startswith(("units.", "layout.", "orientation."))),
    # test_faults_wire.py
    *(
        name
        for name in FAULTS
        if name.startswith(("net.timeout-read", "net.reset", "net.died", "net.protocol", "tls.", "http.oversized"))
    ),
    "http.encoding:long",
    "sound:interim",
    "http.too-large",
    "http.rate-limited:some",
    "http.rate-limited:later",
    "auth.rejected:expires",
    "auth.not-enforced",
    # test_faults_inputs.py
    *(name for name in FAULTS if name.startswith(("input.format", "speed."))),
    "input.url",
    "input.failure-form",
    "sound:slow-first",
    "classes.not-served:page",
}


def test_every_fault_is_looked_at_somewhere() -> None:
    assert set(FAULTS) == {*SHOWS, *LISTED, *ELSEWHERE}


def test_every_id_of_the_catalogue_has_a_fault_or_a_reason() -> None:
    covered = {id for fault in FAULTS.values() for id in fault.ids}
    assert covered | set(NOT_OF_A_SERVER) == set(CATALOGUE)
    assert not covered & set(NOT_OF_A_SERVER)
    assert all(why.endswith(".") for why in NOT_OF_A_SERVER.values())


def test_names_and_words() -> None:
    assert all(find_fault(name) is fault for name, fault in FAULTS.items())
    assert all(find_fault(word) is FAULTS[name] for word, name in WORDS.items())
    assert all(find_fault(id).id == id for id in {fault.id for fault in FAULTS.values()})
    assert all(fault.ids or fault.id == "sound" for fault in FAULTS.values())
    assert not set(WORDS) & set(FAULTS)
    assert len({fault.does for fault in FAULTS.values()}) == len(FAULTS)
    assert "coco" in words_of(FAULTS["schema.other-format:coco"])
    assert set(find_fault("yolo").ids) == {"units.normalised", "layout.centre"}
    assert find_fault("http.html:ngrok@30") == dataclasses.replace(FAULTS["http.html:ngrok"], after=30)
    assert find_fault("nan@9+net.died@4").after == 4
    for wrong in ("nan@", "nan@0", "nan@-3", "nan@soon", "nan@3@4"):
        with pytest.raises(InputError, match="give a number from 1"):
            find_fault(wrong)
    with pytest.raises(InputError, match="no fault named x"):
        find_fault("nan+x")


@pytest.mark.usefixtures("quick_model")
def test_faults_go_together_in_whatever_order_they_are_named() -> None:
    names = ("units.normalised", "schema.missing:width", "confidence.percent", "classes.form", "layout.centre")
    both = [infer(find_fault("+".join(order))).body for order in (names, names[::-1])]
    assert both[0] == both[1]
    fault = find_fault("+".join(names))
    assert set(fault.ids) == {find_fault(name).id for name in names}
    box = named(json.loads(both[0])["results"], "mitosis")[0]
    true = named(infer(None).results, "mitosis")[0]["bounding_box"]
    assert box["bounding_box"]["x"] == pytest.approx((true["x"] + true["w"] / 2) / 1200)
    assert box["bounding_box"]["width"] == pytest.approx(true["w"] / 1200)
    assert box["confidence"] > 1
    with ModelServer(fault=fault) as server:
        assert json.loads(call(server, "GET", "/api/classes")[2]) == [name for name, _ in CLASSES]


def test_hooks_of_both_are_kept() -> None:
    pairs = itertools.combinations([fault for fault in FAULTS.values() if not fault.variant], 2)
    hooks = ("tls", "open_door", "first", "asked", "seen", "answer", "broken", "reply", "classes", "classes_reply")
    for one, two in pairs:
        both = together(one, two)
        assert set(both.ids) == {*one.ids, *two.ids}
        for hook in (*hooks, "wait", "in_line"):
            assert bool(getattr(both, hook)) == bool(getattr(one, hook) or getattr(two, hook)), hook
    assert together() is SOUND


def test_one_reply_after_the_other() -> None:
    with ModelServer(fault=find_fault("json.invalid+http.media-type")) as server:
        _, headers, raw = call(server, "POST", "/infer", image_of(encoded(Image.new("RGB", (40, 40)))))
    assert headers["content-type"].startswith("text/html")
    with pytest.raises(ValueError, match="line 1"):
        json.loads(raw)


def test_the_page_of_faults_is_up_to_date() -> None:
    kept = (SAMPLES.parents[1] / "docs" / "faults.md").read_text(encoding="utf-8")
    assert kept == page(), "run python -m byom_gui.sandbox.faults_page docs/faults.md"
