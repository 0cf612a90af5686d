"""The built-in model server: V7's contract on loopback, sound or with one named fault."""

from __future__ import annotations

import base64
import hmac
import itertools
import json
import threading
from typing import Any

from byom_gui.core.errors import ImageError
from byom_gui.sandbox import answers, fetching, model
from byom_gui.sandbox.fault import SOUND, Fault, Picture
from byom_gui.sandbox.loopback import MEGABYTE, LoopbackServer, Request, Response, as_json, as_text

INFER_PATHS = ("/api/infer", "/infer")
CLASSES_PATHS = ("/api/classes", "/classes")
_ABOUT = (
    "This is the model server built into byom-gui, for practice.\n"
    "GET /api/classes lists its classes; POST /api/infer answers for one image.\n"
)


class ModelServer(LoopbackServer):
    """Serves ``/api/infer`` and ``/api/classes`` (and both without ``/api``).

    Args:
        user: the name for HTTP Basic; empty for none.
        password: its password.
        secret_header: the header that has to hold ``secret``; empty for none.
        secret: its value.
        fault: what to do wrong, from ``faults.FAULTS``.
        host: a loopback address.
        port: 0 takes a free one.
        body_limit: the largest request body in bytes.
    """

    server_name = "byom-gui model server"

    def __init__(
        self,
        *,
        user: str = "",
        password: str = "",
        secret_header: str = "",
        secret: str = "",
        fault: Fault | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        body_limit: int = 64 * MEGABYTE,
    ) -> None:
        self._fault = fault or SOUND
        self.ca_pem = b""
        """The authority's certificate, where the fault is one of TLS: with it as CA file the rest of TLS is sound."""
        context = None
        if self._fault.tls not in ("", "hidden"):
            self.scheme = "https"
        if self._fault.tls not in ("", "plain"):
            from byom_gui.sandbox import certificates

            made = certificates.make(self._fault.tls)
            context, self.ca_pem = made.context, made.ca_pem
        super().__init__(host=host, port=port, body_limit=body_limit, tls=context)
        pair = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._basic = f"Basic {pair}" if user else ""
        self._header = secret_header.lower()
        self._secret = secret
        self._line = threading.Lock()
        self._calls = itertools.count(1)

    @property
    def url(self) -> str:
        """The inference address."""
        return self.base_url + INFER_PATHS[0]

    @property
    def classes_url(self) -> str:
        """The classes address."""
        return self.base_url + CLASSES_PATHS[0]

    def respond(self, request: Request) -> Response:
        """Answers one request."""
        if request.path == "/":
            return as_text(_ABOUT)
        if request.path not in (*INFER_PATHS, *CLASSES_PATHS):
            return as_json({"error": "There is nothing at this address."}, 404)
        method = "POST" if request.path in INFER_PATHS else "GET"
        refused = self._refusal(request, method)
        if refused is not None:
            return refused
        return self._infer(request) if method == "POST" else self._classes(request)

    def _refusal(self, request: Request, method: str) -> Response | None:
        if request.method != method:
            return as_json({"error": f"Use {method}."}, 405, ("Allow", method))
        if request.too_large:
            return as_json({"error": f"At most {self.body_limit} bytes."}, 413)
        if "origin" in request.headers:
            # A web page in a browser must not make this machine fetch addresses.
            return as_json({"error": "Web pages are not answered."}, 403)
        if not self._may(request):
            challenge = (("WWW-Authenticate", 'Basic realm="byom-gui"'),) if self._basic else ()
            return as_json({"error": "The credentials are missing or wrong."}, 401, *challenge)
        return None

    def _may(self, request: Request) -> bool:
        if self._fault.open_door:
            return True
        basic = _same(request.headers.get("authorization", ""), self._basic) if self._basic else True
        header = _same(request.headers.get(self._header, ""), self._secret) if self._header else True
        return basic and header

    def _classes(self, request: Request) -> Response:
        listed = self._fault.classes(answers.class_list()) if self._fault.classes else answers.class_list()
        response = as_json(listed)
        return self._fault.classes_reply(request, response) if self._fault.classes_reply else response

    def _infer(self, request: Request) -> Response:
        number = next(self._calls)
        if self._fault.wait and self.stopping.wait(self._fault.wait(number)):
            return as_json({"error": "The server is stopping."}, 503)
        early = self._fault.first(request) if self._fault.first else None
        if early is not None:
            return early
        response = self._answered(request, number)
        return self._fault.reply(request, response) if self._fault.reply else response

    def _answered(self, request: Request, number: int) -> Response:
        asked = _asked(request.body)
        if isinstance(asked, dict) and self._fault.asked:
            asked = self._fault.asked(asked)
        if isinstance(asked, Response):
            return asked
        if not self._fault.in_line:
            return self._looked(asked, number)
        with self._line:
            self.stopping.wait(self._fault.in_line)
            return self._looked(asked, number)

    def _looked(self, asked: dict[str, Any], number: int) -> Response:
        try:
            data = _picture(asked)
            picture = Picture(data, number)
            early = self._fault.seen(picture) if self._fault.seen else None
            if early is not None:
                return early
            value: Any = {"status": "succeeded", "results": model.infer(data)}
            if self._fault.answer:
                value = self._fault.answer(value, picture)
        except ImageError:
            return self._fault.broken() if self._fault.broken else as_json({"status": "failed", "results": []})
        # NaN goes out as it stands where a fault put it there; the model itself returns none.
        return Response(200, json.dumps(value).encode())


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(), right.encode())


def _asked(body: bytes) -> dict[str, Any] | Response:
    """The request's ``image``, or the answer that says why there is none."""
    try:
        value = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return as_json({"error": "The body is no JSON."}, 400)
    image = value.get("image") if isinstance(value, dict) else None
    if not isinstance(image, dict) or not any(isinstance(image.get(key), str) for key in ("base64", "url")):
        return as_json({"error": 'Send {"image": {"base64": …}} or {"image": {"url": …}}.'}, 400)
    return image


def _picture(asked: dict[str, Any]) -> bytes:
    if isinstance(asked.get("base64"), str):
        return fetching.from_base64(asked["base64"])
    return fetching.from_url(asked["url"])
