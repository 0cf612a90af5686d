"""Every finding id there is: its severity, what it is about, and why it is not checked where it is not.

The one table: the list of what was not checked and ``docs/findings.md`` are held to it by tests, so that they can not
fall behind. An id is never renamed, and keeps its meaning.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from byom_gui.core.findings import Finding, NotChecked, Severity


@dataclass(frozen=True, slots=True)
class Entry:
    """One id. ``severity`` is the usual one; ``why_not`` is empty where the app checks it."""

    id: str
    severity: Severity
    title: str
    why_not: str = ""

    @property
    def implemented(self) -> bool:
        """Whether this version checks it."""
        return not self.why_not


_TABLE: tuple[tuple[str, Severity, str, str], ...] = (
    ("net.url-invalid", "error", "The address can not be used", ""),
    ("net.dns", "error", "The name is not known", ""),
    ("net.refused", "error", "Nothing listens there", ""),
    ("net.timeout-connect", "error", "No connection in time", ""),
    ("net.timeout-read", "error", "No answer in time", ""),
    ("net.reset", "error", "The connection broke", ""),
    ("net.died", "error", "The server stopped responding", ""),
    ("net.proxy", "error", "The proxy failed", ""),
    ("net.protocol", "error", "Something else speaks on this port", ""),
    ("net.redirect", "warning", "The request is redirected", ""),
    ("net.private-address", "warning", "V7 can not reach this address", ""),
    ("net.plain-http", "advice", "Images travel in clear", ""),
    ("tls.expired", "error", "The certificate is out of date", ""),
    ("tls.untrusted", "error", "The certificate is not trusted", ""),
    ("tls.hostname", "error", "The certificate is for another name", ""),
    ("tls.handshake", "error", "TLS could not be agreed on", ""),
    ("tls.client-certificate", "error", "The server requires a client certificate", ""),
    ("http.not-found", "error", "Nothing at this path", ""),
    ("http.method", "error", "POST is not allowed", ""),
    ("auth.rejected", "error", "The credentials were refused", ""),
    ("auth.not-enforced", "warning", "The credentials are not checked", ""),
    ("http.too-large", "error", "The image is too large for the server", ""),
    ("http.media-type", "error", "Not application/json", ""),
    ("http.rate-limited", "warning", "Too many requests", ""),
    ("http.server-error", "error", "The server failed", ""),
    ("http.html", "error", "A web page instead of JSON", ""),
    ("http.status", "error", "An unexpected HTTP status", ""),
    ("http.oversized", "error", "The answer is too large", ""),
    ("http.encoding", "error", "The response does not match its headers", ""),
    ("json.invalid", "error", "The answer is not JSON", ""),
    ("json.python-literal", "error", "Python instead of JSON", ""),
    ("json.not-finite", "error", "NaN or Infinity", ""),
    ("json.encoding", "error", "The answer is not UTF-8", ""),
    ("json.duplicate-key", "warning", "A key stands twice", ""),
    ("json.too-deep", "error", "Nested too deep", ""),
    ("schema.missing", "error", "A key is missing", ""),
    ("schema.type", "error", "A value of the wrong type", ""),
    ("schema.range", "error", "A value out of range", ""),
    ("schema.no-shape", "error", "A result without a shape", ""),
    ("schema.two-shapes", "error", "A result with more than one shape", ""),
    ("schema.unsupported-shape", "error", "A shape that V7's contract does not have", ""),
    ("schema.polygon-paths", "error", "The export form of a polygon", ""),
    ("schema.point-pairs", "error", "Points as pairs", ""),
    ("schema.attributes-object", "error", "Attributes as an object", ""),
    ("schema.null", "error", "Optional keys are null", ""),
    ("schema.wrapped", "error", "V7's format inside something else", ""),
    ("schema.other-format", "error", "Another tool's form", ""),
    ("status.failed", "error", "The server says failed", ""),
    ("status.no-results", "error", "Succeeded without results", ""),
    ("status.failed-with-results", "warning", "Failed, with results beside it", ""),
    ("results.empty", "warning", "No result on any image", ""),
    ("confidence.percent", "error", "Confidence in percent", ""),
    ("confidence.constant", "advice", "The same confidence everywhere", ""),
    ("label.differs", "warning", "Name and label differ", ""),
    ("shape.degenerate", "warning", "A shape without area or length", ""),
    ("shape.outside", "warning", "A shape outside the image", ""),
    ("shape.placeholder", "warning", "Joints at exactly 0, 0", ""),
    ("shape.placeless", "advice", "A vector without a place", ""),
    ("units.normalised", "error", "Coordinates from 0 to 1", ""),
    ("units.percent", "error", "Coordinates in percent", ""),
    ("units.model-size", "error", "Coordinates of the model's own size", ""),
    ("layout.corners", "error", "Corners instead of a size", ""),
    ("layout.centre", "error", "The centre instead of a corner", ""),
    ("layout.swapped", "error", "x and y changed places", ""),
    ("orientation.exif", "error", "Coordinates of the unrotated picture", ""),
    ("classes.not-served", "advice", "No classes address answers", ""),
    ("classes.form", "error", "The class list has another form", ""),
    ("classes.empty-list", "warning", "The class list is empty", ""),
    ("classes.unknown-type", "error", "A class type that V7 does not have", ""),
    ("classes.empty-name", "error", "A class without a name", ""),
    ("classes.control-character", "warning", "A character that no name should hold", ""),
    ("classes.duplicate", "error", "A class stands twice", ""),
    ("classes.unregistered", "error", "Returned, not listed", ""),
    ("classes.near-match", "error", "Returned in another spelling", ""),
    ("classes.type-mismatch", "error", "Returned as another type", ""),
    ("classes.background", "warning", "A background class is listed", ""),
    ("classes.unseen", "advice", "Listed, never returned", ""),
    ("input.url", "error", "Images by url do not work", ""),
    ("input.base64", "error", "Images by base64 do not work", ""),
    ("input.data-uri", "error", "Only a data: prefix is accepted", ""),
    ("input.format", "warning", "A kind of image fails", ""),
    ("input.failure-form", "warning", "A broken image breaks the server", ""),
    ("behaviour.constant", "warning", "The same answer to every picture", ""),
    ("behaviour.unstable", "advice", "Other answers to the same picture", ""),
    ("speed.slow", "warning", "Slower than the budget", ""),
    ("speed.serial", "advice", "One request at a time", ""),
)

CATALOGUE: dict[str, Entry] = {row[0]: Entry(*row) for row in _TABLE}


def make(id: str, what: str, **rest: Any) -> Finding:
    """A Finding with its usual severity, unless another is given."""
    return Finding(id=id, what=what, severity=rest.pop("severity", CATALOGUE[id].severity), **rest)


def not_implemented() -> tuple[NotChecked, ...]:
    """What this version does not check at all, and why."""
    return tuple(NotChecked(entry.id, entry.why_not) for entry in CATALOGUE.values() if entry.why_not)
