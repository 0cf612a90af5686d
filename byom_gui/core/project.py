"""A project: all that a user would save. Never a secret. Its JSON form is ``byom-project/1`` (``docs/files.md``)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal
from urllib.parse import unquote_plus

from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.endpoint import check_proxy
from byom_gui.core.errors import FileError, InputError
from byom_gui.core.image import ImageRef, address_name
from byom_gui.core.registration import (
    Registration,
    check_format,
    check_schema,
    class_to_json,
    refuse_secrets,
    registration_from_json,
    registration_to_json,
    unknown,
)
from byom_gui.core.secret_names import is_secret_name

FORMAT = "byom-project/1"
SUFFIX = ".byom.json"

_KEYS = ("format", "registration", "images", "settings", "registered")
_IMAGE_KEYS = ("id", "kind", "place", "name")
_REGISTERED_KEYS = ("team", "host", "when", "name", "model_url", "classes")
_QUERY_VALUE = re.compile(r"(?<=[?&])([^=&#]*)=[^&#]*")
_USER_INFO = re.compile(r"(?<=://)[^/?#]*@")


@dataclass(frozen=True, slots=True)
class Settings:
    """How to call the server and how to show its answers. Times are seconds.

    ``proxy`` is an address without user or password, empty for none; it is bypassed for loopback.
    ``confidence`` hides predictions below it, 0 to 1. ``budget_ms`` of 0 means none given.
    ``override_reason``: why a blocking finding was overridden; empty where none was.
    """

    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    concurrency: int = 2
    way: str = "base64"
    ca_file: str = ""
    insecure: bool = False
    proxy: str = ""
    confidence: float = 0.0
    budget_ms: float = 0.0
    keep_answers: bool = True
    image_host_interface: str = "127.0.0.1"
    override_reason: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Registered:
    """That a model was registered: with which team, on which host, when (ISO 8601, UTC), with which classes."""

    team: str
    host: str
    when: str
    name: str = ""
    classes: tuple[ClassEntry, ...] = ()
    model_url: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Project:
    """Registration, images, settings and what was registered before, oldest first.

    ``extra`` keeps unknown keys of a read file; in it, what stands under ``images`` are the unknown keys of single
    images, by their id.
    """

    registration: Registration = Registration()
    images: tuple[ImageRef, ...] = ()
    settings: Settings = Settings()
    extra: Mapping[str, Any] = field(default_factory=dict)
    registered: tuple[Registered, ...] = ()


def last_registered(project: Project, team: str, host: str = "") -> Registered | None:
    """The newest registration with the team (its slug) on that host (any, where empty)."""
    fitting = (item for item in reversed(project.registered) if item.team == team and host in ("", item.host))
    return next(fitting, None)


def new_since(classes: ClassList, last: Registered | None) -> tuple[ClassEntry, ...]:
    """The classes that ``last`` did not have, or had with another type; none where there was no registration."""
    if last is None:
        return ()
    before = {(entry.name, entry.type) for entry in last.classes}
    return tuple(entry for entry in classes if (entry.name, entry.type) not in before)


def project_to_json(project: Project) -> dict[str, Any]:
    """The JSON form, known keys first. No secret is in it."""
    extra = dict(project.extra)
    of_images = extra.pop("images", {})
    images = [_image_to_json(image) | of_images.get(image.id, {}) for image in project.images]
    registered = [_registered_to_json(item) for item in project.registered]
    return {
        "format": FORMAT,
        "registration": registration_to_json(project.registration),
        "images": images,
        "settings": _settings_to_json(project.settings),
        **({"registered": registered} if registered else {}),
        **extra,
    }


def _image_to_json(image: ImageRef) -> dict[str, Any]:
    where = public_address(image.place) if image.kind == "url" else image.place
    return {"id": image.id, "kind": image.kind, "place": where, "name": image.name}


def public_address(text: str) -> str:
    """An image's address for a file: without user and password, signatures and keys in its query left empty."""
    return _QUERY_VALUE.sub(
        lambda match: f"{match[1]}=" if is_secret_name(unquote_plus(match[1])) else match[0], _USER_INFO.sub("", text)
    )


def _settings_to_json(settings: Settings) -> dict[str, Any]:
    values = {item.name: getattr(settings, item.name) for item in fields(Settings) if item.name != "extra"}
    return values | {"proxy": _USER_INFO.sub("", settings.proxy)} | dict(settings.extra)


def _registered_to_json(item: Registered) -> dict[str, Any]:
    known = {key: getattr(item, key) for key in _REGISTERED_KEYS}
    return known | {"classes": [class_to_json(entry) for entry in item.classes]} | dict(item.extra)


def project_from_json(data: object) -> Project:
    """The project that ``data`` (parsed JSON) holds; ``place`` of an image stays as it is written.

    Raises:
        FileError: with the place and what to do; see ``registration_from_json``.
    """
    check_format(data, FORMAT)
    refuse_secrets(data)
    values = check_schema(data, "project")
    images, of_images = _images(values.get("images", ()))
    extra = unknown(values, _KEYS) | ({"images": of_images} if of_images else {})
    return Project(
        registration_from_json(values["registration"], "registration"),
        images,
        _settings(values.get("settings", {})),
        extra,
        tuple(_registered(item) for item in values.get("registered", ())),
    )


def _settings(values: Mapping[str, Any]) -> Settings:
    names = [item.name for item in fields(Settings) if item.name != "extra"]
    if "@" in values.get("proxy", ""):
        sentence = "settings.proxy contains a user or password. Keep only the address."
        raise FileError(sentence, where="settings.proxy")
    if values.get("proxy"):
        try:
            check_proxy(values["proxy"])
        except InputError as error:
            raise FileError(f"settings.proxy: {error.sentence}", where="settings.proxy") from None
    known = {name: values[name] for name in names if name in values}
    return replace(Settings(**known), extra=unknown(values, names))


def _registered(item: Mapping[str, Any]) -> Registered:
    known = {key: item[key] for key in _REGISTERED_KEYS if key in item and key != "classes"}
    classes = tuple(ClassEntry(entry["name"], entry["type"]) for entry in item.get("classes", ()))
    return Registered(**({"host": ""} | known), classes=classes, extra=unknown(item, _REGISTERED_KEYS))


def _images(items: Iterable[Mapping[str, Any] | str]) -> tuple[tuple[ImageRef, ...], dict[str, Any]]:
    """Images, and the unknown keys of each by its id. An id that is missing or stands twice is made anew."""
    images: dict[str, ImageRef] = {}
    of_images: dict[str, Any] = {}
    repeated: dict[str, int] = {}
    for number, item in enumerate(items, 1):
        values: Mapping[str, Any] = {"place": item} if isinstance(item, str) else item
        id_ = values.get("id") or f"image-{number}"
        first = id_
        while id_ in images:
            # Counted on from the last one: from the start again, thousands of one id would take minutes.
            repeated[first] = repeated.get(first, 1) + 1
            id_ = f"{first}-{repeated[first]}"
        images[id_] = _image(id_, values)
        if more := unknown(values, _IMAGE_KEYS):
            of_images[id_] = more
    return tuple(images.values()), of_images


def _image(id_: str, values: Mapping[str, Any]) -> ImageRef:
    where: str = values["place"]
    kind: Literal["file", "url", "pasted"] = values.get("kind") or (
        "url" if where.startswith(("http://", "https://")) else "file"
    )
    name = values.get("name") or (address_name(where) if kind == "url" else re.split(r"[/\\]", where)[-1] or where)
    return ImageRef(id_, kind, where, name)
