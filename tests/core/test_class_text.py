"""Pasted class lists in every form in which people have them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byom_gui.core.class_text import MAX_CHARACTERS, parse_class_file, parse_class_list
from byom_gui.core.classes import ClassEntry


def read(text: str, default: str = "polygon") -> list[tuple[str, str, str | None]]:
    parsed = parse_class_list(text, default)
    assert not parsed.problems
    return [(entry.name, entry.type, entry.color) for entry in parsed.entries]


P = "polygon"


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("", []),
        ("cat\n\n  dog \r\nbird", [("cat", P, None), ("dog", P, None), ("bird", P, None)]),
        ("\ufeffcat", [("cat", P, None)]),
        ("cat, dog,bird", [("cat", P, None), ("dog", P, None), ("bird", P, None)]),
        ("name\ncat", [("cat", P, None)]),
        ("white cell, dead\nred cell", [("white cell, dead", P, None), ("red cell", P, None)]),
        ("a, b, c\nd, e, f", [("a, b, c", P, None), ("d, e, f", P, None)]),
        ("cat,tag", [("cat", "tag", None)]),
        ("cat,\ndog,tag", [("cat", P, None), ("dog", "tag", None)]),
        ("name,type\ncat,tag", [("cat", "tag", None)]),
        ("Type;Class name;Colour\ntag;cat;#60c1ab", [("cat", "tag", "#60C1AB")]),
        ("cat\ttag\trgba(1,2,3,1.0)", [("cat", "tag", "#010203")]),
        ("cat;tag;auto\n\n  \n", [("cat", "tag", None)]),
        ('"cat, wild",tag', [("cat, wild", "tag", None)]),
        ('"say ""hi""",tag\n', [('say "hi"', "tag", None)]),
        ('"cat"\n"dog"', [("cat", P, None), ("dog", P, None)]),
        ("cat,mask", [("cat", "mask", None)]),
        ("name,color\ncat,#000000", [("cat", P, "#000000")]),
        ('["cat", " dog "]', [("cat", P, None), ("dog", P, None)]),
        (
            '[{"name": "cat", "type": "tag", "color": "#ffffff"}, {"name": "dog"}]',
            [("cat", "tag", "#FFFFFF"), ("dog", P, None)],
        ),
        ('{"classes": ["cat"]}', [("cat", P, None)]),
        (
            '{"annotation_classes": [{"name": "cat", "annotation_types": ["tag"], '
            '"metadata": {"_color": "rgba(1,2,3,1.0)"}}]}',
            [("cat", "tag", "#010203")],
        ),
        ('[{"name": "cat", "annotation_types": ["text", "ellipse"]}]', [("cat", "ellipse", None)]),
        ('[{"name": "cat", "annotation_types": ["text"]}]', [("cat", "text", None)]),
        ('[{"name": "cat", "annotation_types": []}]', [("cat", P, None)]),
        ('[{"name": "cat", "metadata": null}]', [("cat", P, None)]),
        ("[]", []),
    ],
)
def test_what_people_paste(text: str, entries: list[tuple[str, str, str | None]]) -> None:
    assert read(text) == entries


@pytest.mark.parametrize(
    ("text", "names", "problems"),
    [
        ("cat,bbox\ndog,tag", ["cat", "dog"], [(1, "Did you mean bounding_box?")]),
        ("cat,blob\ndog,splash", ["cat", "dog"], [(1, "no class type “blob”"), (2, "no class type “splash”")]),
        ("name,type\ncat,tag\n,tag", ["cat"], [(3, "the name is missing")]),
        ("cat\ndog\ncat", ["cat", "dog", "cat"], [(3, "already listed, in line 1")]),
        ("cat;tag;red", ["cat"], [(1, "“red” is not a color")]),
        ('"a\nb";tag\nc;splat', ["a\nb", "c"], [(1, "line feed (U+000A)"), (3, "“splat”")]),
        (
            '["cat", "", 5, {"label": "x"}]',
            ["cat"],
            [(0, "Entry 2: the name"), (0, "Entry 3 is left"), (0, "Entry 4 is left")],
        ),
        ('[\n{"name": "cat",}\n]', [], [(2, "breaks in line 2")]),
        ('{"cat": 0.5}', [], [(0, "without class names (its keys: cat)")]),
        ("{}", [], [(0, "without class names (its keys: none)")]),
        ("[" * 100_000, [], [(0, "nested too deeply")]),
        ("[" + "1" * 5000 + "]", [], [(0, "number that is too long")]),
        ("x" * (MAX_CHARACTERS + 1), [], [(0, "too much text")]),
        ('"' + "x" * 140_000 + '";tag', [], [(0, "cannot be read as CSV")]),
    ],
)
def test_what_is_odd_is_said_with_its_line(text: str, names: list[str], problems: list[tuple[int, str]]) -> None:
    parsed = parse_class_list(text)
    assert [entry.name for entry in parsed.entries] == names
    assert [problem.line for problem in parsed.problems] == [line for line, _ in problems]
    for problem, (_, words) in zip(parsed.problems, problems, strict=True):
        assert words in problem.message


def test_a_type_stays_as_it_was_written() -> None:
    assert parse_class_list("cat,BBox").entries == (ClassEntry("cat", "BBox"),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name\ncat", "header"),
        ("name,type\ncat,tag", "header"),
        ("cat,dog", "One line with commas"),
        ('{"classes": []}', "under “classes”"),
        ('[{"name": "cat", "annotation_types": ["polygon", "text", "attributes"]}]', "text, attributes left out"),
    ],
)
def test_how_the_text_was_read_is_told(text: str, words: str) -> None:
    parsed = parse_class_list(text)
    assert not parsed.problems
    assert any(words in note for note in parsed.notes)


def test_a_quote_that_is_never_closed_is_told() -> None:
    parsed = parse_class_list('"')
    assert parsed.entries == ()
    assert "never closed" in parsed.problems[0].message


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    parsed = parse_class_list(text)
    assert all(entry.name.strip() == entry.name and entry.name for entry in parsed.entries)


def test_ten_thousand_classes_in_each_form() -> None:
    names = [f"class {number}" for number in range(10_000)]
    for text in (
        "\n".join(names),
        "\n".join(f"{name},tag" for name in names),
        json.dumps([{"name": name, "type": "tag"} for name in names]),
    ):
        assert [entry.name for entry in parse_class_list(text).entries] == names


def test_yaml_with_a_character_that_yaml_forbids_is_refused_without_a_line() -> None:
    read = parse_class_file(b"names:\n  - sail\x07\n  - keel\n")
    assert read.entries == ()
    assert read.refusal.startswith("This looks like YAML, but cannot be read as YAML.")
