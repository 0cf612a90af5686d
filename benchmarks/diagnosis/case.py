"""A case: a server, what is truly wrong with it, and the pictures to send. ``check`` runs the real engine on it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from benchmarks.diagnosis.pictures import pictures
from benchmarks.diagnosis.servers import Running, Spec, running
from byom_gui.core.cancel import CancelToken
from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.endpoint import Auth, Endpoint, SecretRef, parse_address
from byom_gui.core.findings import Finding
from byom_gui.core.project import Settings
from byom_gui.services import checkup
from byom_gui.services.model_server import ModelServer

LOOPBACK = frozenset({"net.private-address", "net.plain-http"})
"""What a server on this machine brings by itself."""
SETTINGS = Settings(connect_timeout=3, read_timeout=8)
MOST_SECONDS = 240.0
"""A check that takes longer is given up, and told as one that broke."""
SECRET = "right-horse"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case's server is: its address, how to call it, and its own working seconds so far."""

    url: str
    settings: Settings = SETTINGS
    own_seconds: Callable[[], float] = lambda: 0.0


Start = Callable[[], AbstractContextManager[Place]]


@dataclass(frozen=True, slots=True)
class Case:
    """One server with known faults.

    Args:
        name: unique, for the table.
        ids: what is truly wrong with it, beside what loopback brings; empty for a sound server.
        start: starts the server.
        images: the name of a set of pictures.
        auth: the credentials that are configured; their secrets are SECRET.
        listed: the classes to register, ``(name, type)``; empty for what the server lists.
        budget_ms: what an answer may take.
        may: ids that are true of this server as well, and need not be found.
    """

    name: str
    ids: frozenset[str]
    start: Start
    images: str = "street"
    auth: Auth = Auth()
    listed: tuple[tuple[str, str], ...] = ()
    budget_ms: float = 0.0
    may: frozenset[str] = frozenset()
    samples: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check said of a case. Findings are ``(id, severity)``; times are seconds."""

    name: str
    found: tuple[tuple[str, str], ...]
    seconds: float
    own_seconds: float
    calls: int
    error: str = ""
    told: tuple[str, ...] = ()

    @property
    def ids(self) -> frozenset[str]:
        """The ids that were found."""
        return frozenset(id for id, _ in self.found)


def serve(
    spec: Spec | Callable[[], Spec], path: str = "", settings: Settings = SETTINGS, host: str = "127.0.0.1"
) -> Start:
    """Starts the server of a spec; ``path`` is what the user typed, by default where inference is."""

    @contextlib.contextmanager
    def start() -> Iterator[Place]:
        made = spec if isinstance(spec, Spec) else spec()
        with running(made, host=host) as server:
            yield place(server, path or made.infer[0], settings)

    return start


def case(name: str, ids: str, spec: Spec | Callable[[], Spec], images: str = "street", **more: Any) -> Case:
    """A case out of a spec; ``ids`` and ``may`` are words with spaces between."""
    path, settings = more.pop("path", ""), more.pop("settings", SETTINGS)
    return Case(
        name,
        frozenset(ids.split()),
        serve(spec, path, settings, more.pop("host", "127.0.0.1")),
        images,
        may=frozenset(more.pop("may", "").split()),
        **more,
    )


def place(server: Running, path: str, settings: Settings = SETTINGS) -> Place:
    """Where a running server is."""
    return Place(server.url + path, settings, lambda: server.served.seconds)


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome beside the truth."""

    case: Case
    outcome: Outcome

    @property
    def missed(self) -> frozenset[str]:
        """True ids that were not found."""
        return self.case.ids - self.outcome.ids

    @property
    def false(self) -> tuple[str, ...]:
        """Errors and warnings that are not true of this server: false alarms."""
        return self._unexpected(("error", "warning"))

    @property
    def advice(self) -> tuple[str, ...]:
        """Advice that was not expected. It need not be wrong."""
        return tuple(id for id in self._unexpected(("advice",)) if id != "classes.unseen")

    def _unexpected(self, severities: tuple[str, ...]) -> tuple[str, ...]:
        fine = self.case.ids | self.case.may | LOOPBACK
        found = self.outcome.found
        return tuple(sorted({id for id, severity in found if severity in severities and id not in fine}))


def check(case: Case, quick: bool = False) -> Outcome:
    """Starts the case's server and checks it as the app does."""
    sent, cancel = pictures(case.images), CancelToken()
    bound = threading.Timer(MOST_SECONDS, cancel.cancel)
    bound.daemon = True
    bound.start()
    with contextlib.ExitStack() as stack, case.start() as where:
        stack.callback(bound.cancel)
        address = parse_address(where.url)
        begun, before = time.perf_counter(), where.own_seconds()
        report = checkup.run(
            Endpoint(address.address, case.auth),
            where.settings,
            sent,
            ModelServer(_secret),
            listed=ClassList(tuple(ClassEntry(*each) for each in case.listed)) if case.listed else None,
            quick=quick,
            budget_ms=case.budget_ms,
            samples=case.samples,
            cancel=cancel,
        )
        seconds, own = time.perf_counter() - begun, where.own_seconds() - before
    findings = report.diagnosis.findings
    found = tuple((each.id, each.severity) for each in findings)
    return Outcome(case.name, found, seconds, own, report.calls, told=tuple(_line(each) for each in findings))


def _line(finding: Finding) -> str:
    return f"{finding.severity} {finding.id} [{finding.where}] {finding.what} {finding.evidence}"[:400]


def _secret(_: SecretRef) -> str | None:
    return SECRET
