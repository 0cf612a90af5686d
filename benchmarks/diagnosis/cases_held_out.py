"""The cases kept aside: no rule is tuned to them, and whoever writes rules does not read this file.

Picked before any rule on geometry, inputs, behaviour or speed existed: of each id the third of every three cases in the
order of writing, every third server with several faults, and a few sound servers besides. Servers that err were added
later, by the same hand, unseen by whoever wrote the rules.
"""

from __future__ import annotations

from benchmarks.diagnosis import faults as f
from benchmarks.diagnosis import replies as r
from benchmarks.diagnosis.case import Case, case
from benchmarks.diagnosis.cases_held_out_plain import PLAIN
from benchmarks.diagnosis.servers import Spec, as_json, dies, kinds, page_500
from byom_gui.core.endpoint import Auth

_POLYGONS, _POINTS, _ELLIPSES = kinds("polygon"), kinds("keypoint"), kinds("ellipse")
_SKELETONS, _CUBOIDS, _LINES = kinds("skeleton"), kinds("cuboid"), kinds("line")
_MIXED = kinds("bounding_box polygon keypoint ellipse")
_CELLS = kinds(names="cell debris nucleus fibre drop dust")

GEOMETRY: tuple[Case, ...] = (
    case(
        "normalised keypoints, many", "units.normalised", Spec(kinds=_POINTS, steps=(f.shares(), f.rounded(4))), "crowd"
    ),
    case(
        "normalised shapes of several kinds, one picture",
        "units.normalised",
        Spec(kinds=_MIXED, steps=(f.shares(),)),
        "one",
    ),
    case(
        "letterboxed 640 in a corner, polygons",
        "units.model-size",
        Spec(kinds=_POLYGONS, steps=(f.letterboxed(640, middle=False),)),
        "wide",
    ),
    case(
        "stretched to 1024×576, ellipses",
        "units.model-size",
        Spec(kinds=_ELLIPSES, steps=(f.stretched(1024, 576),)),
        "tall",
    ),
    case("stretched to 512, one size", "units.model-size", Spec(steps=(f.stretched(512), f.rounded())), "same-size"),
    case("corner boxes, one a picture", "layout.corners", Spec(steps=(f.corners(),)), "single"),
    case("corner boxes beside polygons", "layout.corners", Spec(kinds=_MIXED, steps=(f.corners(),)), "all-colours"),
    case("centre boxes, photos", "layout.centre", Spec(kinds=_CELLS, steps=(f.centres(),)), "photos"),
    case("centre boxes on black", "layout.centre", Spec(kinds=_CELLS, steps=(f.centres(), f.rounded(2))), "dark"),
    case("swapped keypoints", "layout.swapped", Spec(kinds=_POINTS, steps=(f.swapped(),)), "photos"),
    case(
        "swapped lines and ellipses",
        "layout.swapped",
        Spec(kinds=kinds("line ellipse"), steps=(f.swapped(),)),
        "same-size",
    ),
    case("unrotated skeletons, phone", "orientation.exif", Spec(kinds=_SKELETONS, upright=False), "phone"),
)

INPUTS: tuple[Case, ...] = (
    case(
        "url brings 400",
        "input.url",
        Spec(kinds=_POLYGONS, takes=frozenset({"base64"}), untaken=lambda _: as_json({"error": "no"}, 400)),
    ),
    case(
        "base64 brings 422",
        "input.base64",
        Spec(takes=frozenset({"url"}), untaken=lambda _: as_json({"detail": []}, 422)),
        "photos",
    ),
    case(
        "data URI alone, 400",
        "input.data-uri",
        Spec(kinds=_POLYGONS, takes=frozenset({"data", "url"}), untaken=lambda _: as_json({"error": "no"}, 400)),
    ),
    case(
        "no grey",
        "input.format",
        Spec(refuses=lambda s: s.view.mode in ("L", "I;16", "I"), refusal=dies("expected 3 channels")),
        "photos",
    ),
    case(
        "no 16 bit and no animation",
        "input.format",
        Spec(kinds=_POLYGONS, refuses=lambda s: s.view.mode.startswith("I") or s.view.frames > 1),
    ),
    case(
        "broken image brings a page",
        "input.failure-form",
        Spec(kinds=_POINTS, failure=page_500),
        "photos",
    ),
)

BEHAVIOUR: tuple[Case, ...] = (
    case(
        "one polygon, always",
        "behaviour.constant",
        Spec(kinds=_POLYGONS, steps=(f.fixed(f.result("car", 0.66, polygon=f.path((5, 5), (50, 8), (30, 40)))),)),
        "two",
        may="shape.outside",
    ),
    case(
        "keypoints waver by 15 pixels",
        "behaviour.unstable",
        Spec(kinds=_POINTS, steps=(f.wavering(15, 0.05),)),
        "photos",
        may="shape.outside",
    ),
    case("a third of a second, 100 ms given", "speed.slow", Spec(wait=lambda _: 0.33), "six", budget_ms=100),
)

