"""A registration: what is sent to V7 to register a model. Its JSON form is ``byom-registration/1``; it holds no secret.

The form is described in ``docs/files.md``. Reading is strict: a file that does not fit, that holds a secret or that
a newer version wrote is refused with the place and what to do. Unknown keys survive.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from byom_gui import __version__
from byom_gui.core.class_names import visible
from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.endpoint import Address, Auth, Endpoint, parse_address
from byom_gui.core.errors import FileError, InputError

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator, ValidationError

FORMAT = "byom-registration/1"

_KEYS = ("format", "name", "external_url", "infer_url", "classes_url", "auth", "classes", "created", "tool")
_SECRET_ENDS = ("password", "passwd", "passphrase", "secret", "token", "apikey", "authorization", "privatekey", "v7key")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_KINDS = {
    "string": "a string",
    "object": "an object",
    "array": "an array",
    "number": "a number",
    "integer": "an integer",
}
_KINDS |= {"boolean": "a boolean", "null": "null"}


@dataclass(frozen=True, slots=True)
class Registration:
    """Name, endpoint and classes. ``extra`` keeps unknown keys of a read file, so that they survive.

    ``created`` is an ISO 8601 time in UTC, ``tool`` names the program that wrote it. In ``extra``, what stands under
    ``auth`` are the unknown keys of the file's ``auth``.
    """

    name: str = ""
    endpoint: Endpoint | None = None
    classes: ClassList = ClassList()
    created: str = ""
    tool: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


def stamped(registration: Registration, now: datetime) -> Registration:
    """With ``created`` (to the second, UTC) and ``tool`` as an export has them."""
    created = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return replace(registration, created=created, tool=f"byom-gui {__version__}")


def registration_to_json(registration: Registration) -> dict[str, Any]:
    """The JSON form, known keys first. Secret query values are never in it."""
    endpoint = registration.endpoint
    auth: dict[str, Any] = {}
    if endpoint and endpoint.auth.basic_user:
        auth["basic_user"] = endpoint.auth.basic_user
    if endpoint and endpoint.auth.secret_header:
        auth["secret_header"] = endpoint.auth.secret_header
    extra = dict(registration.extra)
    return {
        "format": FORMAT,
        "name": registration.name,
        "external_url": endpoint.external_url if endpoint else None,
        "infer_url": endpoint.infer.stored if endpoint else None,
        "classes_url": endpoint.classes_guess.stored if endpoint else None,
        "auth": auth | extra.pop("auth", {}),
        "classes": [class_to_json(entry) for entry in registration.classes],
        "created": registration.created,
        "tool": registration.tool,
        **extra,
    }


def class_to_json(entry: ClassEntry) -> dict[str, Any]:
    """One class as a file has it. Raises FileError for a name that no file can hold."""
    if any("\ud800" <= character <= "\udfff" for character in entry.name + entry.type):
        what = (
            f"The class “{visible(entry.name)}” is not valid Unicode: it contains half a character (a lone surrogate)"
        )
        raise FileError(f"{what}. Rename the class, then save again.", where="classes")
    color = {"color": entry.color} if entry.color else {}
    return {"name": entry.name, "type": entry.type, **color, **entry.extra}


def registration_from_json(data: object, where: str = "") -> Registration:
    """The registration that ``data`` (parsed JSON) holds.

    Args:
        data: the whole of a registration file, or what stands under ``registration`` in a project.
        where: JSON path of ``data`` in its file, for the errors.

    Raises:
        FileError: with the place and what to do; for another or newer format, a wrong shape, an address that cannot
            be used, a secret.
    """
    if not where:
        check_format(data, FORMAT)
    refuse_secrets(data, where)
    values = check_schema(data, "registration", where)
    auth = values.get("auth", {})
    extra = unknown(values, _KEYS)
    if more := unknown(auth, ("basic_user", "secret_header")):
        extra["auth"] = more
    classes = ClassList(tuple(_class_from_json(item) for item in values.get("classes", ())))
    endpoint = _endpoint(values, Auth(auth.get("basic_user", ""), auth.get("secret_header", "")), where)
    name, created, tool = (values.get(key, "") for key in ("name", "created", "tool"))
    return Registration(name, endpoint, classes, created, tool, extra)


def _class_from_json(item: Mapping[str, Any]) -> ClassEntry:
    color = item.get("color")
    extra = unknown(item, ("name", "type", "color"))
    return ClassEntry(item["name"], item["type"], color.upper() if color else None, extra)


def _endpoint(values: Mapping[str, Any], auth: Auth, where: str) -> Endpoint | None:
    _check_auth(auth, where)
    external = values.get("external_url")
    infer_url = values.get("infer_url") or (f"{external.rstrip('/')}/infer" if external else None)
    if not infer_url:
        if auth != Auth():
            raise _wrong("auth", where, "has no address", "Add infer_url, or remove auth")
        return None
    infer = address_at(infer_url, place("infer_url", where))
    classes_url = values.get("classes_url")
    classes = address_at(classes_url, place("classes_url", where)) if classes_url else None
    endpoint = Endpoint(infer, auth, None if classes == infer.sibling("classes") else classes)
    if external and external.rstrip("/") != endpoint.external_url:
        fix = f"Set it to “{endpoint.external_url}”" if endpoint.external_url else "Set it to null"
        raise _wrong("external_url", where, "does not match infer_url and classes_url", fix)
    return endpoint


def _check_auth(auth: Auth, where: str) -> None:
    if ":" in auth.basic_user:
        raise _wrong("auth.basic_user", where, "contains a colon, and perhaps a password", "Keep only the user name")
    if auth.secret_header and not _HEADER.fullmatch(auth.secret_header):
        raise _wrong("auth.secret_header", where, "is not a header name", "Keep only the name, without its value")


def address_at(text: str, where: str) -> Address:
    """The address at ``where`` in a file. Raises FileError, also for a secret in its query."""
    try:
        parsed = parse_address(text)
    except InputError as error:
        raise FileError(f"{where} cannot be used. {error.sentence}", where=where) from None
    if any(value for _, value in parsed.query_values):
        sentence = f"{where} contains a secret in its query. Leave it empty (?name=) and enter it again."
        raise FileError(sentence, where=where)
    return parsed.address


def _wrong(key: str, where: str, what: str, todo: str) -> FileError:
    path = place(key, where)
    return FileError(f"{path} {what}. {todo}.", where=path)


def place(key: str, where: str) -> str:
    """The JSON path of ``key`` below ``where``."""
    return f"{where}.{key}" if where else key


def unknown(values: Mapping[str, Any], known: Sequence[str]) -> dict[str, Any]:
    """The keys that this version does not know, so that they can be written back."""
    return {key: value for key, value in values.items() if key not in known}


def check_format(data: object, expected: str) -> None:
    """Raises FileError if ``data`` is not an object of the format ``expected``, or is a newer version of it."""
    kind, version = expected.split("/")
    found = data.get("format") if isinstance(data, dict) else None
    if found == expected:
        return
    number = found.removeprefix(f"{kind}/") if isinstance(found, str) and found.startswith(f"{kind}/") else ""
    if number.isdecimal() and int(number) > int(version):
        what = f"A newer byom-gui wrote this file (format {number[:9]}; this one reads {version}). Update byom-gui."
        raise FileError(what, where="format")
    raise FileError(
        f'This is not a {kind} file: its "format" is not "{expected}". Open a different file.', where="format"
    )


def refuse_secrets(data: object, where: str = "") -> None:
    """Raises FileError if a key that looks like a secret (``auth_secret``, ``api_key``) has a value."""
    todo: list[tuple[str, object]] = [(where, data)]
    while todo:
        path, value = todo.pop()
        if isinstance(value, list):
            todo.extend((f"{path}[{at}]", item) for at, item in enumerate(value))
        if isinstance(value, dict):
            for key, item in value.items():
                if isinstance(item, str) and item.strip("•* ") and _is_secret_name(key):
                    raise _wrong(key, path, "looks like a secret, which files must not contain", "Remove it")
                todo.append((place(key, path), item))


def _is_secret_name(key: str) -> bool:
    return "".join(c for c in key.casefold() if c.isalnum()).endswith(_SECRET_ENDS)


@cache
def _validator(name: str) -> Draft202012Validator:
    import jsonschema_rs  # 50 ms, and only where a file is read

    text = resources.files("byom_gui.core").joinpath("schemas", f"{name}.schema.json").read_text(encoding="utf-8")
    return jsonschema_rs.Draft202012Validator(json.loads(text))


def check_schema(data: object, name: str, where: str = "") -> dict[str, Any]:
    """``data`` as an object that fits ``schemas/NAME.schema.json``. Raises FileError for the first misfit."""
    validator = _validator(name)
    if not validator.is_valid(data):
        first = min(validator.iter_errors(data), key=lambda error: len(error.instance_path))
        raise _misfit(first, where)
    assert isinstance(data, dict)
    return data


def _misfit(error: ValidationError, where: str) -> FileError:
    path = where
    for step in error.instance_path:
        path = f"{path}[{step}]" if isinstance(step, int) else place(str(step), path)
    rule, facts = error.kind.name, error.kind.as_dict()
    if rule == "required":
        path = place(str(facts["property"]), path)
        return FileError(f"{path} is missing. Add it.", where=path)
    return FileError(f"{path or 'The file'} {_RULES[rule](facts)}.", where=path)


_RULES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "type": lambda facts: "must be " + " or ".join(sorted(_KINDS[kind] for kind in facts["types"])),
    "minimum": lambda facts: f"must be at least {facts['limit']:g}",
    "exclusiveMinimum": lambda facts: f"must be more than {facts['limit']:g}",
    "maximum": lambda facts: f"must be at most {facts['limit']:g}",
    "enum": lambda facts: f"must be one of {', '.join(str(option) for option in facts['options'])}",
    "pattern": lambda _: "must be a color like #60C1AB",
}
"""A text for each rule that the file schemas use; a color's is the only pattern."""
