"""Registration JSON: what is promised is written, what is read is checked, nothing is lost, no secret is held."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byom_gui import __version__
from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.endpoint import Address, Auth, Endpoint, Origin, parse_address
from byom_gui.core.errors import FileError
from byom_gui.core.registration import FORMAT, Registration, registration_from_json, registration_to_json, stamped
from byom_gui.core.secret_names import is_secret_name

SOUND: dict[str, Any] = {
    "format": FORMAT,
    "name": "nuclei",
    "external_url": "https://models.acme.io/api",
    "infer_url": "https://models.acme.io/api/infer",
    "classes_url": "https://models.acme.io/api/classes",
    "auth": {"basic_user": "u", "secret_header": "X-Secret"},
    "classes": [{"name": "nucleus", "type": "polygon", "color": "#60C1AB"}, {"name": "in_focus", "type": "tag"}],
    "created": "2026-11-23T17:42:00Z",
    "tool": "byom-gui 0.1.0",
}

NAMES = st.text(max_size=12)
PLAIN = st.text("abcdefghij_", min_size=1, max_size=8)
UNKNOWN = st.dictionaries(
    PLAIN.map(lambda key: f"x_{key}_x"),
    st.recursive(
        st.none() | st.booleans() | st.integers() | NAMES, lambda inner: st.lists(inner, max_size=3), max_leaves=4
    ),
    max_size=2,
)
ENTRIES = st.builds(ClassEntry, NAMES, NAMES, st.none() | st.just("#60C1AB"), UNKNOWN)
ADDRESSES = st.builds(
    Address,
    st.builds(
        Origin, st.sampled_from(["http", "https"]), st.sampled_from(["h", "localhost", "::1"]), st.integers(1, 65535)
    ),
    st.sampled_from(["/", "/api/infer", "/infer", "/api/predict", "/a%20b"]),
    st.dictionaries(NAMES.filter(bool), st.none() | NAMES, max_size=3).map(
        lambda query: tuple((name, None if is_secret_name(name) else value) for name, value in query.items())
    ),
)


def _endpoint(infer: Address, auth: Auth, classes: Address | None) -> Endpoint:
    return Endpoint(infer, auth, None if classes == infer.sibling("classes") else classes)


ENDPOINTS = st.builds(
    _endpoint, ADDRESSES, st.builds(Auth, PLAIN | st.just(""), PLAIN | st.just("")), st.none() | ADDRESSES
)
REGISTRATIONS = st.builds(
    Registration,
    NAMES,
    st.none() | ENDPOINTS,
    st.lists(ENTRIES, max_size=3).map(lambda entries: ClassList(tuple(entries))),
    NAMES,
    NAMES,
    st.builds(lambda top, auth: top | ({"auth": auth} if auth else {}), UNKNOWN, UNKNOWN),
)


@given(REGISTRATIONS)
def test_writing_and_reading_gives_the_same(registration: Registration) -> None:
    text = json.dumps(registration_to_json(registration))
    assert registration_from_json(json.loads(text)) == registration


def test_the_promised_form() -> None:
    written = registration_to_json(registration_from_json(SOUND))
    assert written == SOUND
    assert list(written) == list(SOUND)


def test_unknown_keys_survive_everywhere() -> None:
    data = SOUND | {
        "check": {"format": "byom-check/1", "findings": [{"id": "x"}]},
        "auth": SOUND["auth"] | {"hint": {"deep": [1]}},
        "classes": [{"name": "a", "type": "tag", "note": "kept"}],
    }
    assert registration_to_json(registration_from_json(data)) == data


def test_what_is_missing_is_empty() -> None:
    assert registration_from_json({"format": FORMAT}) == Registration()
    none = registration_to_json(Registration())
    assert (none["external_url"], none["infer_url"], none["classes_url"], none["auth"]) == (None, None, None, {})


def test_an_external_url_alone_gives_the_inference_beside_its_classes() -> None:
    read = registration_from_json({"format": FORMAT, "external_url": "https://h/api/"})
    assert read.endpoint == Endpoint(parse_address("https://h/api/infer").address)


def test_external_url_is_null_where_only_registering_by_hand_fits() -> None:
    endpoint = Endpoint(parse_address("https://h/predict?api_key=sesame&model=yolo").address)
    written = registration_to_json(Registration(endpoint=endpoint))
    assert written["external_url"] is None
    assert written["infer_url"] == "https://h/predict?api_key=&model=yolo"
    assert "sesame" not in json.dumps(written)
    assert registration_from_json(written).endpoint == endpoint


def test_a_file_of_an_older_version_keeps_its_query_values_in_the_keyring() -> None:
    read = registration_from_json({"format": FORMAT, "infer_url": "https://h/infer?version=&api_key="})
    assert read.endpoint is not None
    assert read.endpoint.infer.secret_names == ("version", "api_key")
    assert registration_to_json(read)["infer_url"] == "https://h/infer?version=&api_key="


def wrong(**changes: Any) -> dict[str, Any]:
    return SOUND | changes


@pytest.mark.parametrize(
    ("data", "where", "words"),
    [
        ([], "format", "not a byom-registration file"),
        ({}, "format", "not a byom-registration file"),
        ({"format": 3}, "format", "not a byom-registration file"),
        (wrong(format="byom-project/1"), "format", "not a byom-registration file"),
        (wrong(format="byom-registration/x"), "format", "not a byom-registration file"),
        (wrong(format="byom-registration/0"), "format", "not a byom-registration file"),
        (wrong(format="byom-registration/2"), "format", "newer byom-gui wrote this file (format 2; this one reads 1)"),
        (wrong(name=5), "name", "name must be a string"),
        (wrong(infer_url=5), "infer_url", "must be a string or null"),
        (wrong(auth=[]), "auth", "auth must be an object"),
        (wrong(auth={"basic_user": 1}), "auth.basic_user", "must be a string"),
        (wrong(classes={}), "classes", "classes must be an array"),
        (wrong(classes=[{"name": "a", "type": "tag"}, {"name": "b"}]), "classes[1].type", "classes[1].type is missing"),
        (wrong(classes=[{"name": 5, "type": "tag"}]), "classes[0].name", "must be a string"),
        (wrong(classes=[{"name": "a", "type": "tag", "color": "red"}]), "classes[0].color", "a color like #60C1AB"),
        (wrong(infer_url="models.acme.io"), "infer_url", "no scheme"),
        (wrong(infer_url="https://u:sesame@h/infer"), "infer_url", "user or password"),
        (wrong(classes_url="https://h/?key=sesame"), "classes_url", "contains a secret in its query"),
        (wrong(external_url="https://other/api"), "external_url", "Set it to “https://models.acme.io/api”"),
        (wrong(infer_url="https://models.acme.io/api/predict"), "external_url", "Set it to null"),
        (wrong(auth={"basic_user": "u:sesame"}), "auth.basic_user", "contains a colon"),
        (wrong(auth={"secret_header": "X-Secret: sesame"}), "auth.secret_header", "is not a header name"),
        (wrong(auth={"auth_secret": "sesame"}), "auth.auth_secret", "looks like a secret"),
        (wrong(basic_auth_password="sesame"), "basic_auth_password", "looks like a secret"),
        (wrong(note=[{"V7-API-Key": "sesame"}]), "note[0].V7-API-Key", "looks like a secret"),
        ({"format": FORMAT, "auth": {"basic_user": "u"}}, "auth", "has no address"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_the_place(data: object, where: str, words: str) -> None:
    with pytest.raises(FileError) as caught:
        registration_from_json(data)
    assert caught.value.where == where
    assert words in caught.value.sentence
    assert "sesame" not in f"{caught.value!r} {caught.value.detail} {caught.value.where}"


def test_a_place_inside_a_project_is_named_whole() -> None:
    with pytest.raises(FileError) as caught:
        registration_from_json({"name": 5}, "registration")
    assert caught.value.where == "registration.name"


@pytest.mark.parametrize("value", ["", "••••••••", "****", None, True])
def test_a_masked_or_empty_secret_is_none(value: object) -> None:
    data = wrong(auth_secret=value)
    assert registration_to_json(registration_from_json(data)) == data


def test_an_export_is_stamped_in_utc() -> None:
    now = datetime(2026, 11, 23, 19, 42, 7, 999, timezone(timedelta(hours=2)))
    made = stamped(Registration("n"), now)
    assert made == Registration("n", created="2026-11-23T17:42:07Z", tool=f"byom-gui {__version__}")
    assert datetime.fromisoformat(made.created) == datetime(2026, 11, 23, 17, 42, 7, tzinfo=UTC)


def test_half_a_character_is_never_written() -> None:
    for entry in (ClassEntry("mast\ud83d", "tag"), ClassEntry("mast", "ta\udc00g")):
        with pytest.raises(FileError, match="not valid Unicode"):
            registration_to_json(Registration("m", None, ClassList((entry,))))
    assert registration_to_json(Registration("m", None, ClassList((ClassEntry("mast 😀", "tag"),))))["classes"]
