"""The staged ping: name, connection, TLS, HTTP, credentials, JSON, contract, each timed and told at once."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from byom_gui.core.cancel import CancelToken
from byom_gui.core.diagnosis import read_call
from byom_gui.core.endpoint import Endpoint
from byom_gui.core.errors import JsonError
from byom_gui.core.findings import Finding
from byom_gui.core.image import ImageSource
from byom_gui.core.observations import (
    PING_STAGES,
    STAGE_TITLES,
    Call,
    NetFailure,
    PingReport,
    Stage,
    StageName,
)
from byom_gui.core.project import Settings
from byom_gui.core.strict_json import read_json
from byom_gui.services import probe

if TYPE_CHECKING:
    from byom_gui.services.model_server import ModelServer


class Pinging:
    """One ping on its way. The first stage that fails ends it; the rest are ``not-reached``."""

    def __init__(
        self,
        server: ModelServer,
        endpoint: Endpoint,
        settings: Settings,
        cancel: CancelToken,
        on_stage: Callable[[Stage], None],
    ) -> None:
        self._server = server
        self._endpoint = endpoint
        self._settings = settings
        self._cancel = cancel
        self._on_stage = on_stage
        self._stages: list[Stage] = []
        self._addresses: tuple[str, ...] = ()
        self._started = server.now()
        self._cold = server.is_cold(endpoint)

    def run(self, sample: ImageSource) -> PingReport:
        """All stages, in the order of PING_STAGES."""
        failure = self._reach()
        call = None
        if failure is None:
            call = self._server.infer(self._endpoint, self._settings, sample, self._cancel, sample=True, purpose="ping")
            failure = call.failure
            self._read(call)
        self._not_reached()
        return PingReport(
            self._endpoint, tuple(self._stages), call, failure, self._addresses, self._started, self._cold
        )

    def _tell(self, stage: Stage) -> None:
        self._stages.append(stage)
        self._on_stage(stage)

    def _fail(self, name: StageName, milliseconds: float, detail: str) -> None:
        self._tell(Stage(name, "failed", milliseconds, detail))

    def _reach(self) -> NetFailure | None:
        """Name, connection, TLS. Through a proxy they happen out of sight, and are skipped."""
        origin = self._endpoint.origin
        if self._settings.proxy and not origin.is_loopback:
            for name in PING_STAGES[:3]:
                self._tell(Stage(name, "skipped", reason="The proxy does this."))
            return None
        resolved = probe.resolve(origin.host, origin.port, self._settings.connect_timeout, self._cancel)
        if isinstance(resolved, NetFailure):
            return self._stopped(resolved)
        self._addresses = resolved.addresses
        self._tell(Stage("dns", "passed", resolved.milliseconds, ", ".join(resolved.addresses[:3])))
        connected = probe.connect(resolved.addresses, origin.port, self._settings.connect_timeout, self._cancel)
        if isinstance(connected, NetFailure):
            return self._stopped(connected)
        self._tell(Stage("tcp", "passed", connected.milliseconds, f"{connected.address} port {origin.port}"))
        return self._secure(connected)

    def _secure(self, connected: probe.Connected) -> NetFailure | None:
        from byom_gui.services.model_server import options_of

        origin = self._endpoint.origin
        if origin.scheme == "http":
            connected.connection.close()
            self._tell(Stage("tls", "skipped", reason="The address starts with http://, so there is no TLS."))
            return None
        options = options_of(self._settings)
        secured = probe.handshake(connected, origin.host, origin.port, options, self._cancel)
        if isinstance(secured, NetFailure):
            return self._stopped(secured)
        issuer = f", issued by {secured.certificate.issuer}" if secured.certificate else ""
        unchecked = ", not verified" if self._settings.insecure else ""
        self._tell(Stage("tls", "passed", secured.milliseconds, f"{secured.version}{issuer}{unchecked}"))
        return None

    def _stopped(self, failure: NetFailure) -> NetFailure:
        done = {stage.name for stage in self._stages}
        # A time-out in the handshake belongs to TLS, a broken connection to whatever stage it was at.
        name = next(stage for stage in PING_STAGES if stage not in done)
        self._fail(name, failure.seconds * 1000, failure.detail)
        return failure

    def _read(self, call: Call) -> None:
        """HTTP, credentials, JSON and contract, all from the one call."""
        if call.reply is None:
            self._fail("http", call.milliseconds, call.failure.detail if call.failure else "")
            return
        status = call.reply.status
        refused = status in (401, 403)
        begun = time.perf_counter()
        answered = read_call(call)
        whole = (time.perf_counter() - begun) * 1000
        errors = [finding for finding in answered.findings if finding.severity == "error"]
        broken = _first(errors, "http.")
        detail = f"{status}, second try" if call.attempts > 1 else str(status)
        if status // 100 != 2 and not refused:
            self._fail("http", call.milliseconds, broken.what if broken else f"The server returned status {status}.")
            return
        if broken:
            self._fail("http", call.milliseconds, broken.what)
            return
        self._tell(Stage("http", "passed", call.milliseconds, detail))
        valid = answered.answer is not None and answered.answer.schema_valid
        self._judge(call, errors, refused, valid, whole)

    def _judge(self, call: Call, errors: list[Finding], refused: bool, valid: bool, whole: float) -> None:
        if refused:
            words = "The credentials were rejected." if call.with_credentials else "Credentials are required."
            self._fail("auth", 0.0, words)
            return
        self._tell(Stage("auth", "passed", 0.0, self._endpoint.auth.word))
        reading = _read_time(call)
        bad = _first(errors, "json.")
        if bad:
            self._fail("json", reading, bad.what)
            return
        self._tell(Stage("json", "passed", reading))
        rest = max(whole - reading, 0.0)
        if errors and not valid:
            self._fail("schema", rest, (_first(errors, "schema.") or errors[0]).what)
        else:
            # The contract is kept; that what it says is of no use, "failed" for instance, is told beside it.
            self._tell(Stage("schema", "passed", rest, errors[0].what if errors else ""))

    def _not_reached(self) -> None:
        done = {stage.name for stage in self._stages}
        last = next((stage for stage in self._stages if stage.outcome == "failed"), None)
        for name in PING_STAGES:
            if name not in done and last is not None:
                self._tell(Stage(name, "not-reached", reason=f"{STAGE_TITLES[last.name]} failed."))


def _first(errors: list[Finding], family: str) -> Finding | None:
    return next((finding for finding in errors if finding.id.startswith(family)), None)


def _read_time(call: Call) -> float:
    """How long reading the JSON alone takes, in milliseconds."""
    begun = time.perf_counter()
    with contextlib.suppress(JsonError):
        read_json(call.reply.body if call.reply else b"")
    return (time.perf_counter() - begun) * 1000
