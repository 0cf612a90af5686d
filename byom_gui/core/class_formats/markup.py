"""Class lists in XML: Label Studio's interface, CVAT's and Pascal VOC's annotations; web pages are refused.

Entities are never expanded, and nothing outside the text is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from byom_gui.core.class_formats.gathering import ClassGatherer
from byom_gui.core.class_formats.values import CVAT_TYPES

_OPENING = re.compile(r"\s*<[!?/A-Za-z_]")
"""A name may start with ``<5 mm``."""
_MOST_ELEMENTS = 200_000
_DEEPEST = 100
_LABEL_STUDIO: dict[str, str] = {
    "labels": "",
    "rectanglelabels": "bounding_box",
    "polygonlabels": "polygon",
    "keypointlabels": "keypoint",
    "ellipselabels": "ellipse",
    "brushlabels": "mask",
    "bitmasklabels": "mask",
    "vectorlabels": "line",
    "choices": "tag",
}
"""Label Studio's controls and V7's types; empty where the type is that of another control."""
_SHAPES = {
    "rectangle": "bounding_box",
    "videorectangle": "bounding_box",
    "polygon": "polygon",
    "keypoint": "keypoint",
    "ellipse": "ellipse",
    "brush": "mask",
    "bitmask": "mask",
    "vector": "line",
}


@dataclass(slots=True)
class Element:
    """An XML element: its tag without a namespace, its attributes, its text."""

    tag: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        """This element and all below it, in the order of the text."""
        todo = [self]
        while todo:
            each = todo.pop()
            yield each
            todo.extend(reversed(each.children))

    def child_text(self, tag: str) -> str:
        """The text of the first child with this tag."""
        return next((child.text.strip() for child in self.children if child.tag == tag), "")


class XmlRefusedError(ValueError):
    """XML that is broken, declares entities, or is too large; the message is a clause for people."""

    def __init__(self, why: str, line: int = 0) -> None:
        super().__init__(why)
        self.line = line


def is_markup(text: str) -> bool:
    """Whether a text starts with a tag."""
    return bool(_OPENING.match(text))


def is_page(text: str) -> bool:
    """Whether markup is a web page."""
    start = text.lstrip("\ufeff \t\r\n")[:2000].lower()
    return start.startswith(("<!doctype html", "<html")) or "<html" in start


def parse_xml(text: str) -> Element:
    """The root element. Raises XmlRefusedError."""
    building = _Building()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = lambda tag, attributes: building.start(tag, attributes, parser.CurrentLineNumber)
    parser.EndElementHandler = building.end
    parser.CharacterDataHandler = building.data
    parser.EntityDeclHandler = building.entity
    try:
        # What the first line says of the encoding no longer holds: this is text.
        parser.Parse(text.lstrip("\ufeff \t\r\n").encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        raise XmlRefusedError(f"breaks in line {error.lineno}: {expat.ErrorString(error.code)}", error.lineno) from None
    return building.root


class _Building:
    """The tree while it grows."""

    def __init__(self) -> None:
        self._open: list[Element] = []
        self._left = _MOST_ELEMENTS
        self.root = Element("", {}, 0)

    def start(self, tag: str, attributes: dict[str, str], line: int) -> None:
        self._left -= 1
        if self._left < 0 or len(self._open) >= _DEEPEST:
            raise XmlRefusedError("is too large or nested too deeply")
        element = Element(tag.rpartition(":")[2], attributes, line)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def end(self, _: str) -> None:
        self._open.pop()

    def data(self, text: str) -> None:
        self._open[-1].text += text

    def entity(self, *_: object) -> None:
        raise XmlRefusedError("declares entities, which are not read, because they can be harmful")


def markup_form(root: Element) -> str:
    """What XML is that other tools write, such as ``a Pascal VOC annotation file``; empty where it lists classes."""
    tags = {child.tag for child in root.children}
    if root.tag == "annotation" and tags & {"object", "size", "filename"}:
        return "a Pascal VOC annotation file"
    if root.tag == "annotations" and (tags & {"meta", "image", "track"}):
        return "a CVAT annotation file"
    if _is_interface(root) or _is_cvat(root):
        return ""
    return "an SVG image" if root.tag == "svg" else f"an XML file of another kind (<{root.tag[:60]}>)"


def read_markup(text: str, gather: ClassGatherer) -> bool:
    """XML in one of the known forms."""
    if not is_markup(text):
        return False
    if is_page(text):
        gather.refuse("a web page")
        return True
    try:
        root = parse_xml(text)
    except XmlRefusedError as error:
        gather.refusal_line = error.line
        gather.refusal = f"This is XML that {error}. Fix it, or list the names."
        return True
    for name, recognizes, read in _FORMATS:
        if recognizes(root):
            gather.form = name
            read(root, gather)
            return True
    gather.refuse(markup_form(root))
    return True


def _is_interface(root: Element) -> bool:
    return any(each.tag.lower() in _LABEL_STUDIO for each in root.walk())


def _read_interface(root: Element, gather: ClassGatherer) -> None:
    tags = [each.tag.lower() for each in root.walk()]
    shapes = list(dict.fromkeys(_SHAPES[tag] for tag in tags if tag in _SHAPES))
    for control in root.walk():
        tag = control.tag.lower()
        if tag in _LABEL_STUDIO:
            type_ = _LABEL_STUDIO[tag] or (shapes[0] if len(shapes) == 1 else "")
            _read_labels(control, type_, gather)
        elif tag.endswith("labels") or tag in ("taxonomy", "rating", "textarea"):
            gather.problem(control.line, f"Left out: <{control.tag}>, which marks no place and no tag of an image.")


def _read_labels(control: Element, type_: str, gather: ClassGatherer) -> None:
    for label in control.walk():
        value = label.attributes.get("value", label.attributes.get("alias", ""))
        if label.tag.lower() in ("label", "choice"):
            gather.add_name(f"Line {label.line}", value, type_, label.attributes.get("background"), label.line)


def _is_cvat(root: Element) -> bool:
    return any(each.tag == "labels" and any(c.tag == "label" for c in each.children) for each in root.walk())


def _read_cvat(root: Element, gather: ClassGatherer) -> None:
    labels = next(each for each in root.walk() if each.tag == "labels")
    parts = [label.child_text("name") for label in labels.children if label.child_text("parent")]
    for label in labels.children:
        if label.tag == "label" and not label.child_text("parent"):
            name = label.child_text("name")
            type_ = gather.converted(label.child_text("type"), CVAT_TYPES, name)
            gather.add_name(f"Line {label.line}", name, type_, label.child_text("color"), label.line)
    if parts:
        gather.note(f"The points of skeletons are left out: {', '.join(parts[:5])}.")


def _read_voc(root: Element, gather: ClassGatherer) -> None:
    objects = [child for child in root.children if child.tag == "object"]
    gather.add_distinct([(each.child_text("name"), "bounding_box") for each in objects], "objects")


_FORMATS: tuple[tuple[str, Callable[[Element], bool], Callable[[Element, ClassGatherer], None]], ...] = (
    ("CVAT labels", _is_cvat, _read_cvat),
    (
        "Pascal VOC annotations",
        lambda root: root.tag == "annotation" and any(child.tag == "object" for child in root.children),
        _read_voc,
    ),
    ("Label Studio interface", _is_interface, _read_interface),
)
