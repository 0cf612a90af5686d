"""The rows under the address: what a project asks for is never cut, and nothing shows while there is nothing to say."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFontMetrics
from pytestqt.qtbot import QtBot

from byom_gui.core.consent import MOST_SHOWN
from byom_gui.ui.panels.trust_rows import READ, WAITING, TrustRows, WholeText, broken


@pytest.fixture
def rows(qtbot: QtBot) -> TrustRows:
    """The rows, shown in a narrow window."""
    made = TrustRows()
    qtbot.addWidget(made)
    made.resize(700, 40)
    made.show()
    return made


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("one", ["one"]),
        ("one two three", ["one two", "three"]),
        ("a bbbbbbbbbbbbbbbbbb c", ["a", "bbbbbbbb", "bbbbbbbb", "bb c"]),
        ("one\n\n  two", ["one", "", "  two"]),
        ("exactly8", ["exactly8"]),
        ("exactly89", ["exactly8", "9"]),
    ],
)
def test_lines_are_broken_where_they_fit(text: str, lines: list[str]) -> None:
    assert list(broken(text, lambda line: len(line) <= 8)) == lines


def test_where_nothing_fits_it_still_ends() -> None:
    assert list(broken("abc de", lambda _: False)) == ["a", "b", "c", "d", "e"]


def test_a_long_value_pushes_no_other_out_of_sight(rows: TrustRows, qtbot: QtBot) -> None:
    lines = [f"Proxy {'w' * MOST_SHOWN}: it can.", f"CA file /{'d/' * (MOST_SHOWN // 2)}: whoever.", "Images served."]
    rows.set_request(lines, "https://lab.example")
    for width in (700, 520, 1100):
        rows.resize(width, rows.sizeHint().height())
        qtbot.wait(50)
        rows.resize(width, rows.sizeHint().height())
        qtbot.wait(50)
        text = next(each for each in rows.findChildren(WholeText) if "Images served." in each.said)
        metrics = QFontMetrics(text.font())
        shown = text.text().split("\n")
        assert all(metrics.horizontalAdvance(line) <= text.width() for line in shown)
        assert text.height() >= len(shown) * metrics.lineSpacing()
        assert "".join(text.text().split()) == "".join(text.said.split())
    assert rows.request == "\n".join(f"•  {line}" for line in lines)
    assert rows.accessibleDescription().startswith(READ)


def test_nothing_shows_while_there_is_nothing_to_say(rows: TrustRows) -> None:
    assert (rows.request, rows.in_force, rows.ignored, rows.keyring) == ("", "", "", "")
    assert rows.sizeHint().height() == 0
    rows.set_in_force(["Proxy: http://p:1", "No TLS verification"], insecure=True)
    assert rows.in_force == "Used now:  Proxy: http://p:1  ·  No TLS verification"
    rows.set_ignored(["CA file: x"], may_decide=False)
    assert rows.ignored.endswith("CA file: x")
    assert rows.decide_button.isHidden()
    rows.set_keyring("waiting")
    assert (rows.keyring, rows.skip_button.isHidden(), rows.retry_button.isHidden()) == (WAITING, False, True)
    rows.set_keyring("failed", "it is locked")
    assert rows.keyring == "Secrets in your keyring cannot be read: it is locked."
    assert (rows.skip_button.isHidden(), rows.retry_button.isHidden()) == (True, False)
    rows.set_keyring("")
    rows.set_ignored(())
    rows.set_in_force((), insecure=False)
    assert rows.sizeHint().height() == 0
