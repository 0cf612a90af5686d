"""One registration on its way: noted first, settled by the answer, never two at once."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.endpoint import Endpoint, parse_address
from byom_gui.core.errors import Cancelled, FileError, InputError
from byom_gui.core.ledger import Entry, Unsettled
from byom_gui.core.registering import OutcomeKind, RegisterOutcome
from byom_gui.core.registration import Registration
from byom_gui.services.ledger import Ledger
from byom_gui.services.submission import process_started, submit

ENTRY = Entry(
    "2026-11-20T10:30:00+00:00",
    "https://v7.example",
    "plant",
    "Plant",
    "unknown",
    Registration(
        "weld",
        Endpoint(parse_address("https://m.example/a/infer").address),
        ClassList((ClassEntry("seam", "line"),)),
    ),
)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "state" / "ledger")


def outcome(kind: OutcomeKind, url: str = "") -> RegisterOutcome:
    return RegisterOutcome(kind, "", "", model_url=url)


def kept(ledger: Ledger) -> list[str]:
    return [each.outcome for each in ledger.entries()[0]]


@pytest.mark.parametrize(
    ("kind", "left"),
    [
        ("registered", ["registered"]),
        ("unknown", ["unknown"]),
        ("server-error", ["unknown"]),
        ("unreachable", []),
        ("key-refused", []),
        ("invalid", []),
        ("rate-limited", []),
        ("refused", []),
    ],
)
def test_it_is_on_disk_before_it_is_sent_and_the_answer_settles_it(
    ledger: Ledger, kind: OutcomeKind, left: list[str]
) -> None:
    seen: list[list[str]] = []

    def send() -> RegisterOutcome:
        seen.append(kept(Ledger(ledger.folder)))
        return outcome(kind, "https://v7.example/models/5")

    assert submit(ENTRY, send, time.time(), ledger=ledger).kind == kind
    assert seen == [["unknown"]]
    assert kept(ledger) == left
    if kind == "registered":
        (entry,) = ledger.entries()[0]
        assert (entry.model_url, entry.when) == ("https://v7.example/models/5", ENTRY.when)


@pytest.mark.parametrize(
    ("error", "left"), [(InputError("no key"), []), (Cancelled(), ["unknown"]), (ZeroDivisionError(), ["unknown"])]
)
def test_only_what_surely_was_not_sent_leaves_nothing(ledger: Ledger, error: Exception, left: list[str]) -> None:
    def send() -> RegisterOutcome:
        raise error

    with pytest.raises(type(error)):
        submit(ENTRY, send, time.time(), ledger=ledger)
    assert kept(ledger) == left


def never() -> RegisterOutcome:
    pytest.fail("it was sent")


def test_an_unknown_outcome_is_asked_about_until_it_is_settled(ledger: Ledger) -> None:
    submit(ENTRY, lambda: outcome("unknown"), time.time(), ledger=ledger)
    with pytest.raises(
        Unsettled, match="“\u2068weld\u2069” to “\u2068Plant\u2069” was started at 2026-11-20 10:30"
    ) as told:
        submit(ENTRY, never, time.time(), ledger=ledger)
    assert told.value.entry == ledger.entries()[0][0]
    for other in (
        replace(ENTRY, team="other"),
        replace(ENTRY, host="https://v7.other"),
        replace(ENTRY, registration=replace(ENTRY.registration, name="weld 2")),
    ):
        assert submit(other, lambda: outcome("registered"), time.time(), ledger=ledger).kind == "registered"
    with pytest.raises(Unsettled):
        submit(replace(ENTRY, registration=replace(ENTRY.registration, name=" weld ")), never, 0, ledger=ledger)
    ledger.settle(ENTRY, there=False)
    assert kept(ledger) == ["registered"] * 3
    submit(ENTRY, lambda: outcome("unknown"), time.time(), ledger=ledger)
    ledger.settle(ENTRY, there=True)
    assert kept(ledger) == ["registered"] * 4


def test_again_sends_and_what_came_before_stays_true(ledger: Ledger) -> None:
    submit(ENTRY, lambda: outcome("unknown"), time.time(), ledger=ledger)
    submit(ENTRY, lambda: outcome("invalid"), time.time(), again=True, ledger=ledger)
    assert kept(ledger) == ["unknown"], "the refusal says nothing of the earlier one"
    later = replace(ENTRY, when="2026-11-21T10:30:00+00:00")
    submit(later, lambda: outcome("registered"), time.time(), again=True, ledger=ledger)
    assert kept(ledger) == ["registered", "unknown"]
    ledger.settle(ledger.entries()[0][1], there=True)
    assert kept(ledger) == ["registered", "registered"], "each can be settled by itself"


def test_what_was_registered_since_one_asked_is_not_sent_a_second_time(ledger: Ledger) -> None:
    asked = time.time() - 1
    submit(ENTRY, lambda: outcome("registered"), asked, ledger=ledger)
    with pytest.raises(Unsettled, match="has just registered") as told:
        submit(ENTRY, never, asked, ledger=ledger)
    assert told.value.entry is None
    (path,) = ledger.folder.glob("*.json")
    os.utime(path, (asked - 60, asked - 60))
    assert submit(ENTRY, lambda: outcome("registered"), asked, ledger=ledger).kind == "registered"


def test_of_many_at_once_one_is_sent(ledger: Ledger) -> None:
    sent: list[int] = []
    refused: list[Unsettled] = []
    go = threading.Barrier(6)
    asked = time.time()

    def send() -> RegisterOutcome:
        sent.append(1)
        time.sleep(0.05)
        return outcome("registered")

    def attempt() -> None:
        go.wait(10)
        try:
            submit(ENTRY, send, asked, ledger=Ledger(ledger.folder))
        except Unsettled as error:
            refused.append(error)

    threads = [threading.Thread(target=attempt) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (len(sent), len(refused)) == (1, 5)
    assert kept(ledger) == ["registered"]


@pytest.mark.parametrize("blocked", ["ledger", "sending"])
def test_what_cannot_be_noted_is_not_sent(ledger: Ledger, blocked: str) -> None:
    ledger.folder.parent.mkdir(parents=True)
    (ledger.folder.parent / blocked).write_text("a file where the folder should be")
    with pytest.raises(FileError, match="Nothing was sent, because it could not be recorded first"):
        submit(ENTRY, never, time.time(), ledger=ledger)


def test_an_answer_that_cannot_be_noted_still_counts(ledger: Ledger) -> None:
    def send() -> RegisterOutcome:
        (path,) = ledger.folder.glob("*.json")
        path.unlink()
        ledger.folder.rmdir()
        ledger.folder.write_text("gone")
        return outcome("registered")

    assert submit(ENTRY, send, time.time(), ledger=ledger).kind == "registered"


def test_an_unknown_one_is_never_tidied_away(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("byom_gui.services.ledger.MOST", 2)
    submit(ENTRY, lambda: outcome("unknown"), time.time(), ledger=ledger)
    for number in range(4):
        other = replace(ENTRY, team=f"t{number}", when=f"2026-11-2{number + 1}T00:00:00+00:00")
        submit(other, lambda: outcome("registered"), time.time(), ledger=ledger)
    assert kept(ledger) == ["registered", "registered", "unknown"]


def test_the_start_of_the_process_is_before_now() -> None:
    assert 0 < time.time() - process_started() < 24 * 3600
