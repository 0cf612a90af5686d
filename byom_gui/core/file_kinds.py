"""What a file is by its first bytes, and the words for files of a folder that are left out. A name says little."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

HEAD_BYTES = 4096
"""How much of a file is needed."""


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file.

    Args:
        id: Pillow's name of the format for images that can be read; unique for all kinds.
        one: the kind with its article, as in "a HEIC image".
        counted: the noun after a number, as in "1 HEIC"; ``many`` is its plural, where that differs.
        help: what to do about a file of this kind.
        image: whether it can be read as an image, with the reader for it.
    """

    id: str
    one: str
    counted: str
    many: str = ""
    help: str = ""
    image: bool = False

    def count(self, number: int) -> str:
        """How many there are: "1 web page", "12 HEIC"."""
        return f"{number:,} {self.counted if number == 1 else self.many or self.counted}"


_CONVERT = "Convert it to PNG, JPEG or TIFF."
UNKNOWN = FileKind("unknown", "of an unknown kind", "file of an unknown kind", "files of an unknown kind")
EMPTY = FileKind("empty", "an empty file", "empty file", "empty files")
TEXT = FileKind("text", "a text file, not an image", "text file", "text files")
HEIC = FileKind("HEIF", "a HEIC image", "HEIC", help=_CONVERT, image=True)
HIDDEN = FileKind("hidden", "a hidden file", "hidden or system file", "hidden or system files")
SPECIAL = FileKind("special", "not a plain file", "pipe or device", "pipes or devices")
UNREADABLE = FileKind("unreadable", "a file that cannot be opened", "file without read permission",
                      "files without read permission")  # fmt: skip
_RAW = FileKind("raw", "a raw camera file", "raw camera file", "raw camera files", "Export it as JPEG, PNG or TIFF.")
_VIDEO = FileKind("video", "a video, not an image", "video", "videos", "Export its frames as images.")
_ARCHIVE = FileKind("archive", "an archive, not an image", "archive", "archives", "Unpack it first.")
_NIFTI = FileKind("nifti", "a NIfTI volume", "NIfTI", help="Export its slices as PNG or TIFF.")
_GZIP = FileKind("gzip", "a gzip file, not an image", "gzip file", "gzip files", "Unpack it first.")
_SVG = FileKind("svg", "an SVG drawing, not pixels", "SVG", help="Export it as PNG.")
_HTML = FileKind("html", "a web page, not an image", "web page", "web pages",
                 "The download failed or needs a login. Download the image again.")  # fmt: skip
_LFS = FileKind("lfs", "a Git LFS pointer, not the image itself", "Git LFS pointer", "Git LFS pointers",
                "Run: git lfs pull")  # fmt: skip
_APPLE = FileKind("appledouble", "a macOS companion file, not an image", "macOS companion file",
                  "macOS companion files", "Use the file of the same name without “._”.")  # fmt: skip


def _readable(id_: str, name: str) -> FileKind:
    return FileKind(id_, f"{'an' if name[0] in 'A' else 'a'} {name} image", name, image=True)


def _other(id_: str, name: str, hint: str = _CONVERT) -> FileKind:
    whole = name if name.endswith((" file", " array")) else f"{name} image"
    return FileKind(id_, f"a {whole}", name, whole + "s" if whole == name else "", hint)


PNG, JPEG, WEBP, BMP, GIF, TIFF, JP2, AVIF, PPM = (
    _readable(*each)
    for each in (
        ("PNG", "PNG"), ("JPEG", "JPEG"), ("WEBP", "WebP"), ("BMP", "BMP"), ("GIF", "GIF"), ("TIFF", "TIFF"),
        ("JPEG2000", "JPEG 2000"), ("AVIF", "AVIF"), ("PPM", "PPM"),
    )
)  # fmt: skip
READABLE = (PNG, JPEG, WEBP, BMP, GIF, TIFF, JP2, AVIF, PPM, HEIC)
_JXL = _other("jxl", "JPEG XL")
_DICOM = FileKind("dicom", "a DICOM file", "DICOM", help="Export its frames as PNG or TIFF.")

