"""The cases that the rules may be tuned to: of each id the first and second of every three, in the order of writing."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.diagnosis import faults as f
from benchmarks.diagnosis import replies as r
from benchmarks.diagnosis.case import Case, case
from benchmarks.diagnosis.cases_tuned_plain import PLAIN
from benchmarks.diagnosis.servers import Spec, as_json, dies, kinds
from byom_gui.core.endpoint import Auth

_POLYGONS, _POINTS, _ELLIPSES = kinds("polygon"), kinds("keypoint"), kinds("ellipse")
_SKELETONS, _CUBOIDS, _LINES = kinds("skeleton"), kinds("cuboid"), kinds("line")
_MIXED = kinds("bounding_box polygon keypoint ellipse")
_KEY = Auth("", "X-Api-Key")

_LISTED = [{"name": "car", "type": "bounding_box"}, {"name": "tree", "type": "bounding_box"}]

GEOMETRY: tuple[Case, ...] = (
    case("normalised boxes", "units.normalised", Spec(steps=(f.shares(),))),
    case("normalised polygons", "units.normalised", Spec(kinds=_POLYGONS, steps=(f.shares(),)), "photos"),
    case("normalised ellipses on black", "units.normalised", Spec(kinds=_ELLIPSES, steps=(f.shares(),)), "dark"),
    case("normalised skeletons", "units.normalised", Spec(kinds=_SKELETONS, steps=(f.shares(), f.rounded(4))), "tall"),
    case("percent boxes", "units.percent", Spec(steps=(f.shares(100), f.rounded(1))), "wide"),
    case("percent polygons", "units.percent", Spec(kinds=_POLYGONS, steps=(f.shares(100),))),
    case("percent keypoints", "units.percent", Spec(kinds=_POINTS, steps=(f.shares(100), f.rounded(2))), "jpegs"),
    case("whole percent boxes", "units.percent", Spec(steps=(f.shares(100), f.rounded())), "large"),
    case("stretched to 640", "units.model-size", Spec(steps=(f.stretched(640),))),
    case("letterboxed 416", "units.model-size", Spec(steps=(f.letterboxed(416),)), "photos"),
    case("shorter side 800", "units.model-size", Spec(steps=(f.shorter_side(800),)), "jpegs"),
    case("stretched to 224, keypoints", "units.model-size", Spec(kinds=_POINTS, steps=(f.stretched(224),)), "wide"),
    case("letterboxed 640, skeletons", "units.model-size", Spec(kinds=_SKELETONS, steps=(f.letterboxed(640),)), "tall"),
    case("stretched to 300, small pictures", "units.model-size", Spec(steps=(f.stretched(300),)), "small"),
    case("corner boxes", "layout.corners", Spec(steps=(f.corners(),))),
    case("whole corner boxes, many", "layout.corners", Spec(steps=(f.corners(), f.rounded())), "crowd"),
    case("corner cuboids", "layout.corners", Spec(kinds=_CUBOIDS, steps=(f.corners(),)), "wide"),
    case("corner boxes, small pictures", "layout.corners", Spec(steps=(f.corners(),)), "small"),
    case("centre boxes", "layout.centre", Spec(steps=(f.centres(),))),
    case("centre boxes, many", "layout.centre", Spec(steps=(f.centres(), f.rounded(1))), "crowd"),
    case("centre boxes, one a picture", "layout.centre", Spec(steps=(f.centres(),)), "single"),
    case("centre boxes, large pictures", "layout.centre", Spec(steps=(f.centres(), f.rounded())), "large"),
    case("swapped boxes", "layout.swapped", Spec(steps=(f.swapped(),))),
    case("swapped polygons", "layout.swapped", Spec(kinds=_POLYGONS, steps=(f.swapped(),)), "wide"),
    case("swapped skeletons", "layout.swapped", Spec(kinds=_SKELETONS, steps=(f.swapped(),)), "tall"),
    case("swapped boxes, square pictures", "layout.swapped", Spec(steps=(f.swapped(),)), "square"),
    case("unrotated boxes", "orientation.exif", Spec(upright=False), "turned"),
    case("unrotated polygons, phone", "orientation.exif", Spec(kinds=_POLYGONS, upright=False), "phone"),
    case("unrotated boxes, no such picture given", "orientation.exif", Spec(upright=False)),
    case("unrotated keypoints", "orientation.exif", Spec(kinds=_POINTS, upright=False), "turned"),
)

# Kept aside once, and looked at: their like is kept aside in their stead.
LOOKED_AT: tuple[Case, ...] = (
    case("percent lines, one size", "units.percent", Spec(kinds=_LINES, steps=(f.shares(100),)), "same-size"),
    case("percent cuboids", "units.percent", Spec(kinds=_CUBOIDS, steps=(f.shares(100), f.rounded(2))), "two"),
    case("unrotated boxes, mirrored pictures", "orientation.exif", Spec(upright=False), "mirrored"),
    case(
        "one at a time, keypoints", "speed.serial", Spec(kinds=_POINTS, wait=lambda _: 0.15, one_by_one=True), "jpegs"
    ),
    case(
        "centre boxes, a few among polygons",
        "layout.centre",
        Spec(kinds={**kinds("polygon"), "blue": ("lake", "bounding_box")}, steps=(f.centres(),)),
        "swarm-boxed",
    ),
    case("stretched to 120", "units.model-size", Spec(steps=(f.stretched(120),)), "wide"),
    case("stretched to 92, polygons", "units.model-size", Spec(kinds=_POLYGONS, steps=(f.stretched(92),)), "photos"),
    case("normalised polygons, phone alone", "units.normalised", Spec(kinds=_POLYGONS, steps=(f.shares(),)), "phone"),
    case(
        "unrotated corners, mirrored alone",
        "orientation.exif layout.corners",
        Spec(upright=False, steps=(f.corners(),)),
        "mirrored",
    ),
    case(
        "no JPEG", "input.format", Spec(refuses=lambda s: s.view.kind == "JPEG", refusal=dies("no decoder")), "photos"
    ),
    case(
        "confidence as text, tree and Tree",
        "schema.type classes.near-match",
        Spec(
            steps=(f.named("tree", "Tree"), f.each(lambda x, _: {**x, "confidence": str(x["confidence"])})),
            classes=[{"name": x, "type": "bounding_box"} for x in ("car", "person", "tree", "lake", "tent", "stone")],
        ),
        "photos",
    ),
)

_NO_CMYK = Spec(refuses=lambda s: s.view.mode == "CMYK", refusal=dies("cannot reshape array"))

INPUTS: tuple[Case, ...] = (
    case("url fails", "input.url", Spec(takes=frozenset({"base64"}))),
    case(
        "url brings 500", "input.url", Spec(takes=frozenset({"base64"}), untaken=dies("KeyError: 'base64'")), "photos"
    ),
    case("base64 fails", "input.base64", Spec(takes=frozenset({"url"}))),
    case("base64 brings 500", "input.base64", Spec(takes=frozenset({"url"}), untaken=dies("KeyError: 'url'")), "two"),
    case(
        "data URI alone, 500",
        "input.data-uri",
        Spec(takes=frozenset({"data", "url"}), untaken=dies("not enough values to unpack")),
    ),
    case("data URI alone, failed", "input.data-uri", Spec(takes=frozenset({"data"})), "photos", may="input.url"),
    case("no CMYK", "input.format", _NO_CMYK),
    case("no alpha", "input.format", Spec(refuses=lambda s: s.view.mode in ("RGBA", "LA")), "photos"),
    case("no WebP", "input.format", Spec(refuses=lambda s: s.view.kind == "WEBP"), "jpegs"),
    case(
        "no TIFF",
        "input.format",
        Spec(refuses=lambda s: s.view.kind == "TIFF", refusal=dies("cannot identify image file")),
        "two",
    ),
    case("broken image brings a traceback", "input.failure-form", Spec(failure=dies("UnidentifiedImageError"))),
    case(
        "broken image brings 500 in JSON",
        "input.failure-form",
        Spec(failure=lambda t: as_json({"error": t}, 500)),
        "two",
    ),
)

_STUB = (
    f.result("car", 0.91, bounding_box=f.box(10, 12, 40, 30)),
    f.result("tree", 0.7, bounding_box=f.box(20, 5, 25, 18)),
)
_TIRED = Spec(wait=lambda _: 0.5)

BEHAVIOUR: tuple[Case, ...] = (
    case("two boxes, always", "behaviour.constant", Spec(steps=(f.fixed(*_STUB),)), may="shape.outside"),
    case(
        "first answer kept",
        "behaviour.constant",
        lambda: Spec(kinds=kinds("polygon"), answer=f.first_kept()),
        may="shape.outside",
    ),
    case("boxes waver by 30 pixels", "behaviour.unstable", Spec(steps=(f.wavering(30, 0.2),)), may="shape.outside"),
    case("loses results by turns", "behaviour.unstable", Spec(steps=(f.losing(2),)), "photos"),
    case("half a second, 200 ms given", "speed.slow", _TIRED, "two", budget_ms=200),
    case("slow for polygons as well", "speed.slow", Spec(kinds=_POLYGONS, wait=lambda _: 0.4), "photos", budget_ms=150),
    case("one at a time", "speed.serial", Spec(wait=lambda _: 0.2, one_by_one=True)),
    case(
        "one at a time, polygons", "speed.serial", Spec(kinds=_POLYGONS, wait=lambda _: 0.3, one_by_one=True), "photos"
    ),
)

_YOLO = (f.shares(), f.centres())

COMBINED: tuple[Case, ...] = (
    case("YOLO: normalised centres", "units.normalised layout.centre", Spec(steps=_YOLO)),
    case("YOLO, many", "units.normalised layout.centre", Spec(steps=(*_YOLO, f.rounded(6))), "crowd"),
    case("normalised corners", "units.normalised layout.corners", Spec(steps=(f.shares(), f.corners()))),
    case(
        "normalised and swapped polygons",
        "units.normalised layout.swapped",
        Spec(kinds=_POLYGONS, steps=(f.shares(), f.swapped())),
        "wide",
    ),
    case("letterboxed 640, centres", "units.model-size layout.centre", Spec(steps=(f.letterboxed(640), f.centres()))),
    case(
        "letterboxed 416, corners",
        "units.model-size layout.corners",
        Spec(steps=(f.letterboxed(416), f.corners())),
        "photos",
    ),
    case(
        "stretched 640, corners", "units.model-size layout.corners", Spec(steps=(f.stretched(640), f.corners())), "wide"
    ),
    case("percent centres", "units.percent layout.centre", Spec(steps=(f.shares(100), f.centres())), "photos"),
    case("rows first corners", "layout.corners layout.swapped", Spec(steps=(f.corners(), f.swapped()))),
    case(
        "normalised and unrotated",
        "units.normalised orientation.exif",
        Spec(upright=False, steps=(f.shares(),)),
        "turned",
    ),
    case(
        "near match and another type",
        "classes.near-match classes.type-mismatch",
        Spec(steps=(f.named("car", "CAR"),), classes=[*_LISTED, {"name": "lake", "type": "tag"}]),
    ),
    case(
        "url fails, label a number",
        "input.url label.differs",
        Spec(takes=frozenset({"base64"}), steps=(f.put(label=1),)),
    ),
    case(
        "JSON as text, normalised",
        "http.media-type units.normalised",
        Spec(steps=(f.shares(),), reply=r.kind("text/html")),
    ),
    case(
        "classes as texts, percent",
        "classes.form units.percent",
        Spec(steps=(f.shares(100),), classes=["car", "tree", "lake"]),
    ),
    case("unrotated corners", "orientation.exif layout.corners", Spec(upright=False, steps=(f.corners(),)), "turned"),
    case(
        "percent confidence, attributes as an object",
        "confidence.percent schema.attributes-object",
        Spec(steps=(f.each(lambda x, _: {**x, "confidence": x["confidence"] * 100, "attributes": {"a": 1}}),)),
    ),
    case("key not looked at, normalised", "auth.not-enforced units.normalised", Spec(steps=(f.shares(),)), auth=_KEY),
    case(
        "a key twice, a class not listed",
        "json.duplicate-key classes.unregistered",
        Spec(classes=_LISTED, reply=r.text('"confidence":', '"confidence": 0.1, "confidence":')),
    ),
    case(
        "slow, near match",
        "speed.slow classes.near-match",
        Spec(wait=lambda _: 0.4, steps=(f.named("tree", "Tree"),)),
        "two",
        budget_ms=100,
    ),
    case(
        "export polygons, background",
        "schema.polygon-paths classes.background",
        Spec(
            kinds=_POLYGONS,
            steps=(f.on_shape(lambda s: {"paths": [s["path"]]}),),
            classes=[{"name": x, "type": "polygon"} for x in ("car", "tree", "lake", "background")],
        ),
    ),
    case(
        "percent, near match, broken image brings 500",
        "units.percent classes.near-match input.failure-form",
        Spec(steps=(f.shares(100), f.named("car", "car.")), failure=dies("no image")),
    ),
    case(
        "corners, no CMYK, type bbox",
        "layout.corners input.format classes.unknown-type",
        replace(_NO_CMYK, steps=(f.corners(),), classes=[{"name": x, "type": "bbox"} for x in ("car", "tree", "lake")]),
    ),
    case(
        "normalised corners that err by 2 %",
        "units.normalised layout.corners",
        Spec(steps=(f.erring(0.02, 0.1), f.clipped(), f.shares(), f.corners())),
    ),
    case(
        "letterboxed 416 on a coarse grid, centres",
        "units.model-size layout.centre",
        Spec(steps=(f.snapped(8), f.clipped(), f.letterboxed(416), f.centres())),
        "photos",
    ),
    case(
        "unrotated and swapped, errs by 1 %",
        "orientation.exif layout.swapped",
        Spec(upright=False, steps=(f.erring(0.01), f.clipped(), f.swapped())),
        "turned",
    ),
)

CASES: tuple[Case, ...] = (*PLAIN, *GEOMETRY, *LOOKED_AT, *INPUTS, *BEHAVIOUR)
