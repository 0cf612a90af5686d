"""More cases kept aside: no rule is tuned to them, and whoever writes rules does not read this file.

Written after four of the first ones had been looked at and became tuned cases, and before any rule was changed because
of those: servers of the same kinds, with other shapes, numbers and pictures, and sound ones that a mend might accuse.
"""

from __future__ import annotations

from benchmarks.diagnosis import faults as f
from benchmarks.diagnosis.case import Case, case
from benchmarks.diagnosis.servers import Spec, dies, kinds

_POLYGONS, _POINTS, _ELLIPSES = kinds("polygon"), kinds("keypoint"), kinds("ellipse")
_SKELETONS, _CUBOIDS, _LINES = kinds("skeleton"), kinds("cuboid"), kinds("line")
_FEW_BOXES = {**kinds("polygon"), "red": ("car", "bounding_box")}
_PERCENT = f.shares(100)

CASES: tuple[Case, ...] = (
    case("percent lines, few", "units.percent", Spec(kinds=_LINES, steps=(_PERCENT, f.rounded(1))), "desk-few"),
    case("percent skeletons, tall", "units.percent", Spec(kinds=_SKELETONS, steps=(_PERCENT,)), "tall"),
    case("percent ellipses on black", "units.percent", Spec(kinds=_ELLIPSES, steps=(_PERCENT,)), "dark"),
    case("percent boxes, one a picture", "units.percent", Spec(steps=(_PERCENT, f.rounded(2))), "single"),
    case("percent cuboids, one size", "units.percent", Spec(kinds=_CUBOIDS, steps=(_PERCENT,)), "same-size"),
    case("normalised lines, desk", "units.normalised", Spec(kinds=_LINES, steps=(f.shares(), f.rounded(5))), "desk"),
    case("normalised cuboids, square", "units.normalised", Spec(kinds=_CUBOIDS, steps=(f.shares(),)), "square"),
    case("stretched to 512×256, lines", "units.model-size", Spec(kinds=_LINES, steps=(f.stretched(512, 256),)), "desk"),
    case("letterboxed 384, ellipses", "units.model-size", Spec(kinds=_ELLIPSES, steps=(f.letterboxed(384),)), "jpegs"),
    case("stretched to 160", "units.model-size", Spec(steps=(f.stretched(160),)), "desk"),
    case("stretched to 112, keypoints", "units.model-size", Spec(kinds=_POINTS, steps=(f.stretched(112),)), "photos"),
    case("corner boxes on black", "layout.corners", Spec(steps=(f.corners(), f.rounded())), "dark"),
    case("centre cuboids, desk", "layout.centre", Spec(kinds=_CUBOIDS, steps=(f.centres(),)), "desk"),
    case("centre boxes, few among polygons", "layout.centre", Spec(kinds=_FEW_BOXES, steps=(f.centres(),)), "crowd"),
    case("swapped lines, desk", "layout.swapped", Spec(kinds=_LINES, steps=(f.swapped(),)), "desk"),
    case("swapped keypoints, small", "layout.swapped", Spec(kinds=_POINTS, steps=(f.swapped(),)), "small"),
    case("unrotated polygons, mirrored", "orientation.exif", Spec(kinds=_POLYGONS, upright=False), "mirror-two"),
    case("unrotated keypoints, mirrored", "orientation.exif", Spec(kinds=_POINTS, upright=False), "mirrored"),
    case("unrotated boxes, upside down", "orientation.exif", Spec(upright=False), "upended"),
    case("one at a time, boxes, a quarter", "speed.serial", Spec(wait=lambda _: 0.25, one_by_one=True), "desk"),
    case(
        "one at a time, ellipses",
        "speed.serial",
        Spec(kinds=_ELLIPSES, wait=lambda _: 0.12, one_by_one=True),
        "two",
    ),
    case("no JPEG, with a traceback", "input.format", Spec(
        refuses=lambda s: s.view.kind == "JPEG", refusal=dies("decoder jpeg not available")), "two"),
    case("confidence as text, Car and car", "schema.type classes.near-match", Spec(
        steps=(f.named("car", "Car"), f.each(lambda x, _: {**x, "confidence": str(x["confidence"])})),
        classes=[{"name": x, "type": "bounding_box"} for x in ("car", "person", "tree", "lake", "tent", "stone")])),
)  # fmt: skip

COMBINED: tuple[Case, ...] = (
    case(
        "percent corners on black", "units.percent layout.corners", Spec(steps=(_PERCENT, f.corners())), "dark"
    ),
    case(
        "normalised and unrotated, mirrored",
        "units.normalised orientation.exif",
        Spec(upright=False, steps=(f.shares(),)),
        "mirror-two",
    ),
    case(
        "percent cuboid corners, few",
        "units.percent layout.corners",
        Spec(kinds=_CUBOIDS, steps=(_PERCENT, f.corners())),
        "desk-few",
    ),
    case(
        "percent centres, near match, desk",
        "units.percent layout.centre classes.near-match",
        Spec(
            steps=(_PERCENT, f.centres(), f.named("tree", "TREE")),
            classes=[{"name": x, "type": "bounding_box"} for x in ("car", "person", "tree", "lake", "tent", "stone")],
        ),
        "desk",
    ),
    case(
        "letterboxed 384, unrotated, upside down",
        "units.model-size orientation.exif",
        Spec(upright=False, steps=(f.letterboxed(384),)),
        "upended",
    ),
)  # fmt: skip

SOUND: tuple[Case, ...] = (
    case("cuboids, few things", "", Spec(kinds=_CUBOIDS), "desk-few"),
    case("skeletons, mirrored pictures", "", Spec(kinds=_SKELETONS), "mirror-two"),
    case("lines, one size", "", Spec(kinds=_LINES), "same-size"),
    case("boxes, upside down", "", Spec(steps=(f.rounded(),)), "upended"),
    case("two at a time, boxes", "", Spec(wait=lambda _: 0.15), "desk"),
    case("stamps, keypoints", "", Spec(kinds=_POINTS), "stamps"),
    case("stamps, boxes that err by 3 %", "", Spec(steps=(f.erring(0.03), f.clipped())), "stamps"),
    case("few boxes among many polygons", "", Spec(kinds=_FEW_BOXES), "crowd"),
    case("lines that err by 3 %, few things", "", Spec(kinds=_LINES, steps=(f.erring(0.03),)), "desk-few"),
    case("mirrored, points that err", "", Spec(kinds=_POINTS, steps=(f.erring(0.02), f.clipped())), "mirrored"),
)  # fmt: skip
