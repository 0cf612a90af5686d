"""The overlay painter: golden pictures of the nine shapes, chips, huge shapes, whole renders.

The tolerance of the golden pictures is proved here: what it must not let through, it does not.
"""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from byom_gui.core.clipping import overlap
from byom_gui.core.colours import ClassColour
from byom_gui.core.image import Raster
from byom_gui.core.predictions import (
    SHAPE_NAMES,
    BoundingBox,
    Cuboid,
    DirectionalVector,
    Ellipse,
    Keypoint,
    Line,
    Node,
    Point,
    Polygon,
    Prediction,
    Shape,
    ShapeName,
    Skeleton,
    Tag,
)
from byom_gui.core.view import View
from byom_gui.ui import strokes
from byom_gui.ui.chips import Labels, Layout
from byom_gui.ui.painter import Look, paint, render
from byom_gui.ui.scene import DARK_HALO, WHITE_HALO, prepare
from tests.ui import golden

pytestmark = pytest.mark.usefixtures("qtbot")
PLACED = [name for name in SHAPE_NAMES if name not in ("tag", "directional_vector")]
COLOURS = {"cell": ClassColour("#60C1AB"), "tag": ClassColour("#FFAE7E")}


def predict(*shapes: Shape, name: str = "cell", kind: ShapeName = "polygon") -> list[Prediction]:
    return [Prediction(place, name, name, 0.9, kind, shape) for place, shape in enumerate(shapes)]


def painted(predictions: list[Prediction], look: Look, view: View | None = None) -> tuple[QImage, Layout]:
    view = view or View(300, 200, (300, 200))
    image = QImage(round(view.width), round(view.height), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor("black"))
    painter = QPainter(image)
    layout = paint(painter, prepare(predictions, COLOURS), view, look)
    painter.end()
    return image, layout


# --- golden pictures


@pytest.mark.parametrize("name", SHAPE_NAMES)
def test_golden(name: ShapeName) -> None:
    kept = QImage(str(golden.place(name)))
    assert not kept.isNull(), "draw it with: python -m tests.ui.golden"
    off = golden.worst(golden.picture(name), kept, golden.cell(name)[0])
    assert off <= golden.MOST_OFF, f"{off:.2%} of the pixels differ"


@pytest.mark.parametrize("name", SHAPE_NAMES)
def test_the_tolerance_does_not_let_a_shift_of_two_pixels_through(name: ShapeName) -> None:
    off = golden.worst(golden.picture(name, shift=2), golden.picture(name), golden.cell(name)[0])
    assert off > golden.MOST_OFF


@pytest.mark.parametrize("name", PLACED)
def test_the_tolerance_does_not_let_a_missing_halo_through(name: ShapeName) -> None:
    bare = golden.scene(name)
    bare.items[0].halo = golden.BRIGHT
    off = golden.worst(golden.picture(name, bare), golden.picture(name), golden.cell(name)[0])
    assert off > golden.MOST_OFF


