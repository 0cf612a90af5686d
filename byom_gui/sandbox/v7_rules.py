"""What the V7 stand-in takes for a class or a model, and the words in which it refuses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from byom_gui.core.classes import KNOWN_TYPES, OPEN_TYPES

Errors = dict[str, list[str]]

BLANK = "can't be blank"
TAKEN = "has already been taken"
INVALID = "is invalid"

MAIN_TYPES = ("polygon", "bounding_box", "tag", "skeleton", "keypoint", "line", "ellipse", "mask", "cuboid")
SUB_TYPES = ("attributes", "text", "directional_vector", "instance_id")
_AUTH = ("basic_auth_username", "basic_auth_password", "auth_secret", "auth_secret_header")
_PAIRS = (("basic_auth_username", "basic_auth_password"), ("auth_secret_header", "auth_secret"))
_KEYS = ("name", "external_url", "classes", "team_id", *_AUTH)


def _named(name: Any, taken: Iterable[str]) -> list[str]:
    if not isinstance(name, str) or not name.strip():
        return [BLANK]
    return [TAKEN] if name in taken else []


def class_errors(body: Mapping[str, Any], taken: Iterable[str]) -> Errors:
    """Why an annotation class is refused, by field; empty where it is taken in."""
    types = body.get("annotation_types")
    errors = {"name": _named(body.get("name"), taken), "annotation_types": _types_errors(types)}
    metadata = body.get("metadata", {})
    errors["metadata"] = [] if isinstance(metadata, dict) else [INVALID]
    if isinstance(types, list) and "skeleton" in types and isinstance(metadata, dict):
        errors["metadata"] = [] if isinstance(metadata.get("skeleton"), dict) else ["needs a skeleton"]
    return {field: said for field, said in errors.items() if said}


def _types_errors(types: Any) -> list[str]:
    if not isinstance(types, list) or not types:
        return [BLANK]
    if any(kind not in (*MAIN_TYPES, *SUB_TYPES) for kind in types):
        return [INVALID]
    mains = sum(kind in MAIN_TYPES for kind in types)
    return [] if mains == 1 else ["needs exactly one main type"]


def annotation_class(body: Mapping[str, Any], number: int) -> dict[str, Any]:
    """The class as it is kept and listed."""
    metadata = {"_color": "auto", **body.get("metadata", {})}
    return {
        "id": number,
        "name": body["name"],
        "annotation_types": list(body["annotation_types"]),
        "datasets": [],
        "metadata": metadata,
    }


def model_errors(body: Mapping[str, Any], taken: Iterable[str]) -> Errors:
    """Why an external model is refused, by field; empty where it is registered."""
    errors: Errors = {
        "name": _named(body.get("name"), taken),
        "external_url": _url_errors(body.get("external_url")),
        "classes": _list_errors(body.get("classes")),
        "team_id": [] if type(body.get("team_id")) is int else [BLANK],
    }
    for key in _AUTH:
        errors[key] = [] if isinstance(body.get(key), str | None) else [INVALID]
    for first, second in _PAIRS:
        if bool(body.get(first)) != bool(body.get(second)):
            missing = second if body.get(first) else first
            errors[missing] = errors[missing] or [BLANK]
    errors |= {key: ["is not known"] for key in body if key not in _KEYS}
    return {field: said for field, said in errors.items() if said}


def _url_errors(url: Any) -> list[str]:
    if not isinstance(url, str) or not url:
        return [BLANK]
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        sound = False
    return [] if sound and not any(c.isspace() for c in url) else [INVALID]


def _list_errors(listed: Any) -> list[str]:
    if not isinstance(listed, list):
        return [BLANK]
    errors, names = list[str](), set[str]()
    for place, entry in enumerate(listed):
        if not isinstance(entry, dict) or set(entry) != {"name", "type"}:
            errors.append(f"[{place}] needs name and type, and nothing else")
        elif not isinstance(entry["name"], str) or not entry["name"].strip():
            errors.append(f"[{place}] name {BLANK}")
        elif entry["type"] not in (*KNOWN_TYPES, *OPEN_TYPES):
            errors.append(f"[{place}] type {INVALID}")
        elif entry["name"] in names:
            errors.append(f"[{place}] name {TAKEN}")
        else:
            names.add(entry["name"])
    return errors
