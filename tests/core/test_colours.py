"""A class keeps its colour, and two classes have two."""

from __future__ import annotations

import pytest

from byom_gui.core.colours import CLASS_COLOURS, ClassColour, assign, parse_colour


def test_a_name_has_the_same_colour_in_every_run() -> None:
    # crc32("nucleus") % 12 == 0: a salted hash would change this from run to run.
    assert assign(["nucleus"], {})["nucleus"] == ClassColour(CLASS_COLOURS[0])
    assert assign(["nucleus"], {}) == assign(["nucleus"], {})


def test_twelve_names_have_twelve_colours_then_they_repeat_dashed() -> None:
    names = [f"class {number}" for number in range(30)]
    colours = [assign(names, {})[name] for name in names]
    assert {colour.hex for colour in colours[:12]} == set(CLASS_COLOURS)
    assert not any(colour.dashed for colour in colours[:12])
    assert all(colour.dashed for colour in colours[12:])
    assert len(set(colours[:24])) == 24


def test_names_that_differ_by_case_only_share_one() -> None:
    colours = assign(["Nucleus", "nucleus", "NUCLEUS", "other"], {})
    assert len({colours[name] for name in ("Nucleus", "nucleus", "NUCLEUS")}) == 1
    assert colours["other"] != colours["nucleus"]


def test_a_chosen_colour_goes_before_and_is_not_given_again() -> None:
    natural = assign(["cell"], {})["cell"].hex
    colours = assign(["cell", "mine", "Mine", "free"], {"mine": natural.lower(), "free": "#000000", "gone": "#FFFFFF"})
    assert colours["mine"] == colours["Mine"] == ClassColour(natural)
    assert colours["free"] == ClassColour("#000000")
    assert colours["cell"].hex != natural


def test_ten_thousand_names_have_a_colour_each() -> None:
    names = [f"n{number}" for number in range(10_000)]
    assert assign(names, {}).keys() == set(names)


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("#60c1ab", "#60C1AB"),
        (" #60C1AB ", "#60C1AB"),
        ("rgba(255, 0,16,1.0)", "#FF0010"),
        ("rgb(1,2,3)", "#010203"),
        ("rgba(256,0,0,1.0)", None),
        ("auto", None),
        ("red", None),
        ("#fff", None),
    ],
)
def test_colours_are_read_as_people_and_v7_write_them(text: str, colour: str | None) -> None:
    assert parse_colour(text) == colour