@pytest.mark.parametrize("name", PLACED)
def test_the_tolerance_does_not_let_a_missing_white_stroke_through(
    name: ShapeName, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = golden.picture(name)
    monkeypatch.setattr(strokes, "SELECTED", ())
    monkeypatch.setattr(strokes, "WHITE", golden.DARK)
    assert golden.worst(golden.picture(name), whole, golden.cell(name)[0]) > golden.MOST_OFF


# --- colours


@pytest.mark.parametrize(("hex_", "halo"), [("#60C1AB", DARK_HALO), ("#101080", WHITE_HALO)])
def test_dark_colours_get_a_white_halo(hex_: str, halo: str) -> None:
    scene = prepare(predict(Keypoint(1, 1)), {"cell": ClassColour(hex_)})
    assert scene.items[0].halo == QColor(halo)


def test_a_thirteenth_class_is_dashed_and_an_unknown_one_is_near_white() -> None:
    box = BoundingBox(20, 20, 200, 100)
    image = QImage(300, 200, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor("black"))
    painter = QPainter(image)
    scene = prepare(predict(box), {"cell": ClassColour("#60C1AB", dashed=True)})
    paint(painter, scene, View(300, 200, (300, 200)), Look(words=False, fill=0))
    painter.end()
    along = [image.pixelColor(x, 20).green() > 100 for x in range(30, 210)]
    assert 0.4 < sum(along) / len(along) < 0.8
    assert prepare(predict(box), {}).items[0].colour == QColor("#EBEDF2")


def test_a_shape_that_holds_others_gets_half_the_fill_and_lies_below() -> None:
    small = BoundingBox(50, 50, 10, 10)
    scene = prepare(predict(small, BoundingBox(0, 0, 200, 150)), COLOURS)
    assert [(item.prediction.index, item.holder) for item in scene.items] == [(1, True), (0, False)]
    assert strokes.fill_share(scene.items[0], 0.2, "rest") == pytest.approx(0.1)
    assert strokes.fill_share(scene.items[1], 0.2, "selected") == pytest.approx(0.32)


# --- chips


@pytest.mark.parametrize(("labels", "count"), [("auto", 2), ("all", 2), ("none", 0)])
def test_labels(labels: Labels, count: int) -> None:
    _, layout = painted(predict(BoundingBox(40, 60, 60, 40), BoundingBox(40, 140, 60, 40)), Look(labels=labels))
    assert len(layout.chips) == count


def test_auto_leaves_out_crowded_classes_and_keypoints_beside_objects() -> None:
    crowd = [BoundingBox(9 * place, 100, 6, 6) for place in range(31)]
    assert painted(predict(*crowd), Look())[1].chips == {}
    both = predict(BoundingBox(100, 100, 60, 40), Keypoint(130, 100), Keypoint(40, 40))
    assert set(painted(both, Look())[1].chips) == {0, 2}


def test_chips_are_wholly_in_the_picture_and_apart() -> None:
    boxes = [BoundingBox(x, y, 30, 20) for x in (0, 120, 270) for y in (0, 90, 180)]
    _, layout = painted(predict(*boxes), Look(labels="auto"))
    found = [chip.box for chip in layout.chips.values()]
    assert len(found) >= 4
    assert all(x >= 0 and y >= 0 and x + w <= 300 and y + h <= 200 for x, y, w, h in found)
    assert not any(overlap(a, b) for at, a in enumerate(found) for b in found[at + 1 :])


def test_tags_stand_top_left_and_vectors_top_right() -> None:
    tags = predict(Tag(), Tag(), name="tag", kind="tag")
    vector = Prediction(2, "flow", "flow", 0.8, "directional_vector", DirectionalVector(10, 2))
    _, layout = painted([*tags, vector], Look(labels="none"))
    first, second, third = (layout.chips[index].box for index in range(3))
    assert (first[0], first[1]) == (8, 8)
    assert second[1] > first[1] + first[3]
    assert third[0] + third[2] == 292


def test_text_and_attributes_show_on_the_hovered_object_only() -> None:
    found = Prediction(0, "cell", "cell", 0.9, "bounding_box", BoundingBox(60, 90, 90, 60), "LOT 4", ("wet",))
    rest, _ = painted([found], Look())
    hovered, _ = painted([found], Look(hovered=0))
    bare = Prediction(0, "cell", "cell", 0.9, "bounding_box", BoundingBox(60, 90, 90, 60))
    plain, _ = painted([bare], Look(hovered=0))
    assert hovered != plain != rest


# --- what must not crash or hang


@pytest.mark.parametrize(
    "shape",
    [
        BoundingBox(-1e300, -1e300, 1e308, 1e308),
        BoundingBox(5, 5, 0, 0),
        Polygon((Point(-1e300, 0), Point(1e300, 1e300), Point(0, 1e308))),
        Polygon((Point(5, 5),)),
        Polygon(()),
        Polygon(tuple(Point(place % 200, place % 7) for place in range(20000))),
        Line((Point(1e300, -1e300), Point(5, 5), Point(-1e300, 5))),
        Line((Point(5, 5),)),
        Keypoint(1e300, -1e300),
        Ellipse(1e300, Point(1e300, 0), Point(1e300, 1e300)),
        Ellipse(0, Point(5, 5), Point(0, 0)),
        Cuboid(BoundingBox(-1e300, 5, 1e308, 5), BoundingBox(0, 0, 0, 0)),
        Skeleton((Node(1e300, 1e300, True), Node(1, 1, False))),
        Skeleton(()),
    ],
)
def test_extreme_shapes_are_drawn(shape: Shape) -> None:
    for scale in (0.01, 1.0, 64.0):
        for look in (Look(labels="all", selected=0), Look(labels="all", hovered=0)):
            painted(predict(shape), look, View(300, 200, (300, 200), scale))


def test_an_edge_that_crosses_the_view_is_drawn_though_its_ends_are_far_out() -> None:
    image, _ = painted(predict(Line((Point(-1e6, 100), Point(1e6, 100)))), Look(words=False))
    assert image.pixelColor(150, 100) == QColor("#60C1AB")


def test_below_the_threshold_nothing_is_drawn_even_if_selected() -> None:
    empty, _ = painted([], Look())
    image, _ = painted(predict(BoundingBox(20, 20, 80, 80)), Look(threshold=0.95, selected=0))
    assert image == empty


# --- render


@pytest.mark.parametrize(("longest", "size"), [(0, (40, 20)), (400, (400, 200))])
def test_render_has_the_size_asked_for(longest: int, size: tuple[int, int], qtbot: QtBot) -> None:
    raster = Raster(40, 20, b"\x10\x20\x30\xff" * 800, 80, 40)
    image = render(raster, predict(BoundingBox(20, 10, 40, 20)), COLOURS, longest=longest, look=Look(words=False))
    assert (image.width(), image.height()) == size
    assert image.pixelColor(0, 0) == QColor("#102030")
    # The coordinates are of the whole picture, of which the raster is a half.
    assert image.pixelColor(size[0] // 4, size[1] // 2) == QColor("#60C1AB")
