"""Reachability: name, connection, TLS, redirects, and whether V7 can reach the server too."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from byom_gui.core.diagnosis.catalogue import make
from byom_gui.core.diagnosis.failure_words import WORDS, words_of
from byom_gui.core.diagnosis.model import CallLook, CallRule, Rule, RunLook, RunRule
from byom_gui.core.endpoint import Origin
from byom_gui.core.errors import InputError
from byom_gui.core.findings import Action, Finding
from byom_gui.core.observations import CertificateFacts, NetFailure, Redirect

_FULL_CHAIN = """\
# nginx: the chain, not the certificate alone
ssl_certificate     /etc/letsencrypt/live/{host}/fullchain.pem;
ssl_certificate_key /etc/letsencrypt/live/{host}/privkey.pem;
"""
_RENEW = "certbot renew && nginx -s reload"

_PRIVATE = {
    "loopback": ("127.0.0.0/8", "::1/128", "0.0.0.0/8"),
    "private": ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"),
    "link-local": ("169.254.0.0/16", "fe80::/10"),
    "carrier-grade": ("100.64.0.0/10",),
}
_NETWORKS = [(word, ipaddress.ip_network(each)) for word, many in _PRIVATE.items() for each in many]


def url_invalid(error: InputError) -> Finding:
    """The finding for an address that ``parse_address`` refused. The address itself is not repeated."""
    return make(
        "net.url-invalid",
        "The address cannot be used.",
        where=error.where,
        evidence=error.sentence,
        cause="It must be a complete address with its scheme, such as https://host/path.",
        fix=error.sentence,
    )


def of_failure(failure: NetFailure, url: str) -> Iterator[Finding]:
    """What is wrong if no complete response came. A certificate that is wrong in two ways causes two findings."""
    yield _worded(failure, url)
    facts = failure.certificate
    if facts is None or not failure.id.startswith("tls."):
        return
    also = {
        "tls.expired": facts.expired,
        "tls.hostname": not facts.matches_host,
        "tls.untrusted": facts.self_signed,
        "tls.client-certificate": bool(facts.client_certificate),
    }
    for id, wrong in also.items():
        if wrong and id != failure.id:
            yield _worded(replace(failure, id=id), url)


def _worded(failure: NetFailure, url: str) -> Finding:
    """One finding. A redirect that leads nowhere is reported for the requested address, others for what failed."""
    id = failure.id if failure.id in WORDS else "net.reset"
    given = words_of(failure, url)
    where = url if id == "net.redirect" else failure.at or url
    place = urlsplit(where)
    names = {"host": place.hostname or where, "place": place.netloc or where, "seconds": _seconds(failure.seconds)}
    cause, fix, snippet, evidence = given.cause, given.fix, "", failure.detail
    facts = failure.certificate
    if facts and id == "tls.client-certificate":
        evidence = facts.client_certificate or failure.detail
    elif facts and id.startswith("tls."):
        evidence = _certificate(facts)
        cause, fix, snippet = _certificate_words(id, facts, names["host"], cause, fix)
    return make(
        id,
        _filled(given.what, names),
        severity="error",
        where=where,
        evidence=f"HTTP {failure.status}; {evidence}" if failure.status and id != "net.redirect" else evidence,
        cause=cause,
        fix=_filled(fix, names),
        snippet=snippet,
        action=given.action,
        subject=failure.subject,
    )


def _filled(text: str, names: dict[str, str]) -> str:
    """The text with its names filled in; braces in an address stay."""
    for key, value in names.items():
        text = text.replace(f"{{{key}}}", value)
    return text


def _certificate_words(id: str, facts: CertificateFacts, host: str, cause: str, fix: str) -> tuple[str, str, str]:
    if id == "tls.untrusted" and facts.self_signed:
        cause = "The certificate is self-signed: no certificate authority vouches for it."
    elif id == "tls.untrusted" and facts.sent == 1:
        cause = (
            "The server sends its own certificate without the intermediate one. Browsers often fetch that "
            "themselves, so the page may open there."
        )
        return cause, "Serve the full chain, reload the server, then ping again.", _FULL_CHAIN.format(host=host)
    elif id == "tls.hostname":
        cause = f"The certificate is for {', '.join(facts.names[:4]) or facts.subject}."
    elif id == "tls.expired":
        return f"It is only valid from {facts.valid_from} to {facts.valid_to}.", fix, _RENEW
    return cause, fix, ""


def _certificate(facts: CertificateFacts) -> str:
    sent = "" if not facts.sent else f"; {facts.sent} certificate{'s' if facts.sent > 1 else ''} sent"
    names = ", ".join(facts.names[:4]) or facts.subject
    return f"For {names}; issued by {facts.issuer}; valid {facts.valid_from} to {facts.valid_to}{sent}."


def _seconds(seconds: float) -> str:
    number = f"{seconds:.1f}".removesuffix(".0")
    return f"{number} second{'' if number == '1' else 's'}"


def _failures(look: CallLook) -> Iterator[Finding]:
    if look.call.failure:
        yield from of_failure(look.call.failure, look.call.request.url)


def _ping_failure(look: RunLook) -> Iterator[Finding]:
    """A ping that stopped before there was a call. If a call reports the same, the call's finding is enough."""
    ping = look.observations.ping
    reported = {each.call.failure.id for each in look.answered if each.call.failure}
    if ping and ping.failure and not ping.call and ping.failure.id not in reported:
        yield from of_failure(ping.failure, look.observations.endpoint.infer.shown)


