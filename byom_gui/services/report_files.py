"""A finished check as a file: JSON, JUnit XML, or one page with the pictures in it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from byom_gui.core.errors import ImageError
from byom_gui.core.image import ImageSource
from byom_gui.core.observations import Call
from byom_gui.core.report import CheckReport, report_html, report_junit
from byom_gui.core.report_pictures import shown_answers
from byom_gui.services import images
from byom_gui.services.files import write_text_file

MOST_BYTES = 150_000
"""Of one picture's file; a ``data:`` address is a third longer."""
_TRIES = ((1024, 80), (1024, 60), (800, 50), (560, 50), (320, 40))


def page_picture(source: ImageSource) -> str:
    """A small copy of a picture as a ``data:`` address; empty where it can not be read or made small enough."""
    made = None
    side = 0
    for longest, quality in _TRIES:
        try:
            made = made if made is not None and longest == side else images.raster(source, longest)
        except ImageError:
            return ""
        side = longest
        data = images.encode_jpeg(made, quality)
        if len(data) <= MOST_BYTES:
            return f"data:image/jpeg;base64,{base64.b64encode(data).decode()}"
    return ""


def pictures_of(report: CheckReport, sources: Iterable[ImageSource]) -> Mapping[str, str]:
    """Small copies of the images that the page shows, by name. Of two of one name, the one of the right size."""
    wanted = {(call.image_name, call.image_width, call.image_height) for call in _shown_calls(report)}
    found: dict[str, str] = {}
    for source in sources:
        if (source.name, source.width, source.height) in wanted and source.name not in found:
            found[source.name] = page_picture(source)
    return found


def _shown_calls(report: CheckReport) -> Iterable[Call]:
    return (each.call for each in shown_answers(report.answered))


def report_text(kind: str, report: CheckReport, sources: Iterable[ImageSource] = ()) -> str:
    """The report as text. ``kind`` is a suffix: ``.json``, ``.xml`` for JUnit, anything else for the page."""
    if kind == ".json":
        return json.dumps(report.as_json(), ensure_ascii=False, indent=2) + "\n"
    return report_junit(report) if kind == ".xml" else report_html(report, pictures_of(report, sources))


def write_report(path: Path, report: CheckReport, sources: Iterable[ImageSource] = ()) -> None:
    """Writes the report in the form of the file's suffix. Raises FileError."""
    write_text_file(path, report_text(path.suffix.lower(), report, sources))
