"""Shared by several commands: connection options, where secrets come from, messages."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from byom_gui.commands.consent import consented
from byom_gui.core.cancel import CancelToken
from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.endpoint import Auth, Endpoint, SecretPlace, SecretRef, check_proxy, parse_address
from byom_gui.core.errors import FileError, InputError
from byom_gui.core.image import ImageSource, check_image_address
from byom_gui.core.project import Project, Settings
from byom_gui.services.model_server import ModelServer
from byom_gui.services.secrets import (
    COMMAND_SECONDS,
    PASSWORD_VARIABLE,
    SECRET_VARIABLE,
    V7_KEY_VARIABLE,
    Patience,
    SecretStore,
)


def say(text: str) -> None:
    """Prints a message to stderr, without control characters that a terminal would obey."""
    print(printable(text), file=sys.stderr, flush=True)


def printable(text: str) -> str:
    """The text with control characters shown as ``?``; line breaks and tabs stay.

    The isolates around a name are for the window; a terminal gets none.
    """
    return "".join(c if c in "\n\t" or c.isprintable() else "?" for c in text if c not in _ISOLATES)


_ISOLATES = "\u2068\u2069"


def say_progress(done: int, total: int, text: str) -> None:
    """One line, whatever is in it: a file's name may hold line ends."""
    say(f"[{done}/{total}] {text}".replace("\n", "?"))


def json_text(value: object, indent: int | None = 2) -> str:
    """JSON in which everything that a terminal would obey, or a file could not store, is escaped as ``\\u…``."""
    plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    text = json.dumps(value, ensure_ascii=plain, indent=indent)
    return "".join(c if c == "\n" or c.isprintable() else json.dumps(c)[1:-1] for c in text)


def check_targets(*targets: str | None) -> None:
    """Checks before any call that the reports can be written.

    Raises:
        InputError: two reports are for stdout, a folder does not exist, or the name is a folder.
    """
    named = [target for target in targets if target]
    if named.count("-") > 1:
        raise InputError("Only one report can go to stdout (-). Write the others to files.")
    for target in named:
        if target != "-" and not Path(target).absolute().parent.is_dir():
            raise InputError(f"The folder of {target} does not exist. Create it first.")
        if target != "-" and Path(target).is_dir():
            raise InputError(f"{target} is a folder. Give a file name in it.")


def make_folder(folder: Path) -> None:
    """Creates a folder for results if it does not exist. Raises FileError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "a folder cannot have this name"
        raise FileError(f"The folder {folder} cannot be created: {why}.") from None


def write_text(target: str, text: str) -> None:
    """Writes to a file, or to stdout if ``target`` is ``-``."""
    if target == "-":
        print(printable(text))
        return
    from byom_gui.services.files import write_text_file

    write_text_file(Path(target), f"{text}\n")


def cancel_on_interrupt(store: SecretStore | None = None) -> CancelToken:
    """A token that Ctrl+C cancels; a second Ctrl+C ends at once. ``store`` then waits for its keyring no longer."""
    token = CancelToken()
    if store is not None:
        token.on_cancel(store.stop)

    def interrupted(_signal: int, _frame: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        token.cancel()

    signal.signal(signal.SIGINT, interrupted)
    return token


def add_connection_options(parser: argparse.ArgumentParser) -> None:
    """The options that say how to reach the model server; the same for every command that calls it."""
    group = parser.add_argument_group("connection")
    group.add_argument("--project", metavar="FILE", help="use the endpoint, classes and settings of a project")
    group.add_argument("--classes-url", metavar="URL", help="where the class list is served")
    group.add_argument(
        "--classes",
        metavar="FILE",
        help="the class list to register: JSON, CSV, lines, or a file from a training or labeling tool",
    )
    group.add_argument("--user", metavar="NAME", help="user for HTTP Basic; the password is never an argument")
    group.add_argument("--secret-header", metavar="NAME", help="header for the endpoint's secret")
    group.add_argument("--ca", metavar="FILE", help="trust the certificates in this file")
    group.add_argument("--insecure", action="store_true", help="do NOT verify the server's certificate")
    group.add_argument("--proxy", metavar="URL", help="proxy; not used for loopback, and V7 will not use it")
    group.add_argument("--timeout", type=_seconds, metavar="S", help="connect timeout and read timeout, in seconds")
    group.add_argument("--concurrency", type=_count, metavar="N", help="parallel requests (default: 2)")
    group.add_argument(
        "--project-connection",
        choices=("ask", "allow", "ignore"),
        default="ask",
        help="the proxy, CA file, --insecure and interface of a project file: use them, ignore them, or ask (default)",
    )
    group.add_argument("--image-url", metavar="URL", help="an image address the server can fetch")


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError("expected a number of seconds, such as 30") from None
    if not 0 < value <= 3600:
        raise argparse.ArgumentTypeError("must be more than 0 and at most 3600 seconds")
    return value


def milliseconds(text: str) -> float:
    """An option's time budget; 0 means none."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 3_600_000:
        raise argparse.ArgumentTypeError("expected milliseconds, such as 2000")
    return value