def _redirects(look: CallLook) -> Iterator[Finding]:
    hops = look.call.redirects
    if not hops or look.call.failure:
        return
    last = hops[-1]
    stopped = 300 <= look.status < 400
    before = [look.call.request.url, *(hop.to for hop in hops)][-2]
    if stopped and before.startswith("https://") and last.to.startswith("http://"):
        yield _downgrade(look.call.request.url, last)
        return
    yield make(
        "net.redirect",
        "The request is redirected."
        if not stopped
        else "The request is redirected, but the redirect was not followed.",
        severity="error" if stopped else "warning",
        where=look.call.request.url,
        evidence="; ".join(f"{hop.status} to {hop.to}" for hop in hops[:4]) + ".",
        cause=_redirect_cause(hops),
        fix="Enter the final address in the address bar, so that there is no redirect.",
        action=Action("set-endpoint", last.to, "Use this address") if last.to.startswith("http") else None,
    )


def _downgrade(url: str, last: Redirect) -> Finding:
    """From https to http: never followed, and never offered as the address to use."""
    return make(
        "net.redirect",
        "The request is redirected from https to http, and was not followed there.",
        severity="error",
        where=url,
        evidence=f"{last.status} to {last.to}.",
        cause="Over http, images and credentials can be read on the way. Most often a proxy handles TLS, and the "
        "server behind it takes every request for http.",
        fix=f"Try {last.to.replace('http', 'https', 1)}, or let the server build its redirects from the proxy's "
        "headers (X-Forwarded-Proto; for uvicorn --proxy-headers).",
    )


def _redirect_cause(hops: tuple[Redirect, ...]) -> str:
    if any(hop.dropped_credentials or not hop.same_origin for hop in hops):
        return "The redirect leads to a different server; credentials are never sent there."
    return "The usual reason is a missing or extra slash at the end. V7 has not published whether it follows redirects."


def _private_address(look: RunLook) -> Iterator[Finding]:
    reached = any(each.call.reply for each in look.answered)
    found = private_word(look.observations.endpoint.origin, _addresses(look))
    if not reached or not found:
        return
    word, evidence = found
    yield make(
        "net.private-address",
        "V7 cannot reach this address.",
        where=look.observations.endpoint.infer.shown,
        evidence=evidence,
        cause=f"It is a {word} address, which works only inside this machine or network.",
        fix="Before you register, give the server a public address (a cloud machine or a tunnel).",
    )


def _addresses(look: RunLook) -> tuple[str, ...]:
    return look.observations.ping.addresses if look.observations.ping else ()


def private_word(origin: Origin, addresses: tuple[str, ...]) -> tuple[str, str] | None:
    """The kind of address that only this network can reach, and the evidence; None for a public one."""
    if origin.host == "localhost" or origin.host.endswith(".localhost"):
        return "loopback", f"The host is {origin.host}: this machine itself."
    if origin.host.endswith(".local"):
        return "local", f"The host is {origin.host}; names in .local exist only in one local network."
    words = [network_word(address) for address in addresses or (origin.host,)]
    if not all(words):
        return None
    found = addresses[0] if addresses else origin.host
    return words[0], f"The host is {found}." if found == origin.host else f"{origin.host} is {found}."


def network_word(address: str) -> str:
    """The kind of network that only this side can reach; empty for a public address and for anything else."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    mapped = getattr(parsed, "ipv4_mapped", None) or parsed
    return next((word for word, network in _NETWORKS if mapped in network), "")


def _plain_http(look: RunLook) -> Iterator[Finding]:
    endpoint = look.observations.endpoint
    if endpoint.origin.scheme != "http" or not any(each.call.reply for each in look.answered):
        return
    secret = bool(endpoint.secret_refs())
    yield make(
        "net.plain-http",
        "Credentials and images are sent unencrypted." if secret else "Images are sent unencrypted.",
        severity="warning" if secret else "advice",
        where=endpoint.infer.shown,
        evidence="The address starts with http://.",
        cause="Without TLS, anyone on the network path can read what is sent.",
        fix="Serve the model over https:// before you register it.",
    )


def _own_ca(look: RunLook) -> Iterator[Finding]:
    endpoint = look.observations.endpoint
    https_reply = endpoint.origin.scheme == "https" and any(each.call.reply for each in look.answered)
    if not look.observations.ca_file or look.observations.insecure or not https_reply:
        return
    yield make(
        "tls.untrusted",
        "This computer trusts the certificate through your CA file; V7 probably does not.",
        severity="warning",
        where=endpoint.infer.shown,
        evidence="A CA file is set in this project.",
        cause="Only public certificate authorities are trusted everywhere. It is assumed that V7 trusts only those.",
        fix="Use a certificate from a public certificate authority before you register.",
    )


RULES: tuple[Rule, ...] = (
    CallRule(tuple(id for id in WORDS if id != "net.redirect"), _failures),
    RunRule((), _ping_failure),
    CallRule(("net.redirect",), _redirects),
    RunRule(("net.private-address",), _private_address),
    RunRule(("net.plain-http",), _plain_http),
    RunRule(("tls.untrusted",), _own_ca),
)
