from __future__ import annotations

from byom_gui.core.findings import Action, Finding, merge


def finding(id: str = "schema.missing", **more: object) -> Finding:
    options: dict[str, object] = {"severity": "error", "what": "w", **more}
    return Finding(id=id, **options)  # type: ignore[arg-type]


def test_equal_causes_are_one_with_their_counts_and_first_places() -> None:
    many = [finding(where=f"results[{n}]", subject="w", count=2) for n in range(7)]
    (one,) = merge(many)
    assert (one.count, one.where) == (14, "results[0]")
    assert one.places == tuple(f"results[{n}]" for n in range(5))


def test_places_given_by_a_rule_are_kept_and_not_repeated() -> None:
    first, second = finding(where="a", places=("a", "b")), finding(places=("b", "c"))
    assert merge([first, second])[0].places == ("a", "b", "c")
    assert merge([finding()])[0].places == ()


def test_other_subjects_are_other_causes_and_errors_come_first() -> None:
    found = [
        finding("net.plain-http", severity="advice"),
        finding(subject="h"),
        finding("label.differs", severity="warning"),
        finding(subject="w"),
    ]
    assert [(each.id, each.subject) for each in merge(found)] == [
        ("schema.missing", "h"),
        ("schema.missing", "w"),
        ("label.differs", ""),
        ("net.plain-http", ""),
    ]


def test_the_report_holds_the_promised_keys_only() -> None:
    told = finding(
        evidence="e", cause="c", fix="f", where="p", count=3, action=Action("use-class", "cat"), image="a.png"
    )
    assert told.as_json() == {
        "id": "schema.missing",
        "severity": "error",
        "where": "p",
        "evidence": "e",
        "cause": "c",
        "fix": "f",
        "count": 3,
    }
