"""Sound servers on other frameworks, and two real models whose weights come inside a wheel."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import io
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from PIL import Image, ImageOps

from benchmarks.diagnosis.case import SETTINGS, Place, Start, place
from benchmarks.diagnosis.servers import (
    Got,
    Kinds,
    Sent,
    Spec,
    as_json,
    kinds,
    picture_of,
    result_of,
    running,
    true_classes,
)
from benchmarks.diagnosis.vision import NoPictureError, look

_WAYS = frozenset({"base64", "url"})
NEEDS = {
    "FastAPI with uvicorn, boxes": ("fastapi", "uvicorn"),
    "RapidOCR, text as polygons": ("rapidocr", "onnxruntime"),
    "OpenCV cascades, faces as boxes": ("cv2",),
}
"""The packages without which a sound server can not be tried."""


def missing(name: str) -> tuple[str, ...]:
    """The packages of a server that are not installed."""
    return tuple(package for package in NEEDS.get(name, ()) if importlib.util.find_spec(package) is None)


def _answer(asked: Any, named: Kinds) -> dict[str, Any]:
    try:
        data = picture_of(asked["image"], _WAYS)
        view = look(data or b"")
    except (NoPictureError, KeyError, TypeError, ValueError):
        return {"status": "failed", "results": []}
    return {"status": "succeeded", "results": [result_of(thing, named) for thing in view.things]}


def flask() -> Start:
    """Flask with Werkzeug's own server."""

    @contextlib.contextmanager
    def start() -> Iterator[Place]:
        from flask import Flask, jsonify, request
        from werkzeug.serving import make_server

        named = kinds("polygon")
        app = Flask("case")
        app.add_url_rule("/infer", "infer", lambda: jsonify(_answer(request.get_json(), named)), methods=["POST"])
        app.add_url_rule("/classes", "classes", lambda: jsonify(true_classes(named)))
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield Place(f"http://127.0.0.1:{server.server_port}/infer", SETTINGS)
        finally:
            server.shutdown()
            thread.join(5)
            server.server_close()

    return start


def fastapi() -> Start:
    """FastAPI with uvicorn."""

    @contextlib.contextmanager
    def start() -> Iterator[Place]:
        uvicorn, web = importlib.import_module("uvicorn"), importlib.import_module("fastapi")
        named = kinds()
        app = web.FastAPI()
        app.add_api_route("/infer", _endpoint(named, web.Body), methods=["POST"])
        app.add_api_route("/classes", lambda: true_classes(named), methods=["GET"])
        server = uvicorn.Server(uvicorn.Config(app, "127.0.0.1", 0, log_level="error", access_log=False))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield Place(f"http://127.0.0.1:{port}/infer", SETTINGS)
        finally:
            server.should_exit = True
            thread.join(5)

    return start


def _endpoint(named: Kinds, body: Callable[..., Any]) -> Callable[..., dict[str, Any]]:
    def infer(asked: dict[str, Any] = body()) -> dict[str, Any]:  # noqa: B008 - FastAPI's own way
        return _answer(asked, named)

    # FastAPI reads the types at run time
    infer.__annotations__ = {"asked": dict[str, Any], "return": dict[str, Any]}
    return infer


Model = Callable[[bytes], list[dict[str, Any]]]


def _modelled(load: Callable[[], Model], classes: list[dict[str, str]]) -> Start:
    """A standard-library server around a real model, which takes one picture at a time."""

    @contextlib.contextmanager
    def start() -> Iterator[Place]:
        model, queue = load(), threading.Lock()

        def early(got: Got) -> Sent | None:
            if got.method != "POST" or got.path != "/infer":
                return None
            try:
                data = picture_of(json.loads(got.body)["image"], _WAYS)
                with queue:
                    results = model(data or b"")
            except (NoPictureError, ValueError, KeyError, TypeError):
                return as_json({"status": "failed", "results": []})
            return as_json({"status": "succeeded", "results": results})

        with running(Spec(early=early, classes=classes)) as server:
            yield place(server, "/infer")

    return start


def ocr() -> Start:
    """RapidOCR: text as polygons of four points, with what it says."""

    def load() -> Model:
        numpy = importlib.import_module("numpy")
        quick = {"Det.limit_side_len": 480, "Det.limit_type": "max", "Global.use_cls": False}
        engine = importlib.import_module("rapidocr").RapidOCR(params={"Global.log_level": "error", **quick})

        def model(data: bytes) -> list[dict[str, Any]]:
            found = engine(numpy.asarray(_upright(data))[:, :, ::-1].copy())
            boxes = found.boxes if found.boxes is not None else []
            return [
                {
                    "name": "text",
                    "label": "text",
                    "confidence": float(score),
                    "polygon": {"path": [{"x": float(x), "y": float(y)} for x, y in box]},
                    "text": {"text": str(words)},
                }
                for box, words, score in zip(boxes, found.txts or (), found.scores or (), strict=False)
            ]

        return model

    return _modelled(load, [{"name": "text", "type": "polygon"}])


def cascades() -> Start:
    """OpenCV's cascade for faces seen from the front: boxes."""

    def load() -> Model:
        cv2, numpy = importlib.import_module("cv2"), importlib.import_module("numpy")
        file = cv2.data.haarcascades + "haarcascade_frontalface_default.xml"
        cascade = cv2.CascadeClassifier(file)

        def model(data: bytes) -> list[dict[str, Any]]:
            grey = numpy.asarray(_upright(data).convert("L"))
            boxes = cascade.detectMultiScale(grey, 1.1, 4) if min(grey.shape) > 24 else ()
            return [
                {
                    "name": "face",
                    "label": "face",
                    "confidence": 1.0,
                    "bounding_box": {"x": int(x), "y": int(y), "w": int(w), "h": int(h)},
                }
                for x, y, w, h in boxes
            ]

        return model

    return _modelled(load, [{"name": "face", "type": "bounding_box"}])


def _upright(data: bytes) -> Any:
    try:
        with Image.open(io.BytesIO(data)) as opened:
            opened.load()
            return ImageOps.exif_transpose(opened).convert("RGB")
    except Exception as error:  # noqa: BLE001 - whatever Pillow raises
        raise NoPictureError(str(error)) from None
