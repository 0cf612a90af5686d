"""Faults on classes: the list that is served, and the names that are returned."""

from __future__ import annotations

from byom_gui.sandbox.fault import Fault, listed_as, listed_too, renamed
from byom_gui.sandbox.loopback import Response, as_json

_PAGE = b"<!doctype html><title>404</title><p>The page was not found.</p>"

CLASSES: tuple[Fault, ...] = (
    Fault("classes.not-served", "has no classes address", classes_reply=lambda *_: as_json({"error": "no"}, 404)),
    Fault(
        "classes.not-served",
        "has a web page at the classes address",
        "page",
        classes_reply=lambda *_: Response(200, _PAGE, (), "text/html; charset=utf-8"),
    ),
    Fault("classes.form", "lists its classes as bare strings", classes=lambda listed: [c["name"] for c in listed]),
    Fault(
        "classes.form",
        "lists its classes as a map of numbers to names, as YOLO does",
        "map",
        classes=lambda listed: {str(at): c["name"] for at, c in enumerate(listed)},
    ),
    Fault("classes.form", "lists its classes inside a wrapper", "wrapper", classes=lambda listed: {"classes": listed}),
    Fault("classes.empty-list", "lists no class at all", classes=lambda _: []),
    Fault("classes.unknown-type", "lists a class of type bbox", classes=listed_as("mitosis", "bbox")),
    Fault("classes.unknown-type", "lists one more class, of type mask", "mask", classes=listed_too("membrane", "mask")),
    Fault("classes.empty-name", "lists a class without a name", classes=listed_too("", "tag")),
    Fault("classes.duplicate", "lists a class twice", classes=lambda listed: [*listed, listed[0]]),
    Fault("classes.unregistered", "returns a class that it does not list", classes=lambda listed: listed[1:]),
    Fault("classes.near-match", "returns Nucleus where nucleus is listed", answer=renamed("nucleus", "Nucleus")),
    Fault("classes.near-match", "returns “in focus” for in_focus", "space", answer=renamed("in_focus", "in focus")),
    Fault("classes.type-mismatch", "lists nucleus as a bounding box", classes=listed_as("nucleus", "bounding_box")),
    Fault("classes.background", "lists the background as a class", classes=listed_too("background", "polygon")),
    Fault("classes.background", "lists a class N/A", "na", classes=listed_too("N/A", "bounding_box")),
    Fault("classes.unseen", "lists a class that it never returns", classes=listed_too("centriole", "keypoint")),
)
