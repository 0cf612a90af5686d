"""Kept answers: found by what they depend on, private, bounded; a disk that refuses is no trouble."""

from __future__ import annotations

import os
import stat
import time
from dataclasses import replace
from pathlib import Path

import pytest

from byom_gui.core.endpoint import Auth, Endpoint, parse_address
from byom_gui.core.image import ImageSource
from byom_gui.core.observations import Call
from byom_gui.core.project import Settings
from byom_gui.services import kept_answers
from byom_gui.services.kept_answers import KeptAnswers, key_of
from tests.core.calls import body, call, result

ENDPOINT = Endpoint(parse_address("https://models.example.org/infer").address)
SOURCE = ImageSource("one.png", b"pixels", "image/png", 10, 10)
CALL = call(body(result()))


def big(size: int) -> Call:
    assert CALL.reply is not None
    return replace(CALL, reply=replace(CALL.reply, body=os.urandom(size)))


def test_what_was_kept_comes_back_and_is_private(tmp_path: Path) -> None:
    store = KeptAnswers(tmp_path / "new" / "answers")
    assert store.get("a") is None
    assert store.size() == (0, 0)
    store.put("a", CALL)
    assert KeptAnswers(store.folder).get("a") == CALL
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in store.folder.iterdir()] == [0o600]


def test_another_image_endpoint_name_or_way_is_another_answer() -> None:
    settings = Settings()
    keys = {
        key_of(ENDPOINT, settings, SOURCE),
        key_of(ENDPOINT, settings, replace(SOURCE, data=b"other pixels")),
        key_of(ENDPOINT, replace(settings, way="url"), SOURCE),
        key_of(replace(ENDPOINT, auth=Auth("ann")), settings, SOURCE),
        key_of(replace(ENDPOINT, auth=Auth("", "X-Key")), settings, SOURCE),
        key_of(Endpoint(parse_address("https://models.example.org/v2/infer").address), settings, SOURCE),
    }
    assert len(keys) == 6
    assert key_of(ENDPOINT, settings, replace(SOURCE, name="moved.png")) in keys


def test_a_newer_answer_takes_the_place_of_the_older_one(tmp_path: Path) -> None:
    store = KeptAnswers(tmp_path)
    store.put("a", CALL)
    store.put("a", big(10))
    assert store.size()[0] == 1
    assert store.get("a") != CALL


def test_what_was_not_used_for_longest_makes_room(tmp_path: Path) -> None:
    store = KeptAnswers(tmp_path, limit=10_000)
    for name in "abc":
        store.put(name, big(2_500))
        time.sleep(0.01)
    assert store.get("a") is not None
    store.put("d", big(2_500))
    assert {path.stem for path in tmp_path.iterdir()} == {"a", "d"}
    assert store.size()[1] <= 8_000


def test_an_answer_that_would_push_out_all_others_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_answers, "_LARGEST", 1_000)
    store = KeptAnswers(tmp_path)
    store.put("a", big(2_000))
    assert store.size() == (0, 0)


def test_damage_and_refusal_are_no_trouble(tmp_path: Path) -> None:
    store = KeptAnswers(tmp_path)
    store.put("a", CALL)
    (tmp_path / "a.answer").write_bytes(b"half")
    assert store.get("a") is None
    (tmp_path / "file").write_text("")
    elsewhere = KeptAnswers(tmp_path / "file" / "answers")
    elsewhere.put("a", CALL)
    assert elsewhere.get("a") is None
    elsewhere.clear()


def test_clear_deletes_all(tmp_path: Path) -> None:
    store = KeptAnswers(tmp_path)
    for name in "ab":
        store.put(name, CALL)
    store.clear()
    assert store.size() == (0, 0)
    assert store.get("a") is None
