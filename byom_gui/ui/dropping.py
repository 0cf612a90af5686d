"""What was dropped or pasted: files, folders, pictures, addresses. Nothing is read from disk and nothing fetched."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QUrl
from PySide6.QtGui import QImage, QImageWriter, QPixmap

MOST_ADDRESSES = 1000
"""Of one drop; a pasted book is no list of addresses."""
_MOST_TEXT = 1_000_000


@dataclass(frozen=True, slots=True)
class Dropped:
    """Files and folders as paths, addresses of images, pictures as PNG bytes. Repeats are gone, the order stays."""

    paths: tuple[Path, ...] = ()
    urls: tuple[str, ...] = ()
    pictures: tuple[bytes, ...] = field(default=(), repr=False)

    def __bool__(self) -> bool:
        return bool(self.paths or self.urls or self.pictures)

    @property
    def count(self) -> int:
        """How many things were dropped; a folder counts as one."""
        return len(self.paths) + len(self.urls) + len(self.pictures)


class _Images(HTMLParser):
    """Collects the sources of img tags; everything else in the page is passed over."""

    def __init__(self) -> None:
        super().__init__()
        self.sources: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.sources += [value for name, value in attrs if name == "src" and value]


def _address(text: str) -> str:
    """The text as an http(s) address with a host and without a user, else empty."""
    text = text.strip()
    if not re.match(r"https?://\S+$", text, re.IGNORECASE):
        return ""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return ""
    return text if host and "@" not in parts.netloc else ""


def _from_text(text: str) -> tuple[list[Path], list[str]]:
    """Lines that are addresses or ``file:`` addresses, if every line is one: a paragraph is not a list."""
    lines = [line.strip() for line in text[:_MOST_TEXT].splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")][:MOST_ADDRESSES]
    paths: list[Path] = []
    urls: list[str] = []
    for line in lines:
        local = QUrl(line).toLocalFile() if line.lower().startswith("file:") else ""
        if local:
            paths.append(Path(local))
        elif address := _address(line):
            urls.append(address)
        else:
            return [], []
    return paths, urls


def _from_html(html: str) -> list[str]:
    parser = _Images()
    parser.feed(html[:_MOST_TEXT])
    return [address for source in parser.sources if (address := _address(source))]


def _png(mime: QMimeData) -> bytes:
    held = mime.imageData()
    image = held.toImage() if isinstance(held, QPixmap) else held
    if not isinstance(image, QImage) or image.isNull():
        return b""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    buffer.close()
    return bytes(data.data())


def read_mime(mime: QMimeData) -> Dropped:
    """Reads a drop or the clipboard.

    A browser hands over one picture in several forms (pixels, its address, a piece of page): the pixels win, since
    nothing has to be fetched for them; then files, then addresses, then the sources of images in the page.
    """
    paths: list[Path] = []
    urls: list[str] = []
    for url in mime.urls() if mime.hasUrls() else []:
        if url.isLocalFile():
            paths.append(Path(url.toLocalFile()))
        elif address := _address(url.toString(QUrl.ComponentFormattingOption.FullyEncoded)):
            urls.append(address)
    if not paths and mime.hasImage() and (picture := _png(mime)):
        return Dropped(pictures=(picture,))
    if not paths and not urls and mime.hasText():
        paths, urls = _from_text(mime.text())
    if not paths and not urls and mime.hasHtml():
        urls = _from_html(mime.html())
    return Dropped(tuple(dict.fromkeys(paths)), tuple(dict.fromkeys(urls))[:MOST_ADDRESSES])


def count_held(mime: QMimeData) -> int:
    """How many things a drag over the window holds, without encoding a picture; 0: nothing to take."""
    if mime.hasImage() and not any(url.isLocalFile() for url in mime.urls()):
        return 1
    return read_mime(mime).count
