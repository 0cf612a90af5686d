"""``byom-gui check``: the complete diagnosis."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Sequence

from byom_gui.commands.common import (
    Connection,
    add_connection_options,
    cancel_on_interrupt,
    check_targets,
    connect,
    json_text,
    milliseconds,
    printable,
    read_images,
    say,
    say_progress,
    write_text,
)
from byom_gui.core.errors import FileError
from byom_gui.core.findings import Finding, NotChecked
from byom_gui.core.image import ImageSource
from byom_gui.core.report import CheckReport, report_html, report_junit
from byom_gui.services import checkup
from byom_gui.services.report_files import pictures_of
from byom_gui.services.stores import save_report

EXIT = {"ready": 0, "not-ready": 1, "unreachable": 3}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("positionals", metavar="ENDPOINT [IMAGE…]", nargs="*", help="images: files, folders, globs")
    parser.add_argument("--quick", action="store_true", help="one image, both image transports, contract, classes")
    parser.add_argument("--max-calls", type=int, default=checkup.MAX_CALLS, metavar="N", help="at most N calls")
    parser.add_argument("--budget", type=milliseconds, default=0.0, metavar="MS", help="latency budget for p95")
    parser.add_argument("--json", metavar="FILE", help="write the report as JSON (- is stdout)")
    parser.add_argument("--junit", metavar="FILE", help="write the findings as JUnit XML")
    parser.add_argument("--html", metavar="FILE", help="write one HTML page to share")
    parser.add_argument("--no-images", action="store_true", help="leave images out of the HTML page")
    add_connection_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Runs the check and writes the reports; the exit code is the verdict."""
    check_targets(arguments.json, arguments.junit, arguments.html)
    connection = connect(arguments, arguments.positionals)
    images = read_images(connection.positionals, 1 if arguments.quick else arguments.max_calls)
    samples = [] if images else checkup.sample_images()
    report = _check(connection, images, samples, arguments)
    _keep(connection, report)
    quiet = "-" in (arguments.json, arguments.junit, arguments.html)
    if not quiet:
        print(printable(summary(report)))
    if arguments.json:
        write_text(arguments.json, json_text(report.as_json()))
    if arguments.junit:
        write_text(arguments.junit, report_junit(report))
    if arguments.html:
        pictures = {} if arguments.no_images else pictures_of(report, images or samples)
        write_text(arguments.html, report_html(report, pictures))
    return EXIT[report.verdict]


def _keep(connection: Connection, report: CheckReport) -> None:
    """For ``export --with-check``. A folder that cannot be written must not lose the report."""
    try:
        save_report(connection.endpoint, report.as_json())
    except FileError as error:
        say(f"The report could not be saved for export --with-check: {error.sentence}")


def _check(
    connection: Connection, images: list[ImageSource], samples: list[ImageSource], arguments: argparse.Namespace
) -> CheckReport:
    plan = checkup.plan(
        connection.endpoint,
        connection.settings,
        len(images or samples),
        quick=arguments.quick,
        max_calls=arguments.max_calls,
        image_url=arguments.image_url or "",
    )
    say(f"{connection.endpoint.infer.shown}: at most {plan.calls} calls.")
    for what, count in plan.steps:
        say(f"  {count:>3}  {what}")
    if samples:
        say("No images given: sending the built-in samples.")
    return checkup.run(
        connection.endpoint,
        connection.settings,
        images or samples,
        connection.server,
        listed=connection.classes if arguments.project or len(connection.classes) else None,
        quick=arguments.quick,
        max_calls=arguments.max_calls,
        budget_ms=arguments.budget,
        image_url=arguments.image_url or "",
        cancel=cancel_on_interrupt(connection.store),
        on_progress=say_progress,
        samples=bool(samples),
    )


def summary(report: CheckReport) -> str:
    """The report for people."""
    words = {
        "ready": "READY: no errors found.",
        "not-ready": "NOT READY: fix the errors, then check again.",
        "unreachable": "UNREACHABLE: the server never sent an HTTP response.",
    }
    if report.cut_short:
        lines = [f"READY as far as it was checked. {report.cut_short} See “Not checked” below.", ""]
    else:
        lines = [words[report.verdict], ""]
    for finding in report.findings:
        lines += [*_finding(finding), ""]
    if report.not_checked:
        lines.append("Not checked:")
        lines += [f"  {', '.join(ids)}: {why}" for why, ids in _by_reason(report.not_checked).items()]
    return "\n".join(lines).rstrip()


def _by_reason(rest: Sequence[NotChecked]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in rest:
        found.setdefault(one.why, []).append(one.id)
    return found


def _finding(finding: Finding) -> list[str]:
    times = f" ({finding.count} times)" if finding.count > 1 else ""
    lines = [f"{finding.severity.upper()}  {finding.id}{times}", f"  {finding.what}"]
    for title, text in (("Where", finding.where), ("Evidence", finding.evidence), ("Cause", finding.cause)):
        if text:
            lines.append(f"  {title}: {text}")
    if finding.fix:
        lines.append(f"  Fix: {finding.fix}")
    if finding.snippet:
        lines.append(textwrap.indent(finding.snippet, "      "))
    return lines
