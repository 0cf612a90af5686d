"""Project JSON: all that a user would save comes back, and no secret is in it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.errors import FileError
from byom_gui.core.image import ImageRef
from byom_gui.core.project import (
    FORMAT,
    Project,
    Registered,
    Settings,
    last_registered,
    new_since,
    project_from_json,
    project_to_json,
    public_address,
)
from byom_gui.core.registration import FORMAT as REGISTRATION_FORMAT
from byom_gui.core.registration import Registration
from tests.core.test_registration import NAMES, REGISTRATIONS, UNKNOWN

SOUND: dict[str, Any] = {"format": FORMAT, "registration": {"format": REGISTRATION_FORMAT, "name": "n"}}
MEASURES = st.floats(0.1, 3600)

IMAGES = st.lists(
    st.builds(ImageRef, NAMES.filter(bool), st.sampled_from(["file", "pasted"]), NAMES, NAMES.filter(bool)),
    max_size=3,
    unique_by=lambda image: image.id,
).map(tuple)
SETTINGS = st.builds(
    Settings,
    connect_timeout=MEASURES,
    read_timeout=MEASURES,
    concurrency=st.integers(1, 64),
    way=st.sampled_from(["base64", "url"]),
    ca_file=NAMES,
    insecure=st.booleans(),
    proxy=st.sampled_from(["", "http://proxy:3128"]),
    confidence=st.floats(0, 1),
    budget_ms=st.floats(0, 1e6),
    keep_answers=st.booleans(),
    image_host_interface=NAMES,
    override_reason=NAMES,
    extra=UNKNOWN,
)
REGISTERED = st.builds(
    Registered,
    NAMES,
    NAMES,
    NAMES,
    NAMES,
    st.lists(st.builds(ClassEntry, NAMES, NAMES), max_size=2).map(tuple),
    NAMES,
    UNKNOWN,
)
PROJECTS = st.builds(Project, REGISTRATIONS, IMAGES, SETTINGS, UNKNOWN, st.lists(REGISTERED, max_size=2).map(tuple))


@given(PROJECTS)
def test_writing_and_reading_gives_the_same(project: Project) -> None:
    text = json.dumps(project_to_json(project))
    assert project_from_json(json.loads(text)) == project


def test_unknown_keys_survive_everywhere() -> None:
    data = project_to_json(Project()) | {
        "images": [{"id": "a", "kind": "file", "place": "/a.png", "name": "a.png", "rating": 5}],
        "registered": [{"team": "t", "host": "", "when": "w", "name": "", "model_url": "", "classes": [], "by": "me"}],
        "window": {"split": [1, 2]},
    }
    data["settings"]["zoom"] = 2
    data["registration"]["classes"] = [{"name": "a", "type": "tag", "note": "kept"}]
    assert project_to_json(project_from_json(data)) == data


def test_the_keys_of_an_image_that_is_gone_go_with_it() -> None:
    read = project_from_json(SOUND | {"images": [{"id": "a", "place": "/a.png", "rating": 5}]})
    without = Project(read.registration, (), read.settings, read.extra)
    assert "rating" not in json.dumps(project_to_json(without))


def test_images_may_be_written_by_hand() -> None:
    items = ["pics/a.png", "https://h/b.png?w=2", {"place": "C:\\pics\\c.png"}, {"id": "image-1", "place": "d.png"}, ""]
    images = project_from_json(SOUND | {"images": items}).images
    assert [(image.kind, image.name) for image in images] == [
        ("file", "a.png"),
        ("url", "b.png"),
        ("file", "c.png"),
        ("file", "d.png"),
        ("file", ""),
    ]
    assert len({image.id for image in images}) == len(images)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("https://h/a.png?w=2", "https://h/a.png?w=2"),
        ("https://u:sesame@h/a.png", "https://h/a.png"),
        ("https://h/a?X-Amz-Signature=sesame&w=2&sig=sesame#x", "https://h/a?X-Amz-Signature=&w=2&sig=#x"),
        ("https://h/a?access_token=sesame&AWSAccessKeyId=sesame", "https://h/a?access_token=&AWSAccessKeyId="),
    ],
)
def test_signatures_in_image_addresses_are_left_empty(text: str, written: str) -> None:
    assert public_address(text) == written
    project = Project(images=(ImageRef("a", "url", text, "a"),))
    assert "sesame" not in json.dumps(project_to_json(project))


def test_a_proxys_password_is_not_written() -> None:
    written = project_to_json(Project(settings=Settings(proxy="http://u:sesame@proxy:3128")))
    assert written["settings"]["proxy"] == "http://proxy:3128"


@pytest.mark.parametrize(
    ("changes", "where", "words"),
    [
        ({"format": REGISTRATION_FORMAT}, "format", "not a byom-project file"),
        ({"format": "byom-project/7"}, "format", "newer byom-gui"),
        ({"registration": 5}, "registration", "must be an object"),
        ({"registration": {"classes": 5}}, "registration.classes", "must be an array"),
        ({"registration": {"infer_url": "x"}}, "registration.infer_url", "no scheme"),
        ({"settings": {"way": "post"}}, "settings.way", "must be one of base64, url"),
        ({"settings": {"concurrency": 0}}, "settings.concurrency", "at least 1"),
        ({"settings": {"concurrency": 2.5}}, "settings.concurrency", "an integer"),
        ({"settings": {"confidence": 2}}, "settings.confidence", "at most 1"),
        ({"settings": {"read_timeout": 0}}, "settings.read_timeout", "more than 0"),
        ({"settings": {"insecure": "yes"}}, "settings.insecure", "a boolean"),
        ({"settings": {"proxy": "http://u:sesame@p"}}, "settings.proxy", "contains a user or password"),
        ({"settings": {"proxy_password": "sesame"}}, "settings.proxy_password", "looks like a secret"),
        ({"images": [{"name": "a"}]}, "images[0].place", "is missing"),
        ({"images": [5]}, "images[0]", "a string or an object"),
        ({"images": [{"place": "a", "kind": "disk"}]}, "images[0].kind", "must be one of file, url, pasted"),
        ({"registered": [{"team": "t"}]}, "registered[0].when", "is missing"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_the_place(changes: dict[str, Any], where: str, words: str) -> None:
    with pytest.raises(FileError) as caught:
        project_from_json(SOUND | changes)
    assert caught.value.where == where
    assert words in caught.value.sentence
    assert "sesame" not in f"{caught.value!r} {caught.value.detail}"


def test_a_project_needs_a_registration() -> None:
    with pytest.raises(FileError, match="registration is missing"):
        project_from_json({"format": FORMAT})


def test_what_is_new_since_the_last_registration() -> None:
    old, new = ClassEntry("a", "tag"), ClassEntry("b", "tag")
    first = Registered("acme", "https://h", "2026-10-01T00:00:00Z", classes=(old,))
    last = Registered("acme", "https://h", "2026-10-12T00:00:00Z", classes=(ClassEntry("a", "polygon"), new))
    project = Project(Registration(classes=ClassList((old, new))), registered=(first, last))
    assert last_registered(project, "acme") == last
    assert last_registered(project, "acme", "https://h") == last
    assert last_registered(project, "acme", "https://other") is None
    assert last_registered(project, "other") is None
    assert new_since(project.registration.classes, last) == (old,), "its type changed"
    assert new_since(project.registration.classes, None) == ()


def test_thousands_of_one_image_id_are_told_apart_at_once() -> None:
    images = [{"id": each, "place": f"{n}.png"} for n, each in enumerate(["a", "a-2", "a", "b"] + ["a"] * 20_000)]
    project = project_from_json({**SOUND, "images": images})
    ids = [image.id for image in project.images]
    assert ids[:5] == ["a", "a-2", "a-3", "b", "a-4"]
    assert len(set(ids)) == len(images)
    assert max(map(len, ids)) < 12


def test_an_image_address_that_cannot_be_read_is_kept_for_its_row_to_say_so() -> None:
    images = ["http://[::1", {"place": "http://h:port/a.png", "kind": "url"}]
    project = project_from_json({**SOUND, "images": images})
    assert [(image.kind, image.name) for image in project.images] == [("url", "http://[::1"), ("url", "a.png")]


def test_a_proxy_that_is_none_is_refused_by_its_place() -> None:
    settings = {"proxy": "http://[::1"}
    with pytest.raises(FileError, match=r"settings\.proxy: The proxy cannot be used") as told:
        project_from_json({**SOUND, "settings": settings})
    assert told.value.where == "settings.proxy"
