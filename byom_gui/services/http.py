"""The one importer of requests: sends one request, and returns the reply as it was sent, or a failure without secrets.

What holds for every call:

- **Time.** Name, connection and TLS together end within twice ``connect_timeout``; each read waits at most
  ``read_timeout``; from the start to the last byte it takes at most ``connect_timeout + 4 * read_timeout``, so a server
  that sends a byte a second ends too (``net.timeout-read``).
- **Size.** The answer is read as a stream; past ``max_bytes`` after decompression reading stops (``http.oversized``).
- **Redirects.** At most five, to http(s) only, never from https to http. A ``GET`` follows all five kinds. A ``POST``
  follows 307 and 308 with method and body kept. 301, 302 and 303 would turn it into a ``GET`` without its image, so
  they are not followed: the reply stands as it is and the redirect is recorded. Credential headers are dropped for
  another origin, and an address there that repeats a secret is not followed at all.
- **Cancel.** The blocking part runs in a daemon thread; the caller is freed at once, the socket is shut down where it
  can be reached, a late answer is dropped.
- **A response belongs to its request.** Interim responses (1xx) are skipped. A connection is used again only where the
  response was read to its end and nothing more came, neither with it nor before the next request is sent.
- **A failure says what came.** It carries the HTTP status and headers, where they came. Where a connection breaks
  without a word, a second one looks at what speaks there (``second_look``); through a proxy, none does.
- **Nothing from around.** No proxy, ``.netrc`` or CA from the environment, no cookies. A proxy is bypassed for
  loopback.
- **Kept connections** are used again within 1.5 s only: later the server may be closing them, which looks like a fault.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from byom_gui import __version__
from byom_gui.core.cancel import CancelToken
from byom_gui.core.endpoint import Address, Origin, ParsedAddress, parse_address
from byom_gui.core.errors import AppError, InputError
from byom_gui.core.observations import NetFailure, Redirect, Reply
from byom_gui.core.redact import Redactor
from byom_gui.services import content_encoding, detached, failures, incomplete, second_look, tls, watch
from byom_gui.services.wire import HttpResult, Options, Outgoing

if TYPE_CHECKING:
    from requests import Response
    from requests.adapters import HTTPAdapter

MAX_REDIRECTS = 5
KEEP_ALIVE = 1.5
"""Seconds for which an idle connection is used again."""
_CHUNK = 64 * 1024
_REDIRECTS = (301, 302, 303, 307, 308)
_OWN_HEADERS = (
    ("User-Agent", f"byom-gui/{__version__}"),
    ("Accept-Encoding", ", ".join(content_encoding.REQUESTED)),
    ("Accept", "*/*"),
)


def send(request: Outgoing, options: Options, redactor: Redactor, cancel: CancelToken) -> HttpResult:
    """Sends ``request``; every network trouble comes back as a ``NetFailure``.

    Raises:
        Cancelled: within moments of ``cancel.cancel()``; the request may have arrived by then.
        InputError: the request cannot be sent as it is: a header with a line break, an invalid CA file.
    """
    parsed = _parse(request.url)
    if options.ca_file and not options.insecure:
        tls.check_ca_file(options.ca_file)
    exchange = _Exchange(request, parsed.address, options, redactor)
    try:
        result = detached.run(exchange.run, cancel, deadline=exchange.deadline, abandon=exchange.abandon)
    except detached.TimeUp:
        result = exchange.failed(exchange.time_up())
    return replace(result, milliseconds=exchange.milliseconds)


def close_idle() -> None:
    """Closes all kept connections."""
    _pools.close()


def _parse(url: str) -> ParsedAddress:
    try:
        return parse_address(url)
    except InputError as error:
        raise InputError(error.sentence, where="endpoint") from None


class _Exchange:
    """One call with all its redirects. ``run`` lives in the detached thread, the rest in the caller's."""

    def __init__(self, request: Outgoing, address: Address, options: Options, redactor: Redactor) -> None:
        self._request = request
        self._address = address
        self._hop = address
        """Whom the request is sent to now: another one after a redirect."""
        self._headers: tuple[tuple[str, str], ...] = ()
        self._parts: list[bytes] = []
        """The body so far, as it comes."""
        self._options = options
        self._redactor = redactor
        self._redirects: list[Redirect] = []
        self._started = time.monotonic()
        self._end = self._started + options.connect_timeout + 4 * options.read_timeout
        self.watch = watch.Watch(options, self._end)

    @property
    def milliseconds(self) -> float:
        """Since the start."""
        return (time.monotonic() - self._started) * 1000

    def deadline(self) -> float:
        """When the caller stops waiting; sooner while a connection is being made."""
        return min(self._end, self.watch.connect_deadline)

    def abandon(self) -> None:
        """Shuts the socket down where it can be reached."""
        self.watch.abandon()

    def time_up(self) -> NetFailure:
        """The failure for a passed deadline."""
        failure = failures.timed_out(self.watch.phase, self._options, self.milliseconds / 1000)
        return self._placed(self._with_answer(failure, silent=False))

    def failed(self, failure: NetFailure) -> HttpResult:
        """The result for a failure, scrubbed."""
        scrub = self._redactor.scrub
        headers = tuple((name, scrub(value)) for name, value in failure.headers)
        failure = replace(failure, detail=scrub(failure.detail), headers=headers)
        return HttpResult(None, failure, self.milliseconds, tuple(self._redirects), self.watch.requested)

    def run(self) -> HttpResult:
        """Sends, follows, reads."""
        watch.current.set(self.watch)
        request, address = self._request, self._address
        while True:
            self._hop, self._headers, self._parts = address, (), []
            try:
                with _pools.adapter(self._options, address.origin) as (adapter, proxies):
                    reply = self._one(adapter, proxies, request)
            except AppError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, it is reported as a failure
                return self.failed(self._explain(error, address))
            following = self._next(request, address, reply)
            if following is None:
                return HttpResult(reply, None, self.milliseconds, tuple(self._redirects))
            request, address = following
            if len(self._redirects) > MAX_REDIRECTS:
                words = f"the server keeps redirecting, finally to {self._redirects[-1].to}"
                failure = failures.made("net.redirect", "http", words, self.milliseconds / 1000)
                return self.failed(replace(failure, status=reply.status, headers=reply.headers))

    def _one(self, adapter: HTTPAdapter, proxies: dict[str, str], request: Outgoing) -> Reply:
        """One request without redirects, its answer read within the size limit."""
        import requests

        headers = {name: value.encode("utf-8") for name, value in (*_OWN_HEADERS, *request.headers)}
        try:
            if any(byte < 32 or byte == 127 for value in headers.values() for byte in value):
                raise ValueError("control character")
            prepared = requests.Request(request.method, request.url, headers=headers, data=request.body).prepare()
        except (requests.RequestException, ValueError):
            raise InputError(
                "The request cannot be sent: a header's name or value contains a line break or another character "
                "that is "
                "not allowed in headers. Check the user, the header's name and the secret.",
                where="auth",
            ) from None
        verify: bool | str = False if self._options.insecure else self._options.ca_file or True
        limits = (self._options.connect_timeout, self._options.read_timeout)
        response = adapter.send(prepared, stream=True, timeout=limits, verify=verify, proxies=proxies)
        with contextlib.closing(response):
            self._headers = _headers(response)
            body = self._body(response)
            surplus = self.watch.response.surplus
            response.raw.release_conn()  # read to its end, so the connection may be used again
        return Reply(response.status_code, self._headers, self._decoded(response, body), surplus)

    def _body(self, response: Response) -> bytes:
        limit = self._options.max_bytes
        declared = response.headers.get("Content-Length", "")
        if declared.isdigit() and int(declared) > limit:
            raise failures.Oversized(f"the server announces {int(declared):,} bytes; the limit is {limit:,}")
        source = self.watch.response
        left, size = source.length, 0
        while chunk := source.read1(_CHUNK):
            size += len(chunk)
            if size > limit:
                raise failures.Oversized(f"reading stopped after {limit:,} bytes, the limit")
            self._parts.append(chunk)
        if left is not None and size < left:
            raise failures.Incomplete
        source.close()
        return b"".join(self._parts)

    def _decoded(self, response: Response, body: bytes) -> bytes:
        """The body unpacked. Of an answer that is none anyway, a body that cannot be unpacked is left out."""
        try:
            return content_encoding.decoded(body, response.headers.get("Content-Encoding", ""), self._options.max_bytes)
        except failures.Misencoded:
            if response.status_code // 100 == 2:
                raise
            return b""

    def _explain(self, error: Exception, address: Address) -> NetFailure:
        origin, seconds = address.origin, self.milliseconds / 1000
        failure = failures.from_exception(error, self.watch.phase, origin.scheme, self._options, seconds)
        failure = self._with_answer(failure)
        if _proxied(self._options, origin):
            if failure.id == "net.protocol" and origin.scheme == "http":
                failure = replace(failure, id="net.proxy", stage="tcp", subject="")  # the proxy itself answered
        elif not self.watch.abandoned:
            end = self.deadline() - 0.2  # before the caller stops waiting
            place = second_look.Place(origin.host, origin.port, origin.host, origin.scheme, end)
            failure = second_look.explained(failure, error, place)
        return self._placed(failure)

    def _with_answer(self, failure: NetFailure, silent: bool = True) -> NetFailure:
        """The failure with the status and headers that came, and with what the part of the body shows.

        ``silent``: nothing more came, while bytes that never end are no complete answer.
        """
        if self.watch.phase != "http" or not self.watch.status:
            return failure
        failure = replace(failure, status=self.watch.status, headers=self._headers)
        return incomplete.explained(failure, b"".join(self._parts), silent) if self._headers else failure

    def _placed(self, failure: NetFailure) -> NetFailure:
        """The failure blamed on the address that failed, where a redirect led there."""
        if not self._redirects or not self._redirects[-1].followed:
            return failure
        hop = self._redirects[-1]
        failure = replace(failure, detail=f"{hop.status} to {hop.to}: {failure.detail}", at=hop.to)
        elsewhere = self._hop.origin != self._address.origin and failure.id != "net.timeout-read"
        if not failure.status and (elsewhere or failure.stage != "http"):
            failure = replace(failure, id="net.redirect", stage="http", subject=failure.id)
        return replace(failure, status=failure.status or hop.status)

    def _next(self, request: Outgoing, address: Address, reply: Reply) -> tuple[Outgoing, Address] | None:
        """The request that a redirect asks for, or None where the reply stands. Records the redirect."""
        location = reply.header("location")
        if reply.status not in _REDIRECTS or not location or not self._options.follow_redirects:
            return None
        try:
            url = urljoin(request.url, location)
            target = parse_address(url).address
        except (InputError, ValueError):
            self._redirects.append(Redirect(reply.status, "an address that cannot be used", False, True, False))
            return None
        same = target.origin == address.origin
        follow = self._may_follow(request, address, reply.status, url, target)
        shown = self._redactor.scrub(target.shown)
        self._redirects.append(Redirect(reply.status, shown, same, not same, follow))
        if not follow:
            return None
        headers = tuple(pair for pair in request.headers if same or pair[0].lower() not in request.credential_headers)
        return replace(request, url=url, headers=headers), target

    def _may_follow(self, request: Outgoing, address: Address, status: int, url: str, target: Address) -> bool:
        if request.method not in ("GET", "HEAD") and status not in (307, 308):
            return False
        if target.origin == address.origin:
            return True
        downgrade = (address.origin.scheme, target.origin.scheme) == ("https", "http")
        return not downgrade and self._redactor.scrub(url) == url


