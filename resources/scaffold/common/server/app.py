"""The web application: ``/infer`` and ``/classes``, with and without ``/api``, and ``/health``."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from flask import Flask, Response, g, jsonify, request
from PIL import Image
from werkzeug.exceptions import HTTPException

from server.answer import Class, Result, failed, succeeded
from server.auth import may
from server.picture import ImageRequest, PictureError, RequestError, json_of, read_picture
from server.settings import Settings

Predict = Callable[[Image.Image], list[Result]]
Reply = tuple[Response, int]
log = logging.getLogger("server")


def create_app(settings: Settings, classes: Sequence[Class], predict: Predict) -> Flask:
    """The application around one model."""
    app = Flask("server", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    listed = {(each.name, each.type) for each in classes}

    @app.before_request
    def check_credentials() -> Response | None:
        g.started = time.monotonic()
        if request.path == "/health" or may(request, settings):
            return None
        reply = jsonify(failed("The credentials are missing or wrong."))
        reply.status_code = 401
        if settings.basic_user:
            reply.headers["WWW-Authenticate"] = 'Basic realm="model", charset="UTF-8"'
        return reply

    @app.get("/health")
    def health() -> Response:
        return jsonify(status="ok")

    @app.get("/classes")
    @app.get("/api/classes")
    def list_classes() -> Response:
        return jsonify([{"name": each.name, "type": each.type} for each in classes])

    @app.post("/infer")
    @app.post("/api/infer")
    def infer() -> Reply:
        if not request.is_json:
            # A web page can not send this type unasked, so none makes this machine fetch things.
            return jsonify(failed("Send application/json.")), 415
        try:
            image = read_picture(ImageRequest.read(json_of(request.get_data())), settings)
        except RequestError as error:
            return jsonify(failed(str(error))), 400
        except PictureError as error:
            log.warning("No image: %s", error)
            return jsonify(failed(str(error))), 200
        try:
            results = predict(image)
            answer = succeeded(results)
        except Exception:
            log.exception("The model failed on an image of %d x %d pixels.", *image.size)
            return jsonify(failed("The model failed on this image.")), 200
        for name, kind in {(each.name, each.shape.key) for each in results} - listed:
            log.warning("A result of class %r as %s, which CLASSES does not list.", name, kind)
        return jsonify(answer), 200

    @app.errorhandler(HTTPException)
    def refuse(error: HTTPException) -> Response:
        reply = jsonify(failed(f"{error.name}."))
        reply.status_code = error.code or 500
        if reply.status_code == 405:
            reply.headers["Allow"] = dict(error.get_headers()).get("Allow", "")
        return reply

    @app.errorhandler(Exception)
    def break_down(_: Exception) -> Reply:
        log.exception("This should not happen.")
        return jsonify(failed("The server failed.")), 500

    @app.after_request
    def note(reply: Response) -> Response:
        # The path alone: an image's address holds a signature, and a body may show a patient.
        spent = (time.monotonic() - g.get("started", time.monotonic())) * 1000
        log.info("%s %s %s %.0f ms", request.method, request.path, reply.status_code, spent)
        return reply

    return app
