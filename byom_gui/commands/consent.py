"""Project settings that decide who can read a secret: allowed, left out, or nothing is sent."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable

from byom_gui.core.consent import (
    ConsentKind,
    SettingRequest,
    asked_line,
    in_force_line,
    origins_of,
    refused_interface,
    requests_of,
    without,
)
from byom_gui.core.endpoint import Endpoint
from byom_gui.core.errors import FileError, InputError
from byom_gui.core.project import Settings
from byom_gui.services.consents import Consents

INSECURE = (
    "WARNING: the server's certificate is NOT verified. Anyone on the network path can read and change everything."
)


def given_kinds(arguments: argparse.Namespace) -> frozenset[ConsentKind]:
    """What was given on the command line, and is therefore allowed for this run."""
    given: dict[ConsentKind, object] = {
        "proxy": arguments.proxy,
        "ca_file": arguments.ca,
        "insecure": arguments.insecure,
    }
    return frozenset(kind for kind, value in given.items() if value)


def consented(
    settings: Settings, endpoint: Endpoint, arguments: argparse.Namespace, say: Callable[[str], None]
) -> Settings:
    """The settings that may be used; prints those that decide who can read a secret.

    Args:
        settings: the project's, overridden by the command line.

    Raises:
        InputError: the project needs a setting that the user has not allowed.
    """
    if why := refused_interface(settings):
        say(why)
        settings = without(settings, ())
    consents, given, choice = Consents(), given_kinds(arguments), arguments.project_connection
    asked = [each for each in consents.look(origins_of(endpoint), settings).asked if each.kind not in given]
    # The image host's interface is no reason to stop: images are sent as base64 anyway.
    blocking = [each for each in asked if each.kind != "image_host_interface"]
    if choice == "ignore" or (choice == "ask" and not blocking and not sys.stdin.isatty()):
        settings = without(settings, asked)
        _say_lines("Not used from the project:", asked, endpoint, say)
    elif choice == "ask" and asked:
        _ask(consents, asked, endpoint, say)
    for request in requests_of(settings, lambda _: ""):
        source = "command line" if request.kind in given else "project"
        say(f"{in_force_line(request, endpoint.origin)} (from the {source}).")
    if settings.insecure:
        say(INSECURE)
    return settings


def _say_lines(head: str, requests: Iterable[SettingRequest], endpoint: Endpoint, say: Callable[[str], None]) -> None:
    for request in requests:
        say(f"{head} {asked_line(request, endpoint.origin)}")


def _ask(consents: Consents, asked: list[SettingRequest], endpoint: Endpoint, say: Callable[[str], None]) -> None:
    """A yes is remembered. Raises InputError for a no, and if there is no terminal to ask on."""
    _say_lines("The project asks for", asked, endpoint, say)
    if not sys.stdin.isatty():
        raise InputError(
            "Nothing was sent, because you have not allowed these project settings. To use them for this run, pass "
            "--proxy, --ca or --insecure yourself, or --project-connection allow. To ignore them, pass "
            "--project-connection ignore."
        )
    say(f"Use them for {endpoint.origin} from now on? [y/N]")
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise InputError("Nothing was sent. To ignore these settings, pass --project-connection ignore.")
    try:
        consents.agree(origins_of(endpoint), asked)
    except FileError as error:
        say(f"This applies to this run only. {error.sentence}")