def _headers(response: Response) -> tuple[tuple[str, str], ...]:
    return tuple((name.lower(), value) for name, value in response.raw.headers.iteritems())


def _proxied(options: Options, origin: Origin) -> bool:
    return bool(options.proxy) and not origin.is_loopback


@dataclass
class _Pool:
    """An adapter with its connections, how many calls use it now, and when the last one ended."""

    adapter: HTTPAdapter
    users: int = 0
    last_used: float = field(default_factory=time.monotonic)


class _Pools:
    """One adapter for each way to connect (CA, checks, proxy); each keeps its connections by origin."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, bool, str], _Pool] = {}

    @contextlib.contextmanager
    def adapter(self, options: Options, origin: Origin) -> Iterator[tuple[HTTPAdapter, dict[str, str]]]:
        """The adapter for a call, and the proxies to hand it."""
        proxy = options.proxy if _proxied(options, origin) else ""
        pool = self._enter((options.ca_file, options.insecure, proxy))
        try:
            yield pool.adapter, ({"http": proxy, "https": proxy} if proxy else {})
        finally:
            with self._lock:
                pool.users -= 1
                pool.last_used = time.monotonic()

    def _enter(self, key: tuple[str, bool, str]) -> _Pool:
        with self._lock:
            if key not in self._kept:
                self._kept[key] = _Pool(_new_adapter())
            pool = self._kept[key]
            if not pool.users and time.monotonic() - pool.last_used > KEEP_ALIVE:
                pool.adapter.close()
            pool.users += 1
            return pool

    def close(self) -> None:
        """Closes what is idle."""
        with self._lock:
            for pool in self._kept.values():
                pool.adapter.close()
            self._kept.clear()


def _new_adapter() -> HTTPAdapter:
    """An adapter whose connections tell the watch of the call that uses them."""
    from requests.adapters import HTTPAdapter

    from byom_gui.services.connections import POOLS

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **settings: Any) -> None:
            super().init_poolmanager(*args, **settings)
            self.poolmanager.pool_classes_by_scheme = POOLS

        def proxy_manager_for(self, proxy: Any, **settings: Any) -> Any:
            manager = super().proxy_manager_for(proxy, **settings)
            manager.pool_classes_by_scheme = POOLS
            return manager

    return Adapter(pool_maxsize=16)


_pools = _Pools()
