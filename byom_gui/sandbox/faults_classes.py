"""Faults on classes: the list that is served, and the names that are returned."""

from __future__ import annotations

from dataclasses import replace

from byom_gui.sandbox.fault import Fault, each, listed_as, listed_too, renamed
from byom_gui.sandbox.loopback import Response, as_json

_PAGE = b"<!doctype html><title>404</title><p>The page was not found.</p>"

CLASSES: tuple[Fault, ...] = (
    Fault("classes.not-served", "has no class list address", classes_reply=lambda *_: as_json({"error": "no"}, 404)),
    Fault(
        "classes.not-served",
        "returns a web page at the class list address",
        "page",
        classes_reply=lambda *_: Response(200, _PAGE, (), "text/html; charset=utf-8"),
    ),
    Fault("classes.form", "lists its classes as strings", classes=lambda listed: [c["name"] for c in listed]),
    Fault(
        "classes.form",
        "lists its classes as an object from numbers to names, as YOLO does",
        "map",
        classes=lambda listed: {str(at): c["name"] for at, c in enumerate(listed)},
    ),
    Fault("classes.form", "lists its classes inside an object", "wrapper", classes=lambda listed: {"classes": listed}),
    Fault("classes.empty-list", "lists no classes", classes=lambda _: []),
    Fault("classes.unknown-type", "lists a class of type bbox", classes=listed_as("mitosis", "bbox")),
    Fault(
        "classes.unknown-type", "lists an additional class of type mask", "mask", classes=listed_too("membrane", "mask")
    ),
    Fault("classes.empty-name", "lists a class without a name", classes=listed_too("", "tag")),
    Fault(
        "classes.control-character",
        "ends each name in a carriage return, in the list and in the responses",
        classes=lambda listed: [{**entry, "name": f"{entry['name']}\r"} for entry in listed],
        answer=each(lambda result, _: {**result, "name": f"{result['name']}\r", "label": f"{result['label']}\r"}),
    ),
    Fault(
        "classes.control-character",
        "has a zero-width space in the name of one class",
        "invisible",
        classes=listed_too("meta\u200bphase", "tag"),
    ),
    Fault(
        "classes.control-character",
        "lists half a character, which is not valid Unicode",
        "surrogate",
        classes_reply=lambda _, response: replace(
            response, body=response.body.replace(b"nucleus", b"nucleus \\ud83d", 1)
        ),
    ),
    Fault("classes.duplicate", "lists a class twice", classes=lambda listed: [*listed, listed[0]]),
    Fault("classes.unregistered", "returns a class that it does not list", classes=lambda listed: listed[1:]),
    Fault("classes.near-match", "returns Nucleus, but lists nucleus", answer=renamed("nucleus", "Nucleus")),
    Fault(
        "classes.near-match", "returns “in focus” instead of in_focus", "space", answer=renamed("in_focus", "in focus")
    ),
    Fault(
        "classes.near-match",
        "returns the letters of “débris” decomposed (NFD), but lists them composed (NFC)",
        "nfd",
        answer=renamed("debris", "de\u0301bris"),
        classes=lambda listed: [{**c, "name": "d\u00e9bris"} if c["name"] == "debris" else c for c in listed],
    ),
    Fault("classes.type-mismatch", "lists nucleus as a bounding box", classes=listed_as("nucleus", "bounding_box")),
    Fault("classes.background", "lists the background as a class", classes=listed_too("background", "polygon")),
    Fault("classes.background", "lists a class N/A", "na", classes=listed_too("N/A", "bounding_box")),
    Fault("classes.unseen", "lists a class that it never returns", classes=listed_too("centriole", "keypoint")),
)
