"""Every fault that the built-in model server can simulate, by the id of the finding that it should cause.

To add one, put a ``Fault`` into the module of its family: each hook that it sets replaces one step of a sound answer.
An id of the catalogue has a fault, or stands in ``NOT_OF_A_SERVER``; a test holds that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from byom_gui.core.errors import InputError
from byom_gui.sandbox.fault import Fault, together
from byom_gui.sandbox.faults_answer import ANSWERS
from byom_gui.sandbox.faults_classes import CLASSES
from byom_gui.sandbox.faults_forms import FORMS, WRAPPED
from byom_gui.sandbox.faults_inputs import INPUTS
from byom_gui.sandbox.faults_places import PLACES, YOLO
from byom_gui.sandbox.faults_wire import WIRE
from byom_gui.sandbox.sound import SOUND_KINDS

_MOST = 1_000_000

FAULTS: Mapping[str, Fault] = {
    fault.name: fault for fault in (*WIRE, *ANSWERS, *FORMS, *WRAPPED, *PLACES, *CLASSES, *INPUTS, *SOUND_KINDS)
}
"""Each fault by its name: the finding's id, or the id and a variant. Those named ``sound:`` are none."""

NOT_OF_A_SERVER: Mapping[str, str] = {
    "net.url-invalid": "The address itself is wrong: enter one without http://.",
    "net.dns": "The host name is wrong: use one that does not exist, such as model.invalid.",
    "net.refused": "No server is running: stop this one, and check its address.",
    "net.timeout-connect": "The machine is off: a running server accepts every connection.",
    "net.proxy": "The proxy fails: pass --proxy an address at which nothing listens.",
    "net.private-address": "Any server on this machine causes it, including the correct one.",
    "net.plain-http": "Any server without TLS causes it, including the correct one.",
}
"""The ids that no fault causes, and how to see them anyway."""

WORDS: Mapping[str, str] = {
    "wrong-case": "classes.near-match",
    "status-failed": "status.failed",
    "http-500": "http.server-error",
    "html": "http.html",
    "json-single-quotes": "json.python-literal",
    "nan": "json.not-finite",
    "normalised": "units.normalised",
    "missing-confidence": "schema.missing",
    "two-shapes": "schema.two-shapes",
    "polygon-paths": "schema.polygon-paths",
    "attributes-object": "schema.attributes-object",
    "classes-strings": "classes.form",
    "unknown-type": "classes.unknown-type",
    "slow-first": "sound:slow-first",
    "letterbox": "units.model-size:letterbox",
    **{fault.variant: fault.name for fault in FORMS if fault.variant != "yolo"},
}
"""Plainer words for some of them. ``yolo`` is a word too: normalised centre boxes, two causes at once."""


def find_fault(name: str) -> Fault:
    """The fault by its name or plainer word; an id whose faults all are variants gives the first.

    Several joined by ``+`` are one server with all of them. ``@30`` after a name lets the fault begin after 30
    requests; of several, the earliest counts. Raises InputError, with the names there are.
    """
    return together(*(_one(part.strip()) for part in name.split("+")))


def _one(name: str) -> Fault:
    name, later, count = name.partition("@")
    if later:
        if not (count.isascii() and count.isdigit() and 1 <= int(count) <= _MOST):
            raise InputError(f"{name}@{count}: give a number from 1 to {_MOST} after the @.", where="fault")
        return replace(_one(name), after=int(count))
    if name == "yolo":
        return YOLO
    name = WORDS.get(name, name)
    found = FAULTS.get(name) or next((fault for fault in FAULTS.values() if fault.id == name), None)
    if found is None:
        raise InputError(f"There is no fault named {name}. Available: {', '.join(FAULTS)}.", where="fault")
    return found


def words_of(fault: Fault) -> tuple[str, ...]:
    """The plainer words for a fault."""
    return tuple(word for word, name in WORDS.items() if name == fault.name)
