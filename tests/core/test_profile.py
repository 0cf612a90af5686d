"""The registration request: what is shown is what is sent, but for the secrets."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from typing import Any

import pytest

from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.endpoint import MASK, Auth, Endpoint, Origin, SecretRef, parse_address
from byom_gui.core.errors import AppError, InputError
from byom_gui.core.profile import FIELDS, ApiProfile, default_profile, edited, plan_request
from byom_gui.core.registering import TeamInfo
from byom_gui.core.registration import Registration

HOST = Origin("https", "darwin.v7labs.com", 443)
TEAM = TeamInfo(4182, "ac me", "Acme")
KEY = "abcdefg.0123456789abcdef0123456789abcdef"
FLAT = {"name": "name", "external_url": "external_url"}


BOTH = Auth("user", "X-Secret")


def registration(auth: Auth = BOTH, url: str = "https://models.acme.io/api/infer") -> Registration:
    listed = ClassList((ClassEntry("nücleus", "polygon", "#112233", {"note": 1}), ClassEntry("in_focus", "tag")))
    return Registration(" nuclei ", Endpoint(parse_address(url).address, auth), listed)


def lookup(ref: SecretRef) -> str | None:
    return {"basic": 'pass"wörd', "header": "sesame"}[ref.kind]


def test_the_default_is_said_to_be_an_assumption() -> None:
    profile = default_profile()
    assert (profile.method, profile.path, profile.confirmed) == ("POST", "/ai/external_models", False)
    assert dict(profile.fields) == {name: name for name in FIELDS}
    assert "Assumed" in profile.source
    assert ApiProfile.from_json(json.loads(json.dumps(profile.to_json()))) == profile
    assert hash(profile) == hash(default_profile())


def test_shown_and_sent_differ_in_the_secrets_alone() -> None:
    request = plan_request(default_profile(), registration(), TEAM, HOST)
    shown = request.masked()
    url, headers, body = request.filled(lookup, KEY)
    assert shown.url == url == "https://darwin.v7labs.com/ai/external_models"
    assert [(name, value.replace(KEY, MASK)) for name, value in headers] == list(shown.headers)
    sent = body.decode()
    for secret in (json.dumps(lookup(ref), ensure_ascii=False)[1:-1] for ref in request.secret_refs):
        assert secret in sent
        sent = sent.replace(secret, MASK)
    assert sent == shown.body
    assert shown.body_bytes == len(shown.body.encode())
    assert json.loads(body) == {
        "team_id": 4182,
        "name": "nuclei",
        "external_url": "https://models.acme.io/api",
        "basic_auth_username": "user",
        "basic_auth_password": 'pass"wörd',
        "auth_secret_header": "X-Secret",
        "auth_secret": "sesame",
        "classes": [{"name": "nücleus", "type": "polygon"}, {"name": "in_focus", "type": "tag"}],
    }


def test_no_view_of_the_request_holds_a_secret() -> None:
    request = plan_request(default_profile(), registration(), TEAM, HOST)
    request.filled(lookup, KEY)
    views = f"{request!r} {request.masked()!r}"
    assert not any(secret in views for secret in ("sesame", "wörd", KEY))
    assert request.masked().body.count(MASK) == 2


def test_curl_leaves_secrets_out_and_is_a_sound_command() -> None:
    words = shlex.split(plan_request(default_profile(), registration(), TEAM, HOST).masked().curl)
    assert words[:4] == ["curl", "-X", "POST", "https://darwin.v7labs.com/ai/external_models"]
    assert "Authorization: ApiKey <V7 API key>" in words
    body = json.loads(words[words.index("--data-raw") + 1])
    assert (body["basic_auth_password"], body["auth_secret"]) == ("<endpoint password>", "<endpoint secret>")


@pytest.mark.parametrize(
    ("auth", "keys"),
    [
        (Auth(), set()),
        (Auth("user"), {"basic_auth_username", "basic_auth_password"}),
        (Auth("", "X-S"), {"auth_secret_header", "auth_secret"}),
    ],
)
def test_what_is_not_set_is_not_sent(auth: Auth, keys: set[str]) -> None:
    plan = plan_request(default_profile(), registration(auth), TEAM, HOST)
    assert set(plan.body) == {"team_id", "name", "external_url", "classes"} | keys
    assert len(plan.secret_refs) == len(keys) // 2


def test_path_and_names_come_from_the_profile() -> None:
    fields = {"name": "model.name", "external_url": "model.auth.url", "auth_secret": "model.auth.key", "classes": ""}
    profile = ApiProfile("PUT", "/api/{team_id}/{team_slug}/models", fields)
    none = replace(registration(), classes=ClassList())
    request = plan_request(profile, none, TEAM, HOST)
    url, _, body = request.filled(lookup, KEY)
    assert url == "https://darwin.v7labs.com/api/4182/ac%20me/models"
    assert json.loads(body) == {
        "model": {"name": "nuclei", "auth": {"url": "https://models.acme.io/api", "key": "sesame"}}
    }
    assert request.masked().method == "PUT"


def test_an_empty_class_list_is_sent_as_one() -> None:
    none = replace(registration(), classes=ClassList())
    assert json.loads(plan_request(default_profile(), none, TEAM, HOST).masked().body)["classes"] == []


@pytest.mark.parametrize(
    ("missing", "words"),
    [("basic", "password of user “user” for https://models.acme.io"), ("header", "secret for the header “X-Secret”")],
)
def test_a_missing_secret_is_named(missing: str, words: str) -> None:
    request = plan_request(default_profile(), registration(), TEAM, HOST)
    with pytest.raises(InputError) as caught:
        request.filled(lambda ref: None if ref.kind == missing else "sesame", KEY)
    assert words in caught.value.sentence
    assert "sesame" not in caught.value.sentence


def test_without_a_key_nothing_is_filled_in() -> None:
    with pytest.raises(InputError, match="no V7 API key"):
        plan_request(default_profile(), registration(), TEAM, HOST).filled(lookup, " ")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (Registration("n"), "no model server yet"),
        (replace(registration(), name=" "), "no name yet"),
        (registration(url="https://h/predict"), "Register manually instead"),
        (registration(url="https://h/infer?model=v"), "Register manually instead"),
    ],
)
def test_what_can_not_be_registered_through_the_api_is_said(changed: Registration, words: str) -> None:
    with pytest.raises(InputError, match=words):
        plan_request(default_profile(), changed, TEAM, HOST)


@pytest.mark.parametrize(
    ("method", "path", "fields", "words"),
    [
        ("GET", "/x", FLAT, "one of POST, PUT, PATCH"),
        ("DELETE", "/x", FLAT, "one of POST, PUT, PATCH"),
        *(
            ("POST", path, FLAT, "must start with one /")
            for path in (
                "",
                "x",
                "https://evil.io/x",
                "//evil.io/x",
                "/x y",
                "/x?y=1",
                "/x#y",
                "/x\\y",
                "/../x",
                "/{host}",
            )
        ),
        ("POST", "/x\n", FLAT, "must start with one /"),
        ("POST", "/x", {"name": "name"}, "external_url needs a V7 key"),
        ("POST", "/x", FLAT | {"name": ""}, "name needs a V7 key"),
        ("POST", "/x", FLAT | {"colour": "c"}, "“colour” is not one of"),
        ("POST", "/x", {"name": "a", "external_url": "a"}, "the same V7 key"),
        ("POST", "/x", {"name": "a", "external_url": "a.b"}, "the same V7 key"),
        ("POST", "/x", {"name": "a.", "external_url": "b"}, "a dot"),
    ],
)
def test_a_profile_that_can_not_be_used_is_refused(method: str, path: str, fields: dict[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        ApiProfile(method, path, fields)


@pytest.mark.parametrize(
    "changes",
    [{"format": "byom-api-profile/2"}, {"fields": []}, {"path": 5}, {"fields": {"name": 5}}, {"method": "GET"}],
)
def test_a_profile_file_that_does_not_fit_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(AppError):
        ApiProfile.from_json(default_profile().to_json() | changes)


def test_editing_by_hand() -> None:
    profile = default_profile()
    assert edited(profile, " post ", " /ai/external_models ", dict(profile.fields)) is profile
    confirmed = replace(profile, confirmed=True)
    changed = edited(confirmed, "POST", "/ai/models", dict(profile.fields))
    assert (changed.path, changed.confirmed, changed.source) == ("/ai/models", False, "Edited by you.")
