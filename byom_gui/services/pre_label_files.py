"""What a model said, written as files of other tools. The forms themselves are in ``core/pre_labels.py``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from byom_gui.core.cancel import CancelToken
from byom_gui.core.errors import FileError
from byom_gui.core.pre_labels import (
    Choice,
    LeftOut,
    Pictured,
    Written,
    chosen,
    coco_json,
    csv_text,
    darwin_json,
    file_names,
)
from byom_gui.services.files import write_text_file


def write_file(target: str, text: str) -> None:
    """Writes one file, whole or not at all. Raises FileError."""
    write_text_file(Path(target), text + "\n")


def write_pre_labels(
    choice: Choice,
    pictures: Iterable[Pictured],
    cancel: CancelToken | None = None,
    on_progress: Callable[[int], None] = lambda _: None,
    write: Callable[[str, str], None] = write_file,
) -> Written:
    """Writes what was chosen, each file whole or not at all.

    Args:
        choice: what to write and where.
        pictures: the answers; taken one by one, so that they may be unpacked on the way.
        cancel: stops between two images. What was written until then stays.
        on_progress: told the number of images that are ready.
        write: writes a file by its name.

    Raises:
        FileError: a file or folder could not be written.
        Cancelled: by ``cancel``.
    """
    token = cancel or CancelToken()
    kept: list[Pictured] = []
    for picture in pictures:
        token.raise_if_cancelled()
        kept.append(chosen(picture, choice))
        on_progress(len(kept))
    left: dict[str, LeftOut] = {}
    targets = choice.targets
    if targets.darwin:
        left["Darwin JSON"] = _write_darwin(Path(targets.darwin), kept, token, write)
    if targets.coco:
        token.raise_if_cancelled()
        text, left["COCO"] = coco_json(kept)
        write(targets.coco, text)
    if targets.csv:
        token.raise_if_cancelled()
        write(targets.csv, csv_text(kept))
    return Written(len(kept), sum(len(each.predictions) for each in kept), left)


def _write_darwin(
    folder: Path, pictures: list[Pictured], token: CancelToken, write: Callable[[str, str], None]
) -> LeftOut:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"The folder {folder} could not be created: {error.strerror}.", where=str(folder)) from None
    left: Counter[str] = Counter()
    for picture, name in zip(pictures, file_names([each.name for each in pictures], ".json"), strict=True):
        token.raise_if_cancelled()
        text, out = darwin_json(picture)
        left.update(out)
        write(str(folder / name), text)
    return left
