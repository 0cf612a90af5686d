"""The report's pictures, its legend, and the command that shows a finding again."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from typing import Any

import pytest

from byom_gui.core.colours import ClassColour, assign
from byom_gui.core.contract import read_answer
from byom_gui.core.diagnosis import Answered, Diagnosis, read_call
from byom_gui.core.endpoint import Auth
from byom_gui.core.findings import Finding
from byom_gui.core.observations import NetFailure, Observations
from byom_gui.core.predictions import Prediction
from byom_gui.core.report import CheckReport, latency_of, report_html
from byom_gui.core.report_pictures import MOST_PICTURES, curl_of, shown_answers
from byom_gui.core.svg import MOST_CHARACTERS, overlay, swatch
from tests.core.calls import SHAPES, body, call, classes_seen, endpoint, failed, ping, result
from tests.core.test_report import Page

PICTURE = "data:image/png;base64,iVBORw0KGgo="
NASTY = '"><script>alert(1)</script>\x00'
NAMESPACE = "{http://www.w3.org/2000/svg}"


def predictions(*results: dict[str, Any]) -> tuple[Prediction, ...]:
    import json

    return read_answer(json.dumps(body(*results)).encode()).predictions


def drawn(
    *results: dict[str, Any], colours: dict[str, ClassColour] | None = None, **options: Any
) -> ElementTree.Element:
    shapes = predictions(*results)
    made = overlay(100, 80, shapes, colours or assign([each.name for each in shapes], {}), **options)
    assert made.left_out == 0
    return ElementTree.fromstring(made.svg)


STROKES: list[tuple[str, list[str]]] = [
    ("tag", []),
    ("directional_vector", []),
    ("bounding_box", ["M10 20 40 20 40 60 10 60Z"]),
    ("polygon", ["M1 1 50 1 1 50Z"]),
    ("line", ["M1 1 50 1"]),
    ("keypoint", ["M10 20.5h0"]),
    ("skeleton", ["M1 2h0"]),
    ("cuboid", ["M10 20 40 20 40 60 10 60Z", *["M10 20 10 20", "M40 20 40 20", "M40 60 40 60", "M10 60 10 60"],
                "M10 20 40 20 40 60 10 60Z"]),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "strokes"), STROKES)
def test_each_shape_is_drawn_where_it_is(shape: str, strokes: list[str]) -> None:
    root = drawn(result(**{shape: SHAPES[shape]}))
    assert root.get("viewBox") == "0 0 100 80"
    paths = root.findall(f".//{NAMESPACE}path")
    assert [each.get("d") for each in paths] == [stroke for stroke in strokes for _ in range(2)]
    assert all(each.get("vector-effect") == "non-scaling-stroke" for each in paths)
    assert len(root.findall(f"{NAMESPACE}g/{NAMESPACE}g")) == bool(strokes)


def test_an_ellipse_is_turned_about_its_centre() -> None:
    turned = {**SHAPES["ellipse"], "angle": 30}
    straight, other = (
        drawn(result(ellipse=each)).findall(f".//{NAMESPACE}ellipse")[1] for each in (SHAPES["ellipse"], turned)
    )
    assert [straight.get(key) for key in ("cx", "cy", "rx", "ry", "transform")] == ["50", "50", "5", "6", None]
    assert other.get("transform") == "rotate(30 50 50)"


def test_dashes_tell_hidden_parts_and_repeated_colours() -> None:
    dashed = {"cat": ClassColour("#112233", dashed=True)}
    for shape, expected in (("bounding_box", ["6 4"]), ("ellipse", ["6 4"]), ("cuboid", ["4 4"] * 5 + ["6 4"])):
        root = drawn(result(**{shape: SHAPES[shape]}), colours=dashed)
        assert [each.get("stroke-dasharray") for each in root.iter() if each.get("stroke-width") == "2"] == expected
    group = drawn(result(), colours=dashed).find(f"{NAMESPACE}g/{NAMESPACE}g")
    assert group is not None
    assert group.get("stroke") == group.get("fill") == "#112233"
    assert "dasharray" in swatch(dashed["cat"])
    assert "dasharray" not in swatch(ClassColour("#112233"))


def test_an_occluded_joint_is_smaller_and_a_nameless_class_is_white() -> None:
    nodes = [{"x": 1, "y": 2, "occluded": True}, {"x": 3, "y": 4, "occluded": False}]
    root = drawn(result(skeleton={"nodes": nodes}), colours={"dog": ClassColour("#000000")})
    widths = [int(each.get("stroke-width", "")) for each in root.iter(f"{NAMESPACE}path")]
    assert widths[1] < widths[3]
    assert root.find(f"{NAMESPACE}g/{NAMESPACE}g[@stroke='#FFFFFF']") is not None


def test_a_picture_lies_below_and_nothing_but_a_picture() -> None:
    image = drawn(result(), picture=PICTURE).find(f"{NAMESPACE}image")
    assert image is not None
    assert (image.get("href"), image.get("width"), image.get("height")) == (PICTURE, "100", "80")
    for odd in (
        "",
        "https://example.org/a.png",
        'data:image/png;base64,AA"/><script>',
        "data:text/html;base64,AA",
        "data:image/svg+xml;base64,AA",
    ):
        assert drawn(result(), picture=odd).find(f"{NAMESPACE}image") is None


def test_names_are_escaped_and_coordinates_stay_numbers() -> None:
    far = {"x": -1e300, "y": 1e300, "w": 1e300, "h": 123456.7}
    root = drawn(result(NASTY, bounding_box=far), name=NASTY)
    assert root.get("aria-label") == NASTY.replace("\x00", "?")
    title = root.find(f".//{NAMESPACE}title")
    assert title is not None
    assert title.text == NASTY.replace("\x00", "?") + " 0.90"
    for path in root.iter(f"{NAMESPACE}path"):
        assert re.fullmatch(r"[MZ0-9. -]+", path.get("d", ""))


def test_thousands_of_shapes_are_cut_and_counted() -> None:
    shapes = predictions(*(result() for _ in range(3000)))
    made = overlay(100, 80, shapes, assign(["cat"], {}))
    assert made.left_out > 1000
    assert len(made.svg) < MOST_CHARACTERS + 3000
    assert made.svg.count("<title>") == 3000 - made.left_out


# --- the page


def report(*answered: Answered, found: tuple[Finding, ...] = (), **observed: Any) -> CheckReport:
    observations = Observations(endpoint(), **observed)
    return CheckReport(observations, answered, Diagnosis(found, ()), (), latency_of(None, []), "ready", 1)


def page(
    *answered: Answered, pictures: dict[str, str] | None = None, found: tuple[Finding, ...] = ()
) -> tuple[str, str]:
    text = report_html(report(*answered, found=found), pictures)
    return text, "".join(Page(text.replace(' href="', ' data-href="')).words)


def test_each_image_is_shown_with_its_shapes_a_legend_and_its_tags() -> None:
    tags = result("field", tag={})
    first = read_call(call(body(result("cat"), result("dog"), result("cat"), tags), image="one.png"))
    text, words = page(first, pictures={"one.png": PICTURE})
    assert "Predictions" in words
    assert f'href="{PICTURE}"' in text
    assert "img-src data:" in text
    assert "one.png 100 × 100 · 4 results · 12 ms" in words
    assert "Without a position: field 0.90" in words
    assert re.search(r"cat\s*2\s*dog\s*1\s*field\s*1", words)
    assert text.count("<figure") == 1


def test_without_pictures_the_shapes_stand_on_a_plain_ground() -> None:
    text, _ = page(read_call(call(body(result()), image="one.png")))
    assert "<image" not in text
    assert "data:image" not in text
    assert text.count("M10 20 40 20 40 60 10 60Z") == 2


def test_nothing_from_outside_becomes_markup() -> None:
    bad = Finding("schema.missing", "error", NASTY, NASTY, NASTY, NASTY, NASTY, NASTY, before=NASTY, after=NASTY)
    odd = read_call(
        call(
            body(result(NASTY), result(NASTY, tag={})),
            image=NASTY,
            url=f"https://a.example/{NASTY[:20]}",
        )
    )
    odd = replace(odd, call=replace(odd.call, request=replace(odd.call.request, curl=NASTY)))
    text, words = page(odd, pictures={NASTY: f"data:image/png;base64,{NASTY}"}, found=(bad,))
    assert "<script" not in text
    assert words.count("<script>") >= 10
    assert "\x00" not in text


def test_many_classes_many_tags_and_many_shapes_are_cut_and_counted() -> None:
    many = [result(f"class {at}", tag={}) for at in range(50)]
    _, words = page(read_call(call(body(*many), image="one.png")))
    assert "and 10 more" in words
    assert "and 20 more" in words
    _, words = page(read_call(call(body(*(result() for _ in range(3000))), image="one.png")))
    assert re.search(r"[\d,]+ results are not drawn", words)
    _, words = page(read_call(call(body(), image="one.png")))
    assert "0 results" in words


def test_at_most_six_images_and_the_pings_own_only_alone() -> None:
    own = read_call(call(body(result()), image="ping.png", purpose="ping"))
    images = [read_call(call(body(result()), image=f"{at}.png")) for at in range(9)]
    assert [each.call.image_name for each in shown_answers([own, *images])] == [
        f"{at}.png" for at in range(MOST_PICTURES)
    ]
    assert shown_answers([own]) == (own,)
    bad = read_call(call(body(result(confidence=None)), image="0.png"))
    assert shown_answers([bad, images[0], bad]) == (images[0],)
    unsized = replace(own, call=replace(own.call, image_width=0))
    assert (
        shown_answers([unsized, read_call(call(status=500, raw=b"")), read_call(call(body(), purpose="neighbour"))])
        == ()
    )


# --- the command that shows it again


def named(each: Answered, curl: str) -> Answered:
    return replace(each, call=replace(each.call, request=replace(each.call.request, curl=curl)))


def test_a_finding_is_shown_again_by_the_call_that_it_came_from() -> None:
    good = named(read_call(call(body(result()), image="good.png")), "curl good")
    bad = named(read_call(call(body(result(confidence=None)), image="bad.png")), "curl bad")
    wrong = named(read_call(call(body(), purpose="wrong-credentials")), "curl wrong")
    listed = classes_seen([])
    listed = replace(listed, call=named(Answered(listed.call, None, ()), "curl classes").call)
    observed = Observations(endpoint(), classes=listed, ping=ping())
    answered = (good, bad, wrong)
    of_bad = bad.findings[0]
    for finding, curl in (
        (of_bad, "curl bad"),
        (Finding("auth.not-enforced", "warning", ""), "curl wrong"),
        (Finding("classes.form", "error", ""), "curl classes"),
        (Finding("classes.unregistered", "error", "", image="bad.png"), "curl bad"),
        (Finding("results.empty", "warning", ""), "curl good"),
    ):
        assert curl_of(finding, observed, answered) == curl
    text = report_html(report(*answered, found=(of_bad,)))
    assert "<summary>Reproduce</summary><pre>curl bad</pre>" in text


def test_without_a_call_the_address_is_told_without_its_query() -> None:
    where = endpoint("https://models.example.org/a b?key=hush".replace(" ", "%20"), Auth("user"))
    observed = Observations(where, ping=ping(failure=NetFailure("net.dns", "dns", "", 0.1)))
    refused = curl_of(Finding("net.dns", "error", ""), observed, ())
    assert refused == "curl -v -X POST https://models.example.org/a%20b"
    assert curl_of(Finding("classes.duplicate", "error", ""), observed, ()) == ""
    assert "Reproduce" not in report_html(replace(report(found=(Finding("classes.duplicate", "error", ""),))))
    lost = failed(NetFailure("net.reset", "http", "", 0.1), "ping")
    assert curl_of(Finding("net.reset", "error", ""), Observations(where, ping=ping(the_call=lost)), ()) == "curl …"
