"""Servers with nothing wrong: whatever is said of them, beside what loopback brings, is a false alarm."""

from __future__ import annotations

from benchmarks.diagnosis import faults as f
from benchmarks.diagnosis import frameworks
from benchmarks.diagnosis.case import Case, case
from benchmarks.diagnosis.servers import Spec, kinds

_TAGS = (f.result("outdoors", 0.97, tag={}), f.result("daylight", 0.83, tag={}))

SOUND: tuple[Case, ...] = (
    case("standard library, boxes", "", Spec(), "six"),
    Case("Flask, polygons", frozenset(), frameworks.flask(), "photos"),
    Case("FastAPI with uvicorn, boxes", frozenset(), frameworks.fastapi(), "street"),
    case(
        "tags, the same of every picture", "", Spec(kinds=kinds("tag", "outdoors daylight"), steps=(f.fixed(*_TAGS),))
    ),
    case(
        "boxes, polygons, lines, keypoints", "", Spec(kinds=kinds("bounding_box polygon line keypoint")), "all-colours"
    ),
    case("ellipses, cuboids, skeletons, tags", "", Spec(kinds=kinds("ellipse cuboid skeleton tag")), "all-colours"),
    case("hundreds of results", "", Spec(), "swarm"),
    case("none on some pictures", "", Spec(), "some-empty"),
    case("slow first call", "", Spec(wait=lambda number: 3.0 if number == 1 else 0.0)),
    case(
        "extra keys",
        "",
        Spec(
            steps=(f.put(id=7, area=12.5, attributes=["seen"]),), answer=lambda v, _: {**v, "model": "v3", "took": 0.1}
        ),
    ),
    case(
        "confidence of exactly 1", "", Spec(kinds=kinds("polygon"), steps=(f.at(0, lambda x: {**x, "confidence": 1}),))
    ),
    case(
        "a fraction of a pixel outside",
        "",
        Spec(steps=(f.on_shape(lambda s: f.box(s["x"] - 0.4, s["y"] - 0.4, s["w"] + 0.8, s["h"] + 0.8)),)),
        "border",
    ),
    case("names that are not Latin", "", Spec(kinds=kinds(names="車 дерево 湖 شجرة ψάρι 🐟"))),
    case("symmetric pictures", "", Spec(), "symmetric"),
    case("things at the border", "", Spec(kinds=kinds("polygon")), "border"),
    case("answers that waver a little", "", Spec(steps=(f.wavering(0.15, 0.001),))),
    case("whole numbers, square pictures", "", Spec(steps=(f.rounded(),)), "square"),
    case("EXIF followed", "", Spec(), "turned"),
    case("small pictures, keypoints", "", Spec(kinds=kinds("keypoint")), "small"),
    case("one picture of one thing", "", Spec(), "single"),
    case("a coarse grid of 8 pixels", "", Spec(steps=(f.snapped(8), f.clipped()))),
    case("small things in one corner", "", Spec(), "corner"),
    case("pictures of 100×100", "", Spec(), "hundred"),
    case("errs by 2 %, overlooks a fifth", "", Spec(steps=(f.erring(0.02, 0.2), f.clipped())), "photos"),
    Case("RapidOCR, text as polygons", frozenset(), frameworks.ocr(), "text"),
    Case("OpenCV cascades, faces as boxes", frozenset(), frameworks.cascades(), "faces"),
)
