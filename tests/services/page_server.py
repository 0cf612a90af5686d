"""The example server of V7's own page, with its obvious omissions repaired, as a Flask app for tests.

Repaired: the missing imports; the image is decoded in memory instead of read from a file before it is flushed;
no debug mode, and on loopback only. What the page does (paths, answers, ``failed`` with an empty list) is kept.
"""

from __future__ import annotations

import base64
import contextlib
import io
import threading
import traceback
import urllib.request
from collections.abc import Iterator
from typing import Any

from flask import Flask, Response, jsonify, request
from PIL import Image
from werkzeug.serving import WSGIRequestHandler, make_server

MODEL_CLASSES = [{"name": "bright", "type": "tag"}, {"name": "dark", "type": "tag"}]


def model(image: Image.Image) -> tuple[str, float]:
    """Tells bright pictures from dark ones: a class name, and how sure it is."""
    level = image.convert("L").resize((1, 1)).tobytes()[0] / 255
    return ("bright", 0.5 + level / 2) if level > 0.5 else ("dark", 1 - level / 2)


def resolve_image(image_spec: dict[str, str]) -> Image.Image:
    """The picture, by its address or by its bytes."""
    if "url" in image_spec:
        with urllib.request.urlopen(image_spec["url"], timeout=10) as reply:
            return Image.open(io.BytesIO(reply.read())).convert("RGB")
    if "base64" in image_spec:
        return Image.open(io.BytesIO(base64.decodebytes(image_spec["base64"].encode("utf-8")))).convert("RGB")
    raise ValueError("Invalid image spec")


def make_app() -> Flask:
    """The app of the page."""
    app = Flask("page_server")

    @app.route("/api/classes", methods=["GET"])
    def classes() -> Response:
        return jsonify(MODEL_CLASSES)

    @app.route("/api/infer", methods=["POST"])
    def infer() -> Response:
        payload: Any = request.json
        try:
            image = resolve_image(payload["image"])
            class_name, confidence = model(image)
            result = {"name": class_name, "label": class_name, "confidence": confidence, "tag": {}}
            return jsonify(status="succeeded", results=[result])
        except Exception:  # noqa: BLE001 - the page catches everything, and so does its repair
            traceback.print_exc()
            return jsonify(status="failed", results=[])

    return app


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Silent."""


@contextlib.contextmanager
def page_server() -> Iterator[str]:
    """Serves it on loopback; gives its root without a slash at the end."""
    server = make_server("127.0.0.1", 0, make_app(), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
