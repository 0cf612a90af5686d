"""Cases of the families beside geometry, inputs and behaviour; as in ``cases_tuned``: see there."""

from __future__ import annotations

import json
import math

from benchmarks.diagnosis import faults as f
from benchmarks.diagnosis import network as n
from benchmarks.diagnosis import replies as r
from benchmarks.diagnosis.case import Case, case
from benchmarks.diagnosis.servers import Spec, as_json, ending, kinds
from byom_gui.core.endpoint import Auth

_POLYGONS, _POINTS, _ELLIPSES = kinds("polygon"), kinds("keypoint"), kinds("ellipse")
_SKELETONS, _CUBOIDS, _LINES = kinds("skeleton"), kinds("cuboid"), kinds("line")
_MIXED = kinds("bounding_box polygon keypoint ellipse")
_KEY = Auth("", "X-Api-Key")

NET: tuple[Case, ...] = (
    n.at("name of no host", "net.dns", n.nowhere("http://no-such-model.invalid/infer")),
    n.at("name of no host, TLS", "net.dns", n.nowhere("https://api.no-such-model.invalid/v1/infer")),
    n.at("closed port", "net.refused", n.nowhere("http://127.0.0.1:{port}/infer")),
    n.at("closed port, TLS", "net.refused", n.nowhere("https://127.0.0.1:{port}/infer")),
    n.at("full queue", "net.timeout-connect", n.full_queue("http", "127.0.0.1")),
    n.at("full queue, TLS", "net.timeout-connect", n.full_queue("https", "127.0.0.1")),
    n.at("silent server", "net.timeout-read", n.raw(n.silent)),
    n.at("half an answer, then nothing", "net.timeout-read", n.raw(n.trickling)),
    n.at("hangs up", "net.reset", n.raw(n.hanging_up)),
    case("hangs up half-way", "net.reset", Spec(reply=r.cut(0.5)), "two"),
    n.at("no proxy there", "net.proxy", n.proxied("http://model.invalid/infer", None)),
    n.at(
        "proxy forbids",
        "net.proxy",
        n.proxied("https://model.invalid/infer", n.saying(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")),
    ),
    case(
        "307 to a slash",
        "net.redirect",
        Spec(infer=("/infer/",), early=r.redirected(307, "/infer/")),
        "two",
        path="/infer",
    ),
    case(
        "301, so the image is lost",
        "net.redirect",
        Spec(infer=("/v2/infer",), early=r.redirected(301, "/v2/infer")),
        "two",
        path="/infer",
    ),
    case("127.0.0.1", "net.private-address", Spec(), "two"),
    case("localhost", "net.private-address", Spec(), "two", host="localhost"),
    case("key in clear", "net.plain-http", Spec(early=r.needing("x-api-key")), "two", auth=_KEY),
    case("no key, in clear", "net.plain-http", Spec(kinds=_POLYGONS), "two"),
    n.at("expired certificate", "tls.expired", n.secure(("localhost",), trusted=True, expired=True)),
    n.at("expired, two names", "tls.expired", n.secure(("localhost", "model.lab"), trusted=True, expired=True)),
    n.at("unknown authority", "tls.untrusted", n.secure(("localhost",), trusted=False)),
    n.at("own CA file", "tls.untrusted", n.secure(("localhost",), trusted=True)),
    n.at("name does not match", "tls.hostname", n.secure(("elsewhere.example",), trusted=True)),
    n.at("wildcard of another", "tls.hostname", n.secure(("*.elsewhere.example",), trusted=True)),
    n.at("plain HTTP behind https", "net.protocol", n.raw(n.saying(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "https")),
    n.at("SSH behind https", "net.protocol", n.raw(n.saying(b"SSH-2.0-OpenSSH_9.6\r\n"), "https")),
    n.at("hangs up in the handshake", "tls.handshake", n.raw(n.deaf_and_gone, "https")),
    n.at("no cipher in common", "tls.handshake", n.secure(("localhost",), trusted=True, change=n.odd_ciphers)),
    n.at("client certificate", "tls.client-certificate", n.secure(("localhost",), trusted=True, change=n.asking)),
    n.at(
        "client certificate, TLS 1.2",
        "tls.client-certificate",
        n.secure(("localhost",), trusted=True, change=n.asking_by_old_tls),
    ),
    case("gone after twelve", "net.died", Spec(early=r.dead_after(12)), "six"),
    case("gone after the first image", "net.died", Spec(early=r.dead_after(2)), "two"),
    case("gzip in name only", "http.encoding", Spec(reply=r.header("Content-Encoding", "gzip")), "two"),
    case("zstd unasked", "http.encoding", Spec(reply=r.header("Content-Encoding", "zstd")), "two"),
)

HTTP: tuple[Case, ...] = (
    case("inference elsewhere", "http.not-found", Spec(infer=("/predict",)), path="/infer"),
    case("inference under api", "http.not-found", Spec(infer=("/api/infer",)), path="/model"),
    case("GET alone", "http.method", Spec(reply=r.always(405, '{"detail":"Method Not Allowed"}', r.JSON)), "two"),
    case(
        "POST at another path",
        "http.method",
        Spec(early=lambda g: as_json({}, 405) if g.path == "/" else None),
        path="/",
    ),
    case("key wanted, none given", "auth.rejected", Spec(early=r.needing("x-api-key")), "two"),
    case("wrong password", "auth.rejected", Spec(early=r.needing("authorization", "Basic x")), auth=Auth("me")),
    case("key not looked at", "auth.not-enforced", Spec(), "two", auth=_KEY),
    case("any password will do", "auth.not-enforced", Spec(early=r.needing("authorization", "")), auth=Auth("me")),
    case(
        "limit of 30 kB",
        "http.too-large",
        Spec(early=r.over(30_000, r.always(413, "Request Entity Too Large"))),
        "photos",
    ),
    case(
        "nginx limit, one picture over it",
        "http.too-large",
        Spec(early=r.over(24_000, r.always(413, r.page("413", "nginx"), "text/html"))),
        "six",
    ),
    case("JSON as text", "http.media-type", Spec(reply=r.kind("text/plain"))),
    case("wants a form", "http.media-type", Spec(reply=r.always(415, "Unsupported Media Type")), "two"),
    case(
        "429 after four",
        "http.rate-limited",
        Spec(reply=r.after(4, r.always(429, "slow down", "text/plain", ("Retry-After", "3")))),
        "six",
    ),
    case("429 always", "http.rate-limited", Spec(reply=r.always(429, '{"error": "quota"}', r.JSON)), "two"),
    case(
        "float32 in JSON",
        "http.server-error",
        Spec(reply=r.always(500, r.trace("TypeError: Object of type float32 is not JSON serializable"))),
        "two",
    ),
    case("model not loaded", "http.server-error", Spec(reply=r.always(503, '{"error": "loading"}', r.JSON)), "two"),
    case("login page", "http.html", Spec(reply=r.always(200, r.page("Sign in", "Password"), "text/html")), "two"),
    case("tunnel's notice", "http.html", Spec(reply=r.always(200, r.page("ngrok", "Visit"), "text/html")), "two"),
    case("422 of FastAPI", "http.status", Spec(reply=r.always(422, '{"detail": [{"msg": "field required"}]}', r.JSON))),
    case("400 in words", "http.status", Spec(reply=r.always(400, "no file part")), "two"),
    case("announces 70 MB", "http.oversized", Spec(reply=r.announcing(70_000_000)), "two"),
    case("announces 2 GB", "http.oversized", Spec(reply=r.announcing(2_000_000_000)), "two"),
)

TEXT: tuple[Case, ...] = (
    case("cut short", "json.invalid", Spec(reply=r.body(lambda b: b[:-20])), "two"),
    case("nothing at all", "json.invalid", Spec(reply=r.body(lambda _: b"")), "two"),
    case("repr of a dict", "json.python-literal", Spec(encode=r.python)),
    case(
        "None and True", "json.python-literal", Spec(reply=r.text('"results"', '"more": None, "ok": True, "results"'))
    ),
    case("NaN as confidence", "json.not-finite", Spec(steps=(f.put(confidence=math.nan),))),
    case(
        "infinite box",
        "json.not-finite",
        Spec(steps=(f.at(1, lambda x: {**x, "bounding_box": f.box(1, 1, math.inf, 2)}),)),
    ),
    case("Latin-1 names", "json.encoding", Spec(kinds=kinds(names="Bär Rübe Öl"), encode=r.in_latin)),
    case("UTF-16", "json.encoding", Spec(encode=lambda v: json.dumps(v).encode("utf-16")), "two"),
    case("status twice", "json.duplicate-key", Spec(reply=r.text('{"status"', '{"status": "failed", "status"'))),
    case("name twice", "json.duplicate-key", Spec(reply=r.text('{"name"', '{"name": "x", "name"')), "two"),
    case("deep extra", "json.too-deep", Spec(answer=lambda v, _: {**v, "trace": r.nested(90)})),
    case("deep attributes", "json.too-deep", Spec(steps=(f.put(attributes=r.nested(70)),)), "two"),
)

SCHEMA: tuple[Case, ...] = (
    case("no confidence", "schema.missing", Spec(steps=(f.without("confidence"),))),
    case("width for w", "schema.missing", Spec(steps=(f.renamed("w", "width"), f.renamed("h", "height"))), "crowd"),
    case(
        "confidence as text",
        "schema.type",
        Spec(steps=(f.each(lambda x, _: {**x, "confidence": str(x["confidence"])}),)),
    ),
    case(
        "coordinates as text", "schema.type", Spec(steps=(f.on_shape(lambda s: {k: f"{v:.1f}" for k, v in s.items()}),))
    ),
    case("status ok", "schema.range", Spec(answer=lambda v, _: {**v, "status": "ok"})),
    case(
        "negative sizes", "schema.range", Spec(steps=(f.on_shape(lambda s: {**s, "w": -s["w"], "x": s["x"] + s["w"]}),))
    ),
    case("no shape", "schema.no-shape", Spec(steps=(f.without("bounding_box"),))),
    case(
        "shape under a key of its own", "schema.no-shape", Spec(steps=(f.renamed("bounding_box", "geometry"),)), "two"
    ),
    case(
        "box beside polygon",
        "schema.two-shapes",
        Spec(kinds=_POLYGONS, steps=(f.each(lambda x, _: {**x, "bounding_box": f.box(1, 2, 3, 4)}),)),
    ),
    case("tag beside box", "schema.two-shapes", Spec(steps=(f.put(tag={}),)), "photos"),
    case("masks", "schema.unsupported-shape", Spec(steps=(f.without("bounding_box"), f.put(mask={"rle": [1, 2]})))),
    case("rotated boxes", "schema.unsupported-shape", Spec(steps=(f.renamed("bounding_box", "rotated_bounding_box"),))),
    case(
        "export polygons",
        "schema.polygon-paths",
        Spec(kinds=_POLYGONS, steps=(f.on_shape(lambda s: {"paths": [s["path"]]}),)),
    ),
    case(
        "export polygons, two parts",
        "schema.polygon-paths",
        Spec(kinds=_POLYGONS, steps=(f.on_shape(lambda s: {"paths": [s["path"], s["path"][:3]]}),)),
        "crowd",
    ),
    case(
        "pairs in polygons",
        "schema.point-pairs",
        Spec(kinds=_POLYGONS, steps=(f.on_shape(lambda s: {"path": [[p["x"], p["y"]] for p in s["path"]]}),)),
    ),
    case(
        "pairs as keypoints", "schema.point-pairs", Spec(kinds=_POINTS, steps=(f.on_shape(lambda s: [s["x"], s["y"]]),))
    ),
    case("attributes as an object", "schema.attributes-object", Spec(steps=(f.put(attributes={"side": "left"}),))),
    case("empty attributes object", "schema.attributes-object", Spec(steps=(f.put(attributes={}),)), "crowd"),
    case("null for text and attributes", "schema.null", Spec(steps=(f.put(text=None, attributes=None),)), "two"),
    case("null for the other shapes", "schema.null", Spec(steps=(f.put(polygon=None, tag=None, line=None),))),
    case("a batch of one", "schema.wrapped", Spec(answer=lambda v, _: [v])),
    case("under output", "schema.wrapped", Spec(answer=lambda v, _: {"id": "a1", "output": v}), "two"),
    case("bare list", "schema.other-format", Spec(answer=lambda v, _: v["results"])),
    case(
        "COCO",
        "schema.other-format",
        Spec(
            answer=lambda v, _: {
                "images": [{"id": 1}],
                "categories": [{"id": 1, "name": "car"}],
                "annotations": [{"category_id": 1, "bbox": list(x["bounding_box"].values())} for x in v["results"]],
            }
        ),
    ),
    case(
        "Hugging Face",
        "schema.other-format",
        Spec(
            answer=lambda v, _: [
                {"score": x["confidence"], "label": x["name"], "box": {"xmin": 1}} for x in v["results"]
            ]
        ),
    ),
    case(
        "Roboflow",
        "schema.other-format",
        Spec(
            answer=lambda v, _: {
                "predictions": [
                    {"x": 1, "y": 2, "width": 3, "height": 4, "class": x["name"], "confidence": 0.5}
                    for x in v["results"]
                ]
            }
        ),
    ),
    case(
        "Ultralytics",
        "schema.other-format",
        Spec(
            answer=lambda v, _: [
                {
                    "name": x["name"],
                    "class": 0,
                    "confidence": x["confidence"],
                    "box": {"x1": 1, "y1": 2, "x2": 3, "y2": 4},
                }
                for x in v["results"]
            ]
        ),
    ),
    case(
        "Triton",
        "schema.other-format",
        Spec(
            answer=lambda _v, _s: {
                "outputs": [{"name": "boxes", "datatype": "FP32", "shape": [1, 4], "data": [1, 2, 3, 4]}]
            }
        ),
    ),
)

MEANING: tuple[Case, ...] = (
    case("joints at the origin", "shape.placeholder", Spec(kinds=_SKELETONS, steps=(f.lost_nodes("head", "tail"),))),
    case("one joint at the origin", "shape.placeholder", Spec(kinds=_SKELETONS, steps=(f.lost_nodes("left"),)), "two"),
    case("failed always", "status.failed", Spec(answer=lambda _v, _s: {"status": "failed", "results": []}), "two"),
    case(
        "failed, and why", "status.failed", Spec(answer=lambda _v, _s: {"status": "failed", "error": "no GPU"}), "two"
    ),
    case("succeeded and no more", "status.no-results", Spec(answer=lambda _v, _s: {"status": "succeeded"}), "two"),
    case(
        "results under predictions",
        "status.no-results",
        Spec(answer=lambda v, _: {"status": "succeeded", "objects": v["results"]}),
    ),
    case(
        "failed beside results",
        "status.failed-with-results status.failed",
        Spec(answer=lambda v, _: {**v, "status": "failed"}),
    ),
    case(
        "failed beside one result",
        "status.failed-with-results status.failed",
        Spec(kinds=_POLYGONS, answer=lambda v, _: {**v, "status": "failed"}),
        "single",
    ),
    case("finds nothing", "results.empty", Spec(steps=(f.fixed(),))),
    case("finds nothing in photos", "results.empty", Spec(kinds=_POLYGONS, steps=(lambda x, _: x[:0],)), "photos"),
    case(
        "percent confidences",
        "confidence.percent",
        Spec(steps=(f.each(lambda x, _: {**x, "confidence": x["confidence"] * 100}),)),
    ),
    case(
        "whole percent confidences",
        "confidence.percent",
        Spec(kinds=_POLYGONS, steps=(f.each(lambda x, _: {**x, "confidence": round(x["confidence"] * 100)}),)),
        "photos",
    ),
    case("confidence 0.5", "confidence.constant", Spec(steps=(f.put(confidence=0.5),))),
    case("confidence 1.0, many", "confidence.constant", Spec(steps=(f.put(confidence=1.0),)), "crowd"),
    case("label is a number", "label.differs", Spec(steps=(f.put(label=3),))),
    case("label is the number's text", "label.differs", Spec(kinds=_POLYGONS, steps=(f.put(label="2"),)), "photos"),
    case(
        "a box of no width",
        "shape.degenerate",
        Spec(steps=(f.at(0, lambda x: {**x, "bounding_box": f.box(9, 9, 0, 7)}),)),
    ),
    case(
        "polygons of two points",
        "shape.degenerate",
        Spec(kinds=_POLYGONS, steps=(f.at(1, lambda x: {**x, "polygon": f.path((40, 40), (60, 90))}),)),
    ),
    case(
        "boxes not clipped",
        "shape.outside",
        Spec(steps=(f.on_shape(lambda s: f.box(s["x"] - 25, s["y"] - 25, s["w"] + 50, s["h"] + 50)),)),
        "border",
    ),
    case("polygons not clipped", "shape.outside", Spec(kinds=_POLYGONS, steps=(f.shifted(12, 9),)), "border"),
    case("vectors", "shape.placeless", Spec(kinds=kinds("directional_vector")), may="classes.unknown-type"),
    case(
        "a vector beside boxes",
        "shape.placeless",
        Spec(kinds=kinds("bounding_box directional_vector")),
        may="classes.unknown-type",
    ),
)

_LISTED = [{"name": "car", "type": "bounding_box"}, {"name": "tree", "type": "bounding_box"}]

CLASSES: tuple[Case, ...] = (
    case("an empty list", "classes.empty-list", Spec(classes=[]), "two", may="classes.unregistered"),
    case("an empty list, points", "classes.empty-list", Spec(kinds=_POINTS, classes=[]), may="classes.unregistered"),
    case("names end in a tab", "classes.control-character", Spec(kinds=ending("\t")), "two"),
    case("a soft hyphen in each name", "classes.control-character", Spec(kinds=ending("\u00ad")), "two"),
    case("no classes address", "classes.not-served", Spec(listing=())),
    case(
        "a page at the classes address",
        "classes.not-served",
        Spec(classes_reply=r.always(200, r.page("Docs", "API"), "text/html")),
    ),
    case(
        "classes as texts",
        "classes.form",
        Spec(classes=["car", "tree", "lake"]),
        listed=(("car", "bounding_box"), ("tree", "bounding_box"), ("lake", "bounding_box")),
    ),
    case("classes in a map", "classes.form", Spec(classes={"0": "car", "1": "tree"})),
    case("type bbox", "classes.unknown-type", Spec(classes=[*_LISTED, {"name": "lake", "type": "bbox"}])),
    case(
        "type mask",
        "classes.unknown-type",
        Spec(
            kinds=kinds("polygon"),
            classes=[
                {"name": "car", "type": "mask"},
                {"name": "tree", "type": "polygon"},
                {"name": "lake", "type": "polygon"},
            ],
        ),
        may="classes.type-mismatch",
    ),
    case(
        "a blank name",
        "classes.empty-name",
        Spec(classes=[*_LISTED, {"name": "lake", "type": "bounding_box"}, {"name": "", "type": "tag"}]),
    ),
    case(
        "a name of spaces",
        "classes.empty-name",
        Spec(classes=[*_LISTED, {"name": "lake", "type": "bounding_box"}, {"name": "  ", "type": "tag"}]),
        "two",
    ),
    case(
        "car twice", "classes.duplicate", Spec(classes=[*_LISTED, {"name": "lake", "type": "bounding_box"}, _LISTED[0]])
    ),
    case(
        "car twice, as two types",
        "classes.duplicate",
        Spec(classes=[*_LISTED, {"name": "lake", "type": "bounding_box"}, {"name": "car", "type": "tag"}]),
    ),
    case("lake is not listed", "classes.unregistered", Spec(classes=_LISTED)),
    case(
        "own list is short", "classes.unregistered", Spec(), listed=(("car", "bounding_box"), ("lake", "bounding_box"))
    ),
    case("Car and car", "classes.near-match", Spec(steps=(f.named("car", "Car"),))),
    case(
        "tall_tree and tall tree",
        "classes.near-match",
        Spec(kinds=kinds(names="car tent tall_tree lake"), steps=(f.named("tall tree", "tall_tree"),)),
    ),
    case("listed as tag", "classes.type-mismatch", Spec(classes=[*_LISTED, {"name": "lake", "type": "tag"}])),
    case(
        "listed as box, returned as polygon",
        "classes.type-mismatch",
        Spec(kinds=kinds("polygon"), classes=[{"name": x, "type": "bounding_box"} for x in ("car", "tree", "lake")]),
    ),
    case(
        "background is listed",
        "classes.background",
        Spec(classes=[{"name": "background", "type": "tag"}, *_LISTED, {"name": "lake", "type": "bounding_box"}]),
    ),
    case(
        "N/A is listed",
        "classes.background",
        Spec(classes=[{"name": "N/A", "type": "bounding_box"}, *_LISTED, {"name": "lake", "type": "bounding_box"}]),
        "two",
    ),
    case(
        "dog is never there",
        "classes.unseen",
        Spec(classes=[*_LISTED, {"name": "lake", "type": "bounding_box"}, {"name": "dog", "type": "bounding_box"}]),
    ),
    case(
        "80 classes, three seen",
        "classes.unseen",
        Spec(
            classes=[
                *_LISTED,
                {"name": "lake", "type": "bounding_box"},
                *({"name": f"thing {x}", "type": "polygon"} for x in range(77)),
            ]
        ),
        "crowd",
    ),
)

PLAIN: tuple[Case, ...] = (*NET, *HTTP, *TEXT, *SCHEMA, *MEANING, *CLASSES)
