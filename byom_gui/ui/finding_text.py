"""Findings and pings as plain text, to be pasted into a mail to the server's owner."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from byom_gui.core.findings import Action, Finding, Severity
from byom_gui.core.observations import STAGE_TITLES, CertificateFacts, PingReport, StageName

ICONS: dict[Severity, str] = {"error": "bad", "warning": "warn", "advice": "advice"}
"""The outcome shape of each severity."""

MEANING: dict[Severity, str] = {
    "error": "Error: V7 would reject this, or the result would be useless. It blocks registering.",
    "warning": "Warning: this works, but is probably not what you intended. It does not block registering.",
    "advice": "Advice: for your information. It does not block registering.",
}

_IN_ANSWER = re.compile(r"(^|[\s:.$])(results|status)\b|\[\d+\]")

STAGE_FAMILIES: dict[StageName, tuple[str, ...]] = {
    "dns": ("net.url-invalid", "net.dns"),
    "tcp": ("net.refused", "net.timeout-connect", "net.proxy", "net.reset"),
    "tls": ("tls.", "net.protocol"),
    "http": ("net.", "http."),
    "auth": ("auth.",),
    "json": ("json.", "http.html", "http.media-type"),
    "schema": ("schema.", "status.", "results.", "units.", "layout.", "confidence."),
    "meaning": ("status.", "results.", "confidence.", "label.", "shape.", "units.", "layout.", "orientation."),
    "classes": ("classes.",),
    "inputs": ("input.",),
    "behaviour": ("behaviour.", "speed."),
}
"""Which findings explain a stage that failed, the likeliest first."""


def is_in_answer(where: str) -> bool:
    """Whether a finding's place is a path into the answer's JSON."""
    return bool(_IN_ANSWER.search(where))


def finding_of(stage: StageName, findings: Iterable[Finding], id_: str = "") -> Finding | None:
    """The finding that explains the stage: the one with this id, else the first of its families, errors first."""
    listed = list(findings)
    for finding in listed:
        if id_ and finding.id == id_:
            return finding
    for severity in ("error", "warning"):
        for start in STAGE_FAMILIES[stage]:
            for finding in listed:
                if finding.severity == severity and finding.id.startswith(start):
                    return finding
    return None


def fitting_action(finding: Finding) -> Action | None:
    """What the app can do about it: its own action, else the one that its kind always has."""
    if finding.action is not None:
        return finding.action
    if finding.id.startswith("tls.") and finding.id != "tls.client-certificate":
        return Action("choose-ca", "", "Use a CA file…")
    if finding.id.startswith("net.timeout"):
        return Action("raise-timeout", "", "Increase the timeout")
    return None


def certificate_lines(facts: CertificateFacts) -> list[tuple[str, str]]:
    """Label and value of what a certificate says."""
    sent = f"{facts.sent} certificate{'' if facts.sent == 1 else 's'}" if facts.sent else "unknown"
    return [
        ("For", ", ".join(facts.names[:4]) or facts.subject),
        ("Issued by", facts.issuer),
        ("Valid", f"{facts.valid_from} to {facts.valid_to}"),
        ("Sent", sent),
    ]


def finding_text(finding: Finding, certificate: CertificateFacts | None = None) -> str:
    """The four lines, the first places and the snippet."""
    lines = [f"{finding.severity}  {finding.id}", f"What: {finding.what}"]
    if finding.evidence:
        lines.append(f"Evidence: {finding.evidence}")
    if certificate is not None:
        lines += [f"  {label}: {value}" for label, value in certificate_lines(certificate)]
    if finding.places:
        lines.append(f"Where: {', '.join(finding.places)}")
    if finding.cause:
        lines.append(f"Cause: {finding.cause}")
    if finding.fix:
        lines.append(f"Fix: {finding.fix}")
    if finding.snippet:
        lines += ["", finding.snippet]
    return "\n".join(lines)


def ping_text(report: PingReport, findings: Sequence[Finding]) -> str:
    """The whole ping: the address with its secrets masked, each stage with its time, and the findings."""
    lines = [f"Ping of {report.endpoint.infer.shown}", f"at {report.started.isoformat(timespec='seconds')}", ""]
    for stage in report.stages:
        took = "" if stage.milliseconds is None else f"  {stage.milliseconds:,.0f} ms"
        said = stage.detail or stage.reason
        lines.append(f"{STAGE_TITLES[stage.name]}: {stage.outcome.replace('-', ' ')}{took}  {said}".rstrip())
    certificate = report.failure.certificate if report.failure else None
    for finding in findings:
        of_tls = certificate if finding.id.startswith("tls.") else None
        lines += ["", finding_text(finding, of_tls)]
    return "\n".join(lines)