_MAGIC: tuple[tuple[int, bytes, FileKind], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", PNG),
    (0, b"\xff\xd8\xff", JPEG),
    (0, b"GIF8", GIF),
    (0, b"\x00\x00\x00\x0cjP  \r\n\x87\n", JP2),
    (0, b"\xff\x4f\xff\x51", JP2),
    (8, b"CR\x02", _RAW),
    (0, b"II\x2a\x00", TIFF),
    (0, b"MM\x00\x2a", TIFF),
    (0, b"II\x2b\x00", TIFF),
    (0, b"MM\x00\x2b", TIFF),
    (0, b"IIRO", _RAW),
    (0, b"IIRS", _RAW),
    (0, b"IIU\x00", _RAW),
    (0, b"FUJIFILMCCD-RAW", _RAW),
    (0, b"FOVb", _RAW),
    (0, b"\x00MRM", _RAW),
    (0, b"\x00\x00\x00\x0cJXL \r\n\x87\n", _JXL),
    (0, b"\xff\x0a", _JXL),
    (128, b"DICM", _DICOM),
    (344, b"n+1\x00", _NIFTI),
    (344, b"ni1\x00", _NIFTI),
    (4, b"n+2\x00\r\n\x1a\n", _NIFTI),
    (4, b"ni2\x00\r\n\x1a\n", _NIFTI),
    (0, b"version https://git-lfs.github.com/", _LFS),
    (0, b"%PDF-", FileKind("pdf", "a PDF, not an image", "PDF", help="Export its pages as PNG or JPEG.")),
    (0, b"%!PS", _other("postscript", "PostScript file")),
    (0, b"8BPS", _other("psd", "Photoshop")),
    (0, b"gimp xcf ", _other("xcf", "GIMP")),
    (0, b"\x76\x2f\x31\x01", FileKind("exr", "an OpenEXR image", "OpenEXR", help=_CONVERT)),
    (0, b"#?RADIANCE", _other("hdr", "Radiance HDR")),
    (0, b"qoif", _other("qoi", "QOI")),
    (0, b"DDS ", _other("dds", "DDS")),
    (0, b"icns", _other("icns", "macOS icon file")),
    (0, b"\x01\xda", FileKind("sgi", "an SGI image", "SGI", help=_CONVERT)),
    (0, b"SIMPLE  =", FileKind("fits", "a FITS file", "FITS", help="Export it as PNG or TIFF.")),
    (0, b"\x89HDF\r\n\x1a\n", FileKind("hdf5", "an HDF5 file", "HDF5", help="Export its images as PNG or TIFF.")),
    (0, b"\x93NUMPY", _other("numpy", "NumPy array", "Save it as PNG or TIFF.")),
    (0, b"\x00\x05\x16\x07", _APPLE),
    (0, b"\x00\x00\x00\x01Bud1", HIDDEN),
    (0, b"PK\x03\x04", _ARCHIVE),
    (0, b"PK\x05\x06", _ARCHIVE),
    (0, b"7z\xbc\xaf\x27\x1c", _ARCHIVE),
    (0, b"Rar!\x1a\x07", _ARCHIVE),
    (0, b"\xfd7zXZ\x00", _ARCHIVE),
    (0, b"BZh", _ARCHIVE),
    (0, b"\x28\xb5\x2f\xfd", _ARCHIVE),
    (257, b"ustar", _ARCHIVE),
    (0, b"\x1a\x45\xdf\xa3", _VIDEO),
    (0, b"\x00\x00\x01\xba", _VIDEO),
    (0, b"\x00\x00\x01\xb3", _VIDEO),
    (0, b"FLV\x01", _VIDEO),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", _VIDEO),
    (4, b"moov", _VIDEO),
    (4, b"mdat", _VIDEO),
    (0, b"\xd0\xcf\x11\xe0", FileKind("ole", "an Office file, not an image", "Office file", "Office files")),
    (0, b"SQLite format 3\x00", FileKind("sqlite", "a database, not an image", "database", "databases")),
    (0, b"\x7fELF", FileKind("program", "a program, not an image", "program", "programs")),
)
_RIFF = {b"WEBP": WEBP, b"AVI ": _VIDEO, b"WAVE": FileKind("audio", "an audio file, not an image", "audio file",
                                                            "audio files")}  # fmt: skip
_HEIC_BRANDS = frozenset((b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs"))
_RAW_SUFFIXES = frozenset((".dng", ".nef", ".nrw", ".arw", ".srf", ".sr2", ".pef", ".srw", ".3fr", ".iiq", ".erf",
                           ".mef", ".mos", ".dcr", ".kdc", ".cr2"))  # fmt: skip
"""Of cameras whose files are TIFF outside: what such a reader finds in them is a stamp-sized preview."""
_BY_SUFFIX = {".tga": _other("tga", "Targa"), ".pcx": _other("pcx", "PCX")}
"""Kinds whose first bytes identify nothing."""
_ICON = _other("ico", "Windows icon file")
_BMP_HEADERS = (12, 16, 40, 52, 56, 64, 108, 124)
_SYSTEM = frozenset(("thumbs.db", "desktop.ini", "ehthumbs.db", "icon\r"))
_PNM = re.compile(rb"P(?:[1-6]\s+(?:#[^\n]*\n\s*)*\d+\s|[Ff]\s+\d+\s|7\s+WIDTH)")


def is_hidden(name: str) -> bool:
    """Whether systems hide a file or folder of this name, or write it themselves."""
    return name.startswith(".") or name.lower() in _SYSTEM


def kind_of(head: bytes, name: str = "") -> FileKind:
    """What a file is, by its first ``HEAD_BYTES`` bytes; the name only decides where they do not."""
    if not head:
        return EMPTY
    for start, magic, kind in _MAGIC:
        if head.startswith(magic, start):
            return _RAW if kind is TIFF and PurePath(name).suffix.lower() in _RAW_SUFFIXES else kind
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], UNKNOWN)
    if head[4:8] == b"ftyp":
        return _boxed(head)
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return BMP
    if _PNM.match(head):
        return PPM
    if head[:4] == b"\x00\x00\x01\x00" and 1 <= int.from_bytes(head[4:6], "little") <= 64 and head[9:10] == b"\x00":
        return _ICON
    if head[:2] == b"\x1f\x8b":
        return _zipped(head)
    kind = _text(head)
    return _BY_SUFFIX.get(PurePath(name).suffix.lower(), kind) if kind is UNKNOWN else kind