def port(text: str) -> int:
    """An option's port; 0 takes a free one."""
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError("must be a port from 1 to 65535, or 0 for a free one")
    return int(text)


def _count(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError("must be a whole number from 1 to 64")
    return int(text)


@dataclass(frozen=True, slots=True)
class Connection:
    """All that is needed to call a model server."""

    endpoint: Endpoint
    settings: Settings
    classes: ClassList
    project: Project
    store: SecretStore
    server: ModelServer
    positionals: tuple[str, ...]
    """What is left of the positionals: the images."""


def connect(arguments: argparse.Namespace, positionals: Sequence[str]) -> Connection:
    """Reads the connection options; the first positional is the endpoint unless ``--project`` is given."""
    from byom_gui.services.files import load_project
    from byom_gui.services.tls import check_ca_file

    store = open_store()
    rest = list(positionals)
    if arguments.project:
        project = load_project(Path(arguments.project))
        endpoint = project.registration.endpoint
        if endpoint is None:
            raise InputError(
                f"The project {arguments.project} has no endpoint. Give an endpoint, or add it in the window."
            )
    else:
        if not rest:
            raise InputError("Give the endpoint's address or --project FILE.")
        project = Project()
        endpoint = _endpoint(rest.pop(0), store)
    endpoint = _with_auth(endpoint, arguments, store)
    store.environment_origin = endpoint.origin
    settings = consented(_settings(project.settings, arguments), endpoint, arguments, say)
    if settings.ca_file and not settings.insecure:
        check_ca_file(settings.ca_file)
    if arguments.image_url:
        check_image_address(arguments.image_url)
    classes = project.registration.classes
    if arguments.classes:
        classes = read_class_file(Path(arguments.classes))
    tell_secrets(endpoint, store)
    return Connection(endpoint, settings, classes, project, store, ModelServer(store.get), tuple(rest))


def _endpoint(text: str, store: SecretStore) -> Endpoint:
    parsed = parse_address(text)
    for name, value in parsed.query_values:
        if value:
            # For this run only: an argument is seen by other programs anyway, so it is not worth a keyring entry.
            store.hold(SecretRef("query", parsed.address.origin, name), value)
            say(
                f"The value of ?{name}= is a secret, and other programs can see arguments. `byom-gui new` stores it "
                "in the keyring."
            )
    return Endpoint(parsed.address)


def _with_auth(endpoint: Endpoint, arguments: argparse.Namespace, store: SecretStore) -> Endpoint:
    auth = Auth(arguments.user or endpoint.auth.basic_user, arguments.secret_header or endpoint.auth.secret_header)
    classes = endpoint.classes
    if arguments.classes_url:
        parsed = parse_address(arguments.classes_url)
        for name, value in parsed.query_values:
            if value:
                store.hold(SecretRef("query", parsed.address.origin, name), value)
        classes = parsed.address
    return replace(endpoint, auth=auth, classes=classes)


def _settings(settings: Settings, arguments: argparse.Namespace) -> Settings:
    changes: dict[str, object] = {}
    if arguments.timeout:
        changes |= {"connect_timeout": arguments.timeout, "read_timeout": arguments.timeout}
    if arguments.concurrency:
        changes["concurrency"] = arguments.concurrency
    if arguments.ca:
        if not Path(arguments.ca).is_file():
            what = "is not a regular file" if Path(arguments.ca).exists() else "does not exist"
            raise InputError(f"The CA file {arguments.ca} {what}.")
        changes["ca_file"] = arguments.ca
    if arguments.insecure:
        changes["insecure"] = True
    if arguments.proxy:
        check_proxy(arguments.proxy)
        changes["proxy"] = arguments.proxy
    return replace(settings, **changes)  # type: ignore[arg-type]


def tell_secrets(endpoint: Endpoint, store: SecretStore) -> None:
    """Prints to stderr where each secret of the endpoint comes from.

    Raises:
        InputError: the keyring could not be read.
    """
    for ref in endpoint.secret_refs():
        what = {"basic": f"Password for {ref.name}", "header": f"Secret for {ref.name}"}.get(
            ref.kind, f"Value of ?{ref.name}="
        )
        place = store.place(ref)
        if place.kind == "unknown":
            variable = PASSWORD_VARIABLE if ref.kind == "basic" else SECRET_VARIABLE
            raise unreadable(what, place, variable)
        where = place.title if place.kept else "not found. It is left out"
        say(f"{what}: {where}.")


def open_store(*, use_environment: bool = True) -> SecretStore:
    """The secrets, as commands use them: a keyring that waits for its password is reported, and abandoned in time.

    Raises:
        InputError: ``BYOM_KEYRING_WAIT`` is not a number of seconds.
    """
    patience = Patience.of(environment(), COMMAND_SECONDS)
    store = SecretStore(use_environment=use_environment, patience=patience)
    said: list[bool] = []

    def hear(on: bool) -> None:
        if on and not said:
            said.append(on)
            say(f"Waiting for your keyring to be unlocked, at most {patience.limit:g} s. Ctrl+C cancels.")

    store.on_waiting = hear
    return store


def unreadable(what: str, place: SecretPlace, variable: str) -> InputError:
    """The error for a secret whose keyring could not be read: it may exist, so nothing is sent without it."""
    return InputError(f"{what}: unknown, because {place.why}. Unlock the keyring and try again, or set {variable}.")


def read_class_file(path: Path) -> ClassList:
    """The class list in a file of any known format; how it was read, and what looks wrong, is printed to stderr.

    Raises:
        FileError: the file cannot be read.
        InputError: it lists no classes, or one whose name cannot be stored in a project.
    """
    from byom_gui.core.class_text import parse_class_file
    from byom_gui.services.files import read_bytes

    parsed = parse_class_file(read_bytes(path))
    unusable = [problem.message for problem in parsed.problems if problem.unusable]
    if parsed.refusal or unusable:
        why = parsed.refusal or f"{unusable[0].removesuffix(' It is left out.')} Correct the name in the file."
        raise InputError(f"The class file {path} cannot be used. {why}")
    for problem in parsed.problems:
        say(f"{path}: {problem.message}")
    if not parsed.entries:
        raise InputError(f"The class file {path} lists no classes. Put one name on each line.")
    count = len(parsed.entries)
    say(f"{path}: {count:,} class{'' if count == 1 else 'es'} read ({parsed.form}).")
    for note in parsed.notes:
        say(f"{path}: {note}")
    return ClassList(parsed.entries)


def say_odd_names(classes: Sequence[ClassEntry], where: str) -> None:
    """Reports immediately which names of a served list cannot work."""
    from byom_gui.core.reconcile import name_problems

    times = Counter(entry.name for entry in classes)
    for name, count in times.items():
        for problem in name_problems(name, count):
            say(f"{where}: {problem.message}")


def images_of(words: Sequence[str]) -> list[Path]:
    """The image files in the given files, folders and globs; what is left out is reported.

    Raises:
        InputError: something was given, but contains no image.
    """
    from byom_gui.core.file_kinds import LeftOut
    from byom_gui.services.images import expand

    left_out = LeftOut()
    found = list(expand(words, left_out=left_out))
    if words and not found:
        raise InputError(" ".join((f"No images to send in {', '.join(words)}.", *left_out.sentences())))
    for sentence in left_out.sentences():
        say(sentence)
    return found


def read_images(words: Sequence[str], most: int) -> list[ImageSource]:
    """Reads at most ``most`` images; one that cannot be read or decoded is reported and skipped.

    Raises:
        InputError: images were given, but none could be read.
    """
    from byom_gui.core.errors import ImageError
    from byom_gui.services.images import check_pixels, read_image

    found: list[ImageSource] = []
    bad = 0
    for path in images_of(words):
        if len(found) == most:
            break
        try:
            source = read_image(path)
            check_pixels(source)
            found.append(source)
        except ImageError as error:
            bad += 1
            say(f"{path}: {error.sentence}")
    if words and not found:
        raise InputError("None of the images could be read.")
    if bad:
        say(f"Skipped {bad:,} {'image' if bad == 1 else 'images'}; continuing with the other {len(found):,}.")
    return found


def v7_key(store: SecretStore, ref: SecretRef) -> str:
    """The V7 key; prints to stderr where it came from.

    Raises:
        InputError: there is none.
    """
    key = store.get(ref)
    if not key:
        place = store.place(ref)
        if place.kind == "unknown":
            raise unreadable("V7 key", place, V7_KEY_VARIABLE)
        raise InputError("No V7 key found. Set BYOM_V7_API_KEY, or run: byom-gui key set")
    say(f"V7 key: {store.place(ref).title}.")
    return key


def environment() -> Mapping[str, str]:
    """The process's environment, read in one place."""
    return os.environ
