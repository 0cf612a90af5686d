"""Every finding id there is: its severity, its title, and the reason if this version does not check it.

The only table: tests compare it with the list of what was not checked and with ``docs/findings.md``. An id is never
renamed and keeps its meaning.
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
    ("net.url-invalid", "error", "The address cannot be used", ""),
    ("net.dns", "error", "The host name could not be resolved", ""),
    ("net.refused", "error", "Connection refused", ""),
    ("net.timeout-connect", "error", "Connect timeout", ""),
    ("net.timeout-read", "error", "Read timeout", ""),
    ("net.reset", "error", "Connection lost", ""),
    ("net.died", "error", "The server stopped responding", ""),
    ("net.proxy", "error", "The proxy failed", ""),
    ("net.protocol", "error", "Not an HTTP server", ""),
    ("net.redirect", "warning", "The request is redirected", ""),
    ("net.private-address", "warning", "V7 cannot reach this address", ""),
    ("net.plain-http", "advice", "Images are sent unencrypted", ""),
    ("tls.expired", "error", "The certificate is expired or not yet valid", ""),
    ("tls.untrusted", "error", "The certificate is not trusted", ""),
    ("tls.hostname", "error", "The certificate is for another name", ""),
    ("tls.handshake", "error", "The TLS handshake failed", ""),
    ("tls.client-certificate", "error", "The server requires a client certificate", ""),
    ("http.not-found", "error", "Path not found", ""),
    ("http.method", "error", "POST is not allowed here", ""),
    ("auth.rejected", "error", "The credentials were refused", ""),
    ("auth.not-enforced", "warning", "The credentials are not checked", ""),
    ("http.too-large", "error", "The image is too large for the server", ""),
    ("http.media-type", "error", "Not application/json", ""),
    ("http.rate-limited", "warning", "Too many requests", ""),
    ("http.server-error", "error", "Server error", ""),
    ("http.html", "error", "A web page instead of JSON", ""),
    ("http.status", "error", "An unexpected HTTP status", ""),
    ("http.oversized", "error", "The response is too large", ""),
    ("http.encoding", "error", "The response does not match its headers", ""),
    ("json.invalid", "error", "The response is not JSON", ""),
    ("json.python-literal", "error", "Python instead of JSON", ""),
    ("json.not-finite", "error", "NaN or Infinity", ""),
    ("json.encoding", "error", "The response is not UTF-8", ""),
    ("json.duplicate-key", "warning", "A key is repeated", ""),
    ("json.too-deep", "error", "Nested too deeply", ""),
    ("schema.missing", "error", "A key is missing", ""),
    ("schema.type", "error", "A value has the wrong type", ""),
    ("schema.range", "error", "A value is out of range", ""),
    ("schema.no-shape", "error", "A result without a shape", ""),
    ("schema.two-shapes", "error", "A result with more than one shape", ""),
    ("schema.unsupported-shape", "error", "A shape that V7's contract does not include", ""),
    ("schema.polygon-paths", "error", "Polygon in V7's export format", ""),
    ("schema.point-pairs", "error", "Points as pairs", ""),
    ("schema.attributes-object", "error", "Attributes as an object", ""),
    ("schema.null", "error", "Optional keys are null", ""),
    ("schema.wrapped", "error", "The response is wrapped", ""),
    ("schema.other-format", "error", "Another tool's format", ""),
    ("status.failed", "error", "The server reports a failure", ""),
    ("status.no-results", "error", "Succeeded, but without results", ""),
    ("status.failed-with-results", "warning", "Failed, but with results", ""),
    ("results.empty", "warning", "No results on any image", ""),
    ("confidence.percent", "error", "Confidences are percentages", ""),
    ("confidence.constant", "advice", "The same confidence everywhere", ""),
    ("label.differs", "warning", "Name and label differ", ""),
    ("shape.degenerate", "warning", "A shape has no area or length", ""),
    ("shape.outside", "warning", "A shape is outside the image", ""),
    ("shape.placeholder", "warning", "Joints at exactly 0, 0", ""),
    ("shape.placeless", "advice", "A vector has no position", ""),
    ("units.normalised", "error", "Coordinates are from 0 to 1", ""),
    ("units.percent", "error", "Coordinates are percentages", ""),
    ("units.model-size", "error", "Coordinates are in the model's input size", ""),
    ("layout.corners", "error", "Corners instead of a size", ""),
    ("layout.centre", "error", "The center instead of a corner", ""),
    ("layout.swapped", "error", "x and y are swapped", ""),
    ("orientation.exif", "error", "Coordinates ignore the EXIF orientation", ""),
    ("classes.not-served", "advice", "No class list is served", ""),
    ("classes.form", "error", "The class list has the wrong format", ""),
    ("classes.empty-list", "warning", "The class list is empty", ""),
    ("classes.unknown-type", "error", "A class type that V7 does not have", ""),
    ("classes.empty-name", "error", "A class without a name", ""),
    ("classes.control-character", "warning", "A class name contains an unwanted character", ""),
    ("classes.duplicate", "error", "A class is listed twice", ""),
    ("classes.unregistered", "error", "Returned, but not listed", ""),
    ("classes.near-match", "error", "Returned with a different spelling", ""),
    ("classes.type-mismatch", "error", "Returned as a different type", ""),
    ("classes.background", "warning", "A background class is listed", ""),
    ("classes.unseen", "advice", "Listed, but never returned", ""),
    ("input.url", "error", "Images sent by URL do not work", ""),
    ("input.base64", "error", "Images sent as base64 do not work", ""),
    ("input.data-uri", "error", "base64 is accepted only with a data: prefix", ""),
    ("input.format", "warning", "Some kinds of image fail", ""),
    ("input.failure-form", "warning", "A broken image breaks the server", ""),
    ("behaviour.constant", "warning", "Different images get the same response", ""),
    ("behaviour.unstable", "advice", "The same image gets different responses", ""),
    ("speed.slow", "warning", "Slower than the latency budget", ""),
    ("speed.serial", "advice", "One request at a time", ""),
)

CATALOGUE: dict[str, Entry] = {row[0]: Entry(*row) for row in _TABLE}


def make(id: str, what: str, **rest: Any) -> Finding:
    """A Finding with its usual severity, unless another is given."""
    return Finding(id=id, what=what, severity=rest.pop("severity", CATALOGUE[id].severity), **rest)


def not_implemented() -> tuple[NotChecked, ...]:
    """What this version does not check at all, and why."""
    return tuple(NotChecked(entry.id, entry.why_not) for entry in CATALOGUE.values() if entry.why_not)