def _boxed(head: bytes) -> FileKind:
    """A file of the MP4 family, by its brands."""
    size = min(max(int.from_bytes(head[:4], "big"), 16), 512)
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, size, 4))]
    if brands[0] == b"crx ":
        return _RAW
    if b"avif" in brands or b"avis" in brands:
        return AVIF
    if _HEIC_BRANDS & set(brands) or brands[0] in (b"mif1", b"msf1"):
        return HEIC
    return _JXL if brands[0] == b"jxl " else _VIDEO


def _zipped(head: bytes) -> FileKind:
    try:
        inner = zlib.decompressobj(wbits=31).decompress(head, 1024)
    except zlib.error:
        return _GZIP
    return _NIFTI if kind_of(inner) is _NIFTI else _GZIP


def _text(head: bytes) -> FileKind:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head[: len(head) // 2 * 2].decode("utf-16", "replace")
    else:
        try:
            text = head.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            if len(head) < HEAD_BYTES or error.start < len(head) - 4:
                return UNKNOWN
            text = head[: error.start].decode("utf-8-sig")  # cut within a character
    if re.search("[\x00-\x08\x0e-\x1a\x1c-\x1f]", text):
        return UNKNOWN
    start = text.lstrip().lower()
    if re.match(r"<!doctype html|<html|<head|<body", start) or (start.startswith("<?xml") and "<html" in start):
        return _HTML
    if re.match(r"(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!doctype svg[^>]*>\s*)?<svg\b", start, re.DOTALL):
        return _SVG
    return TEXT


@dataclass(slots=True)
class LeftOut:
    """What of files, folders and globs was taken and what was not. Filled while they are listed.

    Args:
        taken: files that are tried.
        kinds: files that were left out, by kind.
        misnamed: files that are tried although they are no images, because their name says so; by kind.
        hidden_folders: folders that were not looked into.
        closed: folders that could not be listed.
        limit: how many files were taken at most, where there were more; else 0.
    """

    taken: int = 0
    kinds: Counter[FileKind] = field(default_factory=Counter)
    misnamed: Counter[FileKind] = field(default_factory=Counter)
    hidden_folders: int = 0
    closed: list[str] = field(default_factory=list)
    limit: int = 0

    def __bool__(self) -> bool:
        return bool(self.kinds or self.misnamed or self.hidden_folders or self.closed or self.limit)

    @property
    def count(self) -> int:
        """How many files were left out."""
        return sum(self.kinds.values())

    def add(self, other: LeftOut) -> None:
        """Takes in what was found elsewhere."""
        self.taken += other.taken
        self.kinds += other.kinds
        self.misnamed += other.misnamed
        self.hidden_folders += other.hidden_folders
        self.closed += other.closed
        self.limit = max(self.limit, other.limit)

    def sentences(self) -> tuple[str, ...]:
        """What was left out, for people. HEIC is only left out where nothing is installed that reads it."""
        said = []
        if self.count:
            whole = self.taken + self.count
            were = "was" if self.count == 1 else "were"
            all_ = f"{self.count:,} of {whole:,} file{'' if whole == 1 else 's'} {were} left out"
            said.append(f"{all_}: {_listed(self.kinds)}.")
        if self.misnamed:
            number = sum(self.misnamed.values())
            verb = "is not an image that can be read, although its name says so" if number == 1 else (
                "are not images that can be read, although their names say so")  # fmt: skip
            said.append(f"{number:,} file{'' if number == 1 else 's'} {verb}: {_listed(self.misnamed)}.")
        if HEIC in self.kinds or HEIC in self.misnamed:
            said.append(HEIC_HELP)
        if self.hidden_folders:
            one = self.hidden_folders == 1
            said.append(f"{self.hidden_folders:,} hidden folder{' was' if one else 's were'} not opened.")
        said += [f"The folder {name} cannot be opened." for name in self.closed[:3]]
        if len(self.closed) > 3:
            said.append(f"Nor can {len(self.closed) - 3:,} other folders.")
        if self.limit:
            said.append(f"Only the first {self.limit:,} files were taken.")
        return tuple(said)


HEIC_HELP = "HEIC can be read if pillow-heif is installed next to byom-gui (pip install pillow-heif)."


def _listed(kinds: Counter[FileKind]) -> str:
    """The kinds, most frequent first; sidecars last."""
    last: Sequence[FileKind] = (TEXT, UNKNOWN, EMPTY, HIDDEN, SPECIAL)
    order = sorted(kinds.items(), key=lambda each: (each[0] in last, -each[1], each[0].counted))
    return ", ".join(kind.count(number) for kind, number in order)
