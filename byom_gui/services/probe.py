"""Name, connection and TLS, one step at a time, each timed. Nothing is sent but the handshake.

Every step runs in a daemon thread: it can be cancelled at once, and a name look-up that hangs keeps nobody waiting.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from byom_gui.core.cancel import CancelToken
from byom_gui.core.observations import CertificateFacts, NetFailure, StageName
from byom_gui.services import detached, failures, second_look, tls
from byom_gui.services.wire import Options

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Resolved:
    """The addresses that a name stands for, in the order in which they are tried, and how long the look-up took."""

    addresses: tuple[str, ...]
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Connected:
    """An open connection, which whoever gets it closes."""

    connection: socket.socket
    address: str
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Secured:
    """A finished handshake: the protocol's name, such as ``TLSv1.3``, and what the certificate says."""

    version: str
    certificate: CertificateFacts | None
    milliseconds: float


class _Reach:
    """The socket that a step blocks on, for whoever gives the step up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None

    def hold(self, connection: socket.socket | None) -> None:
        """Remembers the socket, or that there is none."""
        with self._lock:
            self._socket = connection

    def abandon(self) -> None:
        """Shuts the socket down, so that the thread that blocks on it goes on."""
        with self._lock:
            connection = self._socket
        if connection is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)


def resolve(host: str, port: int, timeout: float, cancel: CancelToken) -> Resolved | NetFailure:
    """Looks the name up, at most ``timeout`` seconds.

    Raises:
        Cancelled: at once when ``cancel`` is set; the look-up ends unheard.
    """
    started = time.monotonic()

    def work() -> tuple[str, ...]:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))

    try:
        addresses = detached.run(work, cancel, deadline=lambda: started + timeout)
    except (socket.gaierror, UnicodeError) as error:
        words = error.strerror if isinstance(error, socket.gaierror) else "it is no usable host name"
        return failures.made("net.dns", "dns", f"{host} does not resolve: {words}", time.monotonic() - started)
    except detached.TimeUp:
        words = f"no answer about the name {host} within {timeout:g} s"
        return failures.made("net.dns", "dns", words, time.monotonic() - started)
    return Resolved(addresses, (time.monotonic() - started) * 1000)


def connect(addresses: Sequence[str], port: int, timeout: float, cancel: CancelToken) -> Connected | NetFailure:
    """Connects to the first of ``addresses`` that lets it, all of them within ``timeout`` seconds.

    Raises:
        Cancelled: at once when ``cancel`` is set.
    """
    started = time.monotonic()
    end = started + timeout

    def work() -> tuple[socket.socket, str]:
        last: OSError = TimeoutError()
        for place, address in enumerate(addresses):
            # An address that does not answer must leave time for the ones after it.
            share = max((end - time.monotonic()) / (len(addresses) - place), 0.001)
            try:
                return socket.create_connection((address, port), timeout=share), address
            except OSError as error:
                last = error
        raise last

    try:
        made, address = detached.run(work, cancel, deadline=lambda: end + 0.2, dispose=lambda late: late[0].close())
    except (OSError, detached.TimeUp) as error:
        return _failure(error, "tcp", "http", timeout, started)
    return Connected(made, address, (time.monotonic() - started) * 1000)


def handshake(
    connected: Connected, host: str, port: int, options: Options, cancel: CancelToken
) -> Secured | NetFailure:
    """Does the TLS handshake on an open connection, within ``options.connect_timeout`` seconds, and closes it.

    Where it fails, a second connection reads the certificate by a handshake without checks that sends nothing.

    Raises:
        Cancelled: at once when ``cancel`` is set.
        InputError: the CA file can not be used.
    """
    started = time.monotonic()
    reach = _Reach()
    made = tls.context(options.ca_file, options.insecure)
    monitor = tls.RequestMonitor(made)

    def work() -> Secured | NetFailure:
        connected.connection.settimeout(options.connect_timeout)
        # The plain socket is emptied by wrapping it: what can be shut down during the handshake is the new one.
        plain = connected.connection
        with made.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False) as secured:
            reach.hold(secured)
            secured.do_handshake()
            spent = (time.monotonic() - started) * 1000
            version, facts = secured.version() or "", tls.certificate_facts(secured, host)
            refusal, _ = monitor.after(secured)
            if refusal:
                return failures.made("tls.client-certificate", "tls", refusal, spent / 1000)
            return Secured(version, facts, spent)

    limit = started + options.connect_timeout + 1
    try:
        with connected.connection:
            return detached.run(work, cancel, deadline=lambda: limit, abandon=reach.abandon)
    except (OSError, ValueError, detached.TimeUp) as error:
        failure = _failure(error, "tls", "https", options.connect_timeout, started)
        return _looked_at(failure, error, connected.address, port, host, options.connect_timeout, cancel)


def _failure(error: Exception, phase: StageName, scheme: str, timeout: float, started: float) -> NetFailure:
    seconds = time.monotonic() - started
    options = Options(connect_timeout=timeout)
    if isinstance(error, detached.TimeUp):
        return failures.timed_out(phase, options, seconds)
    return failures.from_exception(error, phase, scheme, options, seconds)


def _looked_at(
    failure: NetFailure, error: Exception, address: str, port: int, host: str, timeout: float, cancel: CancelToken
) -> NetFailure:
    """A TLS failure with what a second connection shows, where it shows it in time."""
    end = time.monotonic() + min(timeout, second_look.SECONDS)
    place = second_look.Place(address, port, host, "https", end)
    try:
        return detached.run(lambda: second_look.explained(failure, error, place), cancel, deadline=lambda: end + 0.2)
    except detached.TimeUp:
        return failure
