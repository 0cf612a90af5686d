"""Cases of the families beside geometry, inputs and behaviour; as in ``cases_held_out``: see there."""

from __future__ import annotations

import json

from benchmarks.diagnosis import faults as f
from benchmarks.diagnosis import network as n
from benchmarks.diagnosis import replies as r
from benchmarks.diagnosis.case import Case, case
from benchmarks.diagnosis.servers import Spec, ending, kinds
from byom_gui.core.endpoint import Auth

_POLYGONS, _POINTS, _ELLIPSES = kinds("polygon"), kinds("keypoint"), kinds("ellipse")
_SKELETONS, _CUBOIDS, _LINES = kinds("skeleton"), kinds("cuboid"), kinds("line")
_MIXED = kinds("bounding_box polygon keypoint ellipse")
_CELLS = kinds(names="cell debris nucleus fibre drop dust")

NET: tuple[Case, ...] = (
    n.at("name of no host, with a port", "net.dns", n.nowhere("http://model.example.invalid:8080/api/infer")),
    n.at("closed port, another loopback address", "net.refused", n.nowhere("http://127.0.0.3:{port}/infer")),
    n.at("full queue, another loopback address", "net.timeout-connect", n.full_queue("http", "127.0.0.2")),
    n.at("takes the connection alone", "net.timeout-read", n.raw(n.deaf)),
    case("gone after nine, polygons", "net.died", Spec(kinds=_POLYGONS, early=r.dead_after(9)), "photos"),
    case("hangs up near the end", "net.reset", Spec(reply=r.cut(0.9)), "two"),
    case("announces more than it sends", "http.encoding", Spec(reply=r.announcing(100_000)), "two"),
    n.at(
        "proxy is broken",
        "net.proxy",
        n.proxied("https://model.invalid/infer", n.saying(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")),
    ),
    case("redirects in a circle", "net.redirect", Spec(early=r.redirected(308, "/infer")), "two"),
    case("127.0.0.7", "net.private-address", Spec(kinds=_POLYGONS), "two", host="127.0.0.7"),
    case(
        "password in clear",
        "net.plain-http",
        Spec(early=r.needing("authorization", r.basic("me"))),
        "two",
        auth=Auth("me"),
    ),
    n.at("expired, another authority", "tls.expired", n.secure(("localhost",), trusted=True, expired=True, ca="Lab")),
    n.at("unknown authority, two names", "tls.untrusted", n.secure(("localhost", "a.lab"), trusted=False, ca="Lab")),
    n.at("an address for a name", "tls.hostname", n.secure(("10.1.2.3",), trusted=True)),
    n.at("nonsense behind https", "net.protocol", n.raw(n.saying(b"\x00\x01\x02\x03 nothing of TLS"), "https")),
    n.at("alert alone", "tls.handshake", n.raw(n.saying(b"\x15\x03\x03\x00\x02\x02\x28"), "https")),
    n.at(
        "client certificate, another authority",
        "tls.client-certificate",
        n.secure(("localhost", "b.lab"), trusted=True, ca="Lab", change=n.asking),
    ),
)

HTTP: tuple[Case, ...] = (
    case(
        "inference without a slash", "http.not-found", Spec(infer=("/v1/models/a/infer",)), path="/v1/models/a/infer/"
    ),
    case("inference is PUT", "http.method", Spec(reply=r.always(405, "", "text/plain", ("Allow", "PUT"))), "photos"),
    case("403 for everybody", "auth.rejected", Spec(reply=r.always(403, '{"message": "Forbidden"}', r.JSON)), "two"),
    case(
        "any key will do",
        "auth.not-enforced",
        Spec(kinds=_POLYGONS, early=r.needing("x-secret", "")),
        "photos",
        auth=Auth("", "X-Secret"),
    ),
    case(
        "limit of 80 kB, large pictures",
        "http.too-large",
        Spec(early=r.over(80_000, r.always(413, '{"detail": "too big"}', r.JSON))),
        "large",
    ),
    case("no content type", "http.media-type", Spec(kinds=_POLYGONS, reply=r.kind("")), "photos"),
    case("429 every other time", "http.rate-limited", Spec(reply=r.every(2, r.always(429, "wait"))), "six"),
    case(
        "502 of nginx",
        "http.server-error",
        Spec(reply=r.always(502, r.page("502 Bad Gateway", "nginx"), "text/html")),
        "photos",
    ),
    case("default page", "http.html", Spec(reply=r.always(200, r.page("Welcome to nginx!", "It works"), "text/html"))),
    case("418", "http.status", Spec(reply=r.always(418, "teapot")), "photos"),
    case("a zipped flood", "http.oversized", Spec(reply=r.bomb(70_000_000)), "two"),
)

TEXT: tuple[Case, ...] = (
    case("a comma too many", "json.invalid", Spec(reply=r.text("]}", ",]}"))),
    case("str() of the results", "json.python-literal", Spec(kinds=_POLYGONS, encode=r.python), "photos"),
    case("1e999", "json.not-finite", Spec(reply=r.text('"confidence": 0', '"confidence": 1e999, "c": 0'))),
    case("byte order mark", "json.encoding", Spec(encode=lambda v: b"\xef\xbb\xbf" + json.dumps(v).encode()), "two"),
    case("x twice", "json.duplicate-key", Spec(reply=r.text('{"x"', '{"x": 0, "x"')), "photos"),
    case(
        "wrapped again and again",
        "json.too-deep",
        Spec(answer=lambda v, _: {**v, "raw": {"a": r.nested(200)}}),
        "photos",
    ),
)

SCHEMA: tuple[Case, ...] = (
    case(
        "class for name and label",
        "schema.missing",
        Spec(steps=(f.without("label"), f.renamed("name", "class"))),
        "photos",
    ),
    case(
        "a path that is a text",
        "schema.type",
        Spec(kinds=_POLYGONS, steps=(f.on_shape(lambda _: {"path": "1,2 3,4"}),)),
    ),
    case(
        "raw scores",
        "schema.range",
        Spec(steps=(f.each(lambda x, _: {**x, "confidence": x["confidence"] * 9 - 6.5}),)),
        "crowd",
    ),
    case(
        "shapes under type and points",
        "schema.no-shape",
        Spec(steps=(f.without("bounding_box"), f.put(type="box", points=[]))),
    ),
    case(
        "keypoint beside polygon",
        "schema.two-shapes",
        Spec(kinds=_POLYGONS, steps=(f.put(keypoint={"x": 3, "y": 4}),)),
        "crowd",
    ),
    case(
        "text alone", "schema.unsupported-shape", Spec(steps=(f.without("bounding_box"), f.put(text={"text": "A 1"})))
    ),
    case(
        "export polygons, photos",
        "schema.polygon-paths",
        Spec(kinds=kinds("polygon tag"), steps=(f.on_shape(lambda s: {"paths": [s["path"]]}, "polygon"),)),
        "photos",
    ),
    case(
        "pairs in lines",
        "schema.point-pairs",
        Spec(kinds=_LINES, steps=(f.on_shape(lambda s: {"path": [[p["x"], p["y"]] for p in s["path"]]}),)),
    ),
    case(
        "attributes with values",
        "schema.attributes-object",
        Spec(kinds=_POLYGONS, steps=(f.put(attributes={"colour": "red", "n": 2}),)),
        "single",
    ),
    case(
        "null for whatever is optional",
        "schema.null",
        Spec(kinds=_LINES, steps=(f.put(bounding_box=None, skeleton=None, text=None),)),
        "photos",
    ),
    case(
        "JSON in an envelope's body",
        "schema.wrapped",
        Spec(kinds=_POLYGONS, answer=lambda v, _: {"statusCode": 200, "body": json.dumps(v)}),
        "photos",
    ),
    case(
        "Label Studio",
        "schema.other-format",
        Spec(
            answer=lambda _v, _s: {
                "results": [{"result": [{"from_name": "label", "to_name": "image", "type": "rectanglelabels"}]}]
            }
        ),
    ),
    case(
        "V7 inference",
        "schema.other-format",
        Spec(
            answer=lambda v, _: {
                "result": [{"inference": {"confidence": x["confidence"]}, "name": "a"} for x in v["results"]]
            }
        ),
    ),
    case(
        "lists of boxes, scores, classes",
        "schema.other-format",
        Spec(
            answer=lambda v, _: {
                "boxes": [list(x["bounding_box"].values()) for x in v["results"]],
                "scores": [x["confidence"] for x in v["results"]],
                "classes": [0 for _ in v["results"]],
            }
        ),
    ),
)

MEANING: tuple[Case, ...] = (
    case(
        "three joints at the origin",
        "shape.placeholder",
        Spec(kinds=_SKELETONS, steps=(f.lost_nodes("head", "left", "tail"),)),
        "photos",
    ),
    case(
        "failed for some pictures",
        "status.failed",
        Spec(answer=lambda v, s: {"status": "failed", "results": []} if s.view.width > 1000 else v),
    ),
    case(
        "succeeded, and a message",
        "status.no-results",
        Spec(answer=lambda _v, _s: {"status": "succeeded", "message": "none"}),
    ),
    case(
        "failed beside keypoints",
        "status.failed-with-results status.failed",
        Spec(kinds=_POINTS, answer=lambda v, _: {**v, "status": "failed"}),
        "photos",
    ),
    case(
        "threshold too high",
        "results.empty",
        Spec(kinds=_POINTS, steps=(lambda x, _: [y for y in x if y["confidence"] > 2],)),
        "crowd",
    ),
    case(
        "percent with decimals",
        "confidence.percent",
        Spec(kinds=_POINTS, steps=(f.each(lambda x, _: {**x, "confidence": round(x["confidence"] * 99.7, 2)}),)),
        "crowd",
    ),
    case(
        "confidence 0.9 of keypoints",
        "confidence.constant",
        Spec(kinds=_POINTS, steps=(f.put(confidence=0.9),)),
        "photos",
    ),
    case(
        "label is another word",
        "label.differs",
        Spec(kinds=_POINTS, steps=(f.each(lambda x, _: {**x, "label": x["name"].title()}),)),
    ),
    case(
        "an ellipse of no radius",
        "shape.degenerate",
        Spec(
            kinds=_ELLIPSES,
            steps=(f.at(0, lambda x: {**x, "ellipse": {**x["ellipse"], "radius": {"x": 0, "y": 0}}}),),
        ),
        "photos",
    ),
    case(
        "keypoints beyond the border",
        "shape.outside",
        Spec(kinds=_POINTS, steps=(f.at(0, lambda x: {**x, "keypoint": {"x": -8, "y": 20}}),)),
    ),
    case(
        "vectors of one class",
        "shape.placeless",
        Spec(kinds={**kinds(), "blue": ("flow", "directional_vector")}),
        "photos",
        may="classes.unknown-type",
    ),
)

_THREE = ("car", "tree", "lake")
_BOXES = [{"name": name, "type": "bounding_box"} for name in _THREE]

CLASSES: tuple[Case, ...] = (
    case("an empty list, lines", "classes.empty-list", Spec(kinds=_LINES, classes=[]), may="classes.unregistered"),
    case("names end in a carriage return", "classes.control-character", Spec(kinds=ending("\r", "polygon")), "photos"),
    case("500 at the classes address", "classes.not-served", Spec(classes_reply=r.always(500, "oops")), "photos"),
    case("classes in a wrapper", "classes.form", Spec(classes={"classes": _BOXES})),
    case(
        "type rectangle",
        "classes.unknown-type",
        Spec(classes=[{**one, "type": "rectangle"} for one in _BOXES]),
        "photos",
    ),
    case(
        "own list with a gap",
        "classes.empty-name",
        Spec(),
        listed=(*((x, "bounding_box") for x in _THREE), ("", "polygon")),
    ),
    case(
        "own list with a repeat",
        "classes.duplicate",
        Spec(),
        listed=(*((x, "bounding_box") for x in _THREE), ("tree", "bounding_box")),
    ),
    case(
        "a class of its own in the answers",
        "classes.unregistered",
        Spec(steps=(f.named("car", "vehicle"),)),
        may="classes.unseen",
    ),
    case(
        "traffic-light and Traffic Light",
        "classes.near-match",
        Spec(kinds=kinds(names="traffic-light b c d e f")),
        listed=(("Traffic Light", "bounding_box"), ("c", "bounding_box"), ("d", "bounding_box")),
    ),
    case(
        "listed as keypoint, returned as ellipse",
        "classes.type-mismatch",
        Spec(kinds=_ELLIPSES, classes=[{**one, "type": "keypoint"} for one in _BOXES]),
    ),
    case(
        "__ignore__ is listed", "classes.background", Spec(classes=[*_BOXES, {"name": "__ignore__", "type": "polygon"}])
    ),
    case(
        "own list with one more",
        "classes.unseen",
        Spec(),
        listed=(*((x, "bounding_box") for x in _THREE), ("zebra", "tag")),
    ),
)

PLAIN: tuple[Case, ...] = (*NET, *HTTP, *TEXT, *SCHEMA, *MEANING, *CLASSES)
