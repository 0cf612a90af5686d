"""The ledger on disk, and what a real server says beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from byom_gui.core.cancel import CancelToken
from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.endpoint import Endpoint, parse_address
from byom_gui.core.errors import Cancelled, FileError, InputError
from byom_gui.core.ledger import Entry, Since
from byom_gui.core.project import Settings
from byom_gui.core.registration import Registration
from byom_gui.sandbox.faults import find_fault
from byom_gui.sandbox.model_server import ModelServer as BuiltIn
from byom_gui.services import images, ledger
from byom_gui.services.ledger import Ledger, golden_answers, since
from byom_gui.services.model_server import ModelServer
from byom_gui.services.previewing import infer_image
from byom_gui.services.resources import path

SAMPLE = path("samples/neuron.jpg")


@pytest.fixture
def model() -> Iterator[BuiltIn]:
    with BuiltIn() as made:
        yield made


def entry(address: str = "https://m.example/infer", when: str = "2026-11-27T06:00:00+00:00") -> Entry:
    registration = Registration("cells", Endpoint(parse_address(address).address), ClassList((ClassEntry("a", "tag"),)))
    return Entry(when, "https://v7.example", "lab", "Lab", "registered", registration)


def test_entries_are_private_files_newest_first(tmp_path: Path) -> None:
    kept = Ledger(tmp_path / "ledger")
    assert kept.entries() == ((), 0)
    first = kept.add(entry())
    second = kept.add(entry(when="2026-11-28T06:00:00+00:00"))
    assert [each.id for each in kept.entries()[0]] == [second, first]
    assert (tmp_path / "ledger").stat().st_mode & 0o777 == 0o700
    assert all(each.stat().st_mode & 0o777 == 0o600 for each in (tmp_path / "ledger").iterdir())
    (tmp_path / "ledger" / "20260101000000-aaaaaa.json").write_text("{")
    assert kept.entries()[1] == 1
    kept.forget(first)
    assert [each.id for each in kept.entries()[0]] == [second]
    for gone in (first, "../../etc/passwd", ""):
        with pytest.raises(FileError, match="no longer in the history"):
            kept.forget(gone)


def test_the_oldest_of_too_many_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "MOST", 3)
    kept = Ledger(tmp_path)
    for day in range(1, 6):
        kept.add(entry(when=f"2026-11-0{day}T00:00:00+00:00"))
    assert [each.when[:10] for each in kept.entries()[0]] == ["2026-11-05", "2026-11-04", "2026-11-03"]


def test_a_folder_that_can_not_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="could not be created"):
        Ledger(tmp_path / "file" / "ledger").add(entry())


def registered(model: BuiltIn) -> Entry:
    """The built-in model as it is, with its answer to one picture."""
    endpoint = Endpoint(parse_address(model.url).address)
    server, token = ModelServer(lambda _: None), CancelToken()
    answered = infer_image(server, endpoint, Settings(), images.read_image(SAMPLE), token)
    assert answered.answer is not None
    golden = golden_answers([("neuron.jpg", str(SAMPLE), answered.answer.predictions), ("gone", "/gone.png", ())])
    assert [each.name for each in golden] == ["neuron.jpg"]
    seen = server.classes(endpoint, Settings(), token)
    assert seen.call.reply is not None
    listed = tuple(ClassEntry(each["name"], each["type"]) for each in json.loads(seen.call.reply.body))
    return replace(entry(), registration=Registration("cells", endpoint, ClassList(listed)), golden=golden)


def ask(made: Entry, told: list[tuple[int, int]] | None = None) -> Since:
    say = (told if told is not None else []).append
    return since(made, ModelServer(lambda _: None), Settings(), CancelToken(), lambda done, of: say((done, of)))


def test_a_server_that_says_the_same(model: BuiltIn) -> None:
    told: list[tuple[int, int]] = []
    found = ask(registered(model), told)
    assert not found.changed
    assert found.sentences() == ("The server lists the same classes.", "1 image gets the same response.")
    assert told == [(0, 2), (1, 2)]


def test_a_server_that_says_something_else(model: BuiltIn) -> None:
    made = registered(model)
    with BuiltIn(fault=find_fault("units.normalised")) as other:
        endpoint = Endpoint(parse_address(other.url).address)
        found = ask(replace(made, registration=replace(made.registration, endpoint=endpoint)))
    assert found.changed
    assert any("moved or changed class" in each for each in found.sentences())
    renamed = ClassList((ClassEntry("Nucleus", "polygon"), *made.registration.classes.entries[1:]))
    found = ask(replace(made, registration=replace(made.registration, classes=renamed)))
    assert "“Nucleus” is now “nucleus”." in found.sentences()


def test_what_can_not_be_compared_is_said(model: BuiltIn, tmp_path: Path) -> None:
    made = registered(model)
    golden = made.golden[0]
    other = tmp_path / "other.png"
    other.write_bytes(path("samples/nuclei-1.png").read_bytes())
    moved = (replace(golden, place=str(tmp_path / "gone.png")), replace(golden, name="other", place=str(other)))
    found = ask(replace(made, golden=moved))
    assert [each for each in found.untold if "a different image now" in each] == ["other is a different image now."]
    assert len(found.untold) == 2
    with BuiltIn() as gone:
        endpoint = Endpoint(parse_address(gone.url).address)
    found = ask(replace(made, registration=replace(made.registration, endpoint=endpoint)))
    assert found.classes is None
    assert "neuron.jpg got no response." in found.untold
    assert not found.changed
    with pytest.raises(InputError, match="no address"):
        ask(replace(made, registration=Registration("x")))


def test_cancel_ends_it(model: BuiltIn) -> None:
    token = CancelToken()
    with pytest.raises(Cancelled):
        since(registered(model), ModelServer(lambda _: None), Settings(), token, lambda done, of: token.cancel())


@pytest.mark.parametrize("name", ["classes.form", "classes.not-served"])
def test_a_class_list_that_is_none(model: BuiltIn, name: str) -> None:
    made = registered(model)
    with BuiltIn(fault=find_fault(name)) as other:
        endpoint = Endpoint(parse_address(other.url).address)
        found = ask(replace(made, registration=replace(made.registration, endpoint=endpoint)))
    assert found.classes is None
    assert found.same == 1
