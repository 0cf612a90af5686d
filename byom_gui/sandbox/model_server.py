"""The built-in model server: V7's contract on loopback, sound or with one named fault."""

from __future__ import annotations

import base64
import hmac
import itertools
import json
import threading
from dataclasses import replace
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
        self._requests = itertools.count(1)

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
        fault = self._fault_now()
        if fault.dies:
            self.close_down()
            return Response(0, reset=True)
        method = "POST" if request.path in INFER_PATHS else "GET"
        refused = self._refusal(request, method)
        if refused is not None:
            return refused
        if method == "POST":
            return self._infer(request, fault)
        # A server that changes in the middle of a run changes for its class list as well.
        early = self._early(request, fault, 1) if self._fault.after else None
        return early or self._classes(request, fault)

    def _fault_now(self) -> Fault:
        """The fault, where it has begun and lasts; a healthy server otherwise."""
        past = next(self._requests) - self._fault.after
        begun = past > 0 and (not self._fault.lasts or past <= self._fault.lasts)
        return self._fault if begun else replace(SOUND, open_door=self._fault.open_door)

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

    def _classes(self, request: Request, fault: Fault) -> Response:
        listed = fault.classes(answers.class_list()) if fault.classes else answers.class_list()
        response = as_json(listed)
        return fault.classes_reply(request, response) if fault.classes_reply else response

    def _infer(self, request: Request, fault: Fault) -> Response:
        number = next(self._calls)
        early = self._early(request, fault, number)
        if early is not None:
            return early
        response = self._answered(request, number, fault)
        return fault.reply(request, response) if fault.reply else response

    def _early(self, request: Request, fault: Fault, number: int) -> Response | None:
        """Waits where the fault wants it; then its answer before the body is looked at, where it has one."""
        if fault.wait and self.stopping.wait(fault.wait(number)):
            return as_json({"error": "The server is stopping."}, 503)
        return fault.first(request) if fault.first else None

    def _answered(self, request: Request, number: int, fault: Fault) -> Response:
        asked = _asked(request.body)
        if isinstance(asked, dict) and fault.asked:
            asked = fault.asked(asked)
        if isinstance(asked, Response):
            return asked
        if not fault.in_line:
            return self._looked(asked, number, fault)
        with self._line:
            self.stopping.wait(fault.in_line)
            return self._looked(asked, number, fault)

    def _looked(self, asked: dict[str, Any], number: int, fault: Fault) -> Response:
        try:
            data = _picture(asked)
            picture = Picture(data, number)
            early = fault.seen(picture) if fault.seen else None
            if early is not None:
                return early
            value: Any = {"status": "succeeded", "results": model.infer(data)}
            if fault.answer:
                value = fault.answer(value, picture)
        except ImageError:
            return fault.broken() if fault.broken else as_json({"status": "failed", "results": []})
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