COMBINED: tuple[Case, ...] = (
    case(
        "YOLO, tall pictures",
        "units.normalised layout.centre",
        Spec(steps=(f.shares(), f.centres(), f.rounded(5))),
        "tall",
    ),
    case(
        "TensorFlow: normalised rows first corners",
        "units.normalised layout.corners layout.swapped",
        Spec(steps=(f.shares(), f.corners(), f.swapped())),
        "photos",
    ),
    case(
        "letterboxed 512, swapped polygons",
        "units.model-size layout.swapped",
        Spec(kinds=_POLYGONS, steps=(f.letterboxed(512), f.swapped())),
        "wide",
    ),
    case("percent corners", "units.percent layout.corners", Spec(steps=(f.shares(100), f.corners())), "jpegs"),
    case(
        "normalised keypoints, percent confidence",
        "units.normalised confidence.percent",
        Spec(kinds=_POINTS, steps=(f.shares(), f.each(lambda x, _: {**x, "confidence": x["confidence"] * 100}))),
        "photos",
    ),
    case(
        "status ok, no confidence",
        "schema.range schema.missing",
        Spec(steps=(f.without("confidence"),), answer=lambda v, _: {**v, "status": "OK"}),
    ),
    case(
        "no CMYK, broken image brings 500",
        "input.format input.failure-form",
        Spec(refuses=lambda s: s.view.mode == "CMYK", refusal=dies("bad mode"), failure=dies("bad mode")),
        "photos",
    ),
    case(
        "url fails, centres",
        "input.url layout.centre",
        Spec(takes=frozenset({"base64"}), steps=(f.centres(),)),
        "crowd",
    ),
    case(
        "data URI alone, normalised",
        "input.data-uri units.normalised",
        Spec(takes=frozenset({"data", "url"}), untaken=dies("split"), steps=(f.shares(),)),
    ),
    case(
        "unrotated, stretched to 640",
        "orientation.exif units.model-size",
        Spec(upright=False, steps=(f.stretched(640),)),
        "turned",
    ),
    case(
        "YOLO, url fails, broken image brings 500",
        "units.normalised layout.centre input.url input.failure-form",
        Spec(takes=frozenset({"base64"}), steps=(f.shares(), f.centres()), failure=dies("broken")),
        "photos",
    ),
    case(
        "YOLO that errs by 2 %, overlooks a fifth",
        "units.normalised layout.centre",
        Spec(steps=(f.erring(0.02, 0.2), f.clipped(), f.shares(), f.centres())),
        "photos",
    ),
    case(
        "letterboxed 640 that errs, swapped",
        "units.model-size layout.swapped",
        Spec(steps=(f.erring(0.01, 0.1), f.clipped(), f.letterboxed(640), f.swapped())),
    ),
    case(
        "percent on a coarse grid, unrotated",
        "units.percent orientation.exif",
        Spec(upright=False, steps=(f.snapped(8), f.clipped(), f.shares(100))),
        "turned",
    ),
)

SOUND: tuple[Case, ...] = (
    case("boxes on black", "", Spec(kinds=_CELLS), "dark"),
    case("polygons, tall", "", Spec(kinds=_POLYGONS, steps=(f.rounded(1),)), "tall"),
    case("keypoints, many", "", Spec(kinds=_POINTS), "crowd"),
    case("ellipses, wide", "", Spec(kinds=_ELLIPSES), "wide"),
    case("skeletons and cuboids, large", "", Spec(kinds=kinds("skeleton cuboid")), "large"),
    case("phone pictures, polygons", "", Spec(kinds=_POLYGONS), "phone"),
    case("mirrored pictures, boxes", "", Spec(), "mirrored"),
    case("tiny pictures, boxes", "", Spec(steps=(f.rounded(),)), "tiny"),
    case("one size, keypoints that waver", "", Spec(kinds=_POINTS, steps=(f.wavering(0.1, 0.0005),)), "same-size"),
    case("a third of a second, a second given", "", Spec(wait=lambda _: 0.3), "two", budget_ms=1000),
    case("one tag and boxes", "", Spec(kinds={**kinds(), "red": ("busy", "tag")}), "webp"),
    case("key checked", "", Spec(early=r.needing("x-api-key")), "two", auth=Auth("", "X-Api-Key")),
    case("pictures of the model's own size", "", Spec(), "model-sized"),
    case("keypoints on a grid of 16 pixels", "", Spec(kinds=_POINTS, steps=(f.snapped(16), f.clipped())), "photos"),
    case("boxes that err by 4 %", "", Spec(steps=(f.erring(0.04), f.clipped())), "street"),
    case("keypoints in one corner", "", Spec(kinds=_POINTS), "corner"),
)

CASES: tuple[Case, ...] = (*PLAIN, *GEOMETRY, *INPUTS, *BEHAVIOUR)
