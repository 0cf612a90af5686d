"""``byom-gui infer``: responses as JSON Lines, and each image with its overlay."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from byom_gui.commands.answers_file import AnswersFile
from byom_gui.commands.common import (
    Connection,
    add_connection_options,
    cancel_on_interrupt,
    check_targets,
    connect,
    images_of,
    json_text,
    make_folder,
    say,
    say_progress,
    write_text,
)
from byom_gui.core.cancel import CancelToken
from byom_gui.core.class_mapping import names_in
from byom_gui.core.colours import ClassColour, assign
from byom_gui.core.diagnosis import Answered
from byom_gui.core.errors import FileError, ImageError, InputError, JsonError, NotSentError, SetupError
from byom_gui.core.pre_labels import Choice, Pictured, Targets, file_names
from byom_gui.core.predictions import Prediction
from byom_gui.core.strict_json import read_json
from byom_gui.services import images
from byom_gui.services.files import read_bytes
from byom_gui.services.image_run import start_run
from byom_gui.services.pre_label_files import write_pre_labels
from byom_gui.services.previewing import infer_image


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("positionals", metavar="ENDPOINT IMAGE…", nargs="*", help="images: files, folders, globs")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for answers.jsonl and the overlays")
    parser.add_argument(
        "--darwin", metavar="DIR", help="also write Darwin JSON 2.0 to import into V7, one file per image"
    )
    parser.add_argument("--coco", metavar="FILE", help="also write all results as one COCO file")
    parser.add_argument("--csv", metavar="FILE", help="also write all results as CSV, one row per result")
    parser.add_argument("--mapping", metavar="FILE", help="rename classes in these files by a mapping file")
    parser.add_argument("--no-overlays", action="store_true", help="write only the responses")
    add_connection_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 if every image got a response, 1 if some did not, 3 if nothing responded at all."""
    connection = connect(arguments, arguments.positionals)
    paths = images_of(connection.positionals)
    if not paths:
        raise InputError("Give at least one image, folder or glob.")
    mapped = _mapped(arguments.mapping)
    out = Path(arguments.out)
    make_folder(out)
    check_targets(arguments.coco, arguments.csv)
    if arguments.darwin:
        make_folder(Path(arguments.darwin))
    painting = not arguments.no_overlays and _can_paint()
    token = cancel_on_interrupt(connection.store)
    say(f"{connection.endpoint.infer.shown}: {len(paths)} calls, {connection.settings.concurrency} in parallel.")
    answered = failed = 0
    any_reply = any_call = False
    overlays = _names(paths, ".overlay.png")
    targets = Targets(arguments.darwin or "", arguments.coco or "", arguments.csv or "")
    pictured: list[Pictured] = []
    # One list for all images, so that a class has the same color in all of them.
    names = list(connection.classes.names)
    chosen = {entry.name: entry.color for entry in connection.classes if entry.color}
    with AnswersFile(out / "answers.jsonl") as lines:
        for path, result in _all(connection, paths, token, arguments.image_url or ""):
            record, good, replied = _record(path, result)
            # Without results, an image appears as one without objects only where the server says so.
            if targets != Targets() and not isinstance(result, str) and (good or _predictions(result)):
                call = result.call
                pictured.append(Pictured(path.name, call.image_width, call.image_height, _predictions(result)))
            any_reply |= replied
            any_call |= not isinstance(result, str)
            answered, failed = answered + good, failed + (not good)
            lines.write(json_text(record, indent=None))
            say_progress(answered + failed, len(paths), f"{path.name}: {record['summary']}")
            if painting and not isinstance(result, str):
                names += [p.name for p in _predictions(result)]
                _overlay(out / overlays[path], path, result.readable, assign(names, chosen))
    say(f"{answered} succeeded, {failed} failed; see {out / 'answers.jsonl'}")
    for sentence in write_pre_labels(Choice(targets, names=mapped), pictured, write=write_text).sentences():
        say(sentence)
    token.raise_if_cancelled()
    if not any_call:
        raise InputError("None of the images could be read.")
    return 0 if not failed else 1 if any_reply else 3


def _mapped(file: str | None) -> dict[str, str | None]:
    """The team's names of the model's classes. Raises InputError, FileError."""
    if not file:
        return {}
    try:
        return names_in(read_json(read_bytes(Path(file))).value)
    except JsonError as error:
        raise InputError(f"{file} is not JSON. {error.sentence}", where=file) from None


def _all(
    connection: Connection, paths: list[Path], token: CancelToken, image_url: str
) -> Iterator[tuple[Path, Answered | str]]:
    to = connection.server, connection.endpoint, connection.settings
    image_run = start_run(*to)

    def one(position: int, path: Path) -> Answered | str:
        try:
            token.raise_if_cancelled()
            source = images.read_image(path)
            images.check_pixels(source)  # as in the window, a damaged image is not sent

            def send(stop: CancelToken) -> Answered:
                return infer_image(*to, source, stop, image_url)

            return image_run.send(send, position, len(paths), token, lambda why: say(f"{path.name}: {why}"))
        except (ImageError, NotSentError) as error:
            return error.sentence

    with ThreadPoolExecutor(connection.settings.concurrency) as pool:
        pending = [(path, pool.submit(one, position, path)) for position, path in enumerate(paths, 1)]
        try:
            for path, future in pending:
                yield path, future.result()
        except BaseException:
            token.cancel()
            pool.shutdown(cancel_futures=True)
            raise


def _record(path: Path, result: Answered | str) -> tuple[dict[str, object], bool, bool]:
    """The line of answers.jsonl, whether it is a success, and whether an HTTP status came."""
    if isinstance(result, str):
        return {"image": str(path), "summary": result, "error": result}, False, False
    call, answer, readable = result.call, result.answer, result.readable.answer
    findings = [finding.as_json() for finding in result.findings]
    good = answer is not None and answer.status == "succeeded"
    errors = [finding for finding in result.findings if finding.severity == "error"]
    first = next((finding.what for finding in errors or result.findings), "no readable response")
    record: dict[str, object] = {
        "image": str(path),
        "width": call.image_width,
        "height": call.image_height,
        "status": call.status or None,
        "milliseconds": round(call.milliseconds, 1),
        "summary": _count(len(answer.predictions)) if answer is not None and good else first,
        "answer": readable.value if readable is not None else None,
        "findings": findings,
    }
    return record, good, call.status > 0


def _count(objects: int) -> str:
    return f"{objects} object{'' if objects == 1 else 's'}"


def _names(paths: list[Path], ending: str) -> dict[Path, str]:
    return dict(zip(paths, file_names([path.name for path in paths], ending), strict=True))


def _predictions(result: Answered) -> Sequence[Prediction]:
    return result.answer.predictions if result.answer is not None else ()


def _can_paint() -> bool:
    """Whether overlays can be drawn here; if not, the reason is printed, and the responses are written anyway."""
    from byom_gui.app.qt_check import require_offscreen

    try:
        require_offscreen("QtGui")
    except SetupError as error:
        say(f"Overlays cannot be drawn; the responses are written anyway. {error.sentence}")
        return False
    return True


def _overlay(target: Path, path: Path, result: Answered, colours: Mapping[str, ClassColour]) -> None:
    from byom_gui.app import render_overlay

    try:
        raster = images.raster(images.read_image(path))
        render_overlay(raster, _predictions(result), colours, target)
    except (ImageError, FileError) as error:
        say(f"No overlay for {path}. {error.sentence}")
