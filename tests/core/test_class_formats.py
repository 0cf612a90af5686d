"""Class files as trainers, labeling tools and editors write them: each is read, or refused by its name."""

# ruff: noqa: E501 - a row a file
from __future__ import annotations

import json
from typing import Any

import pytest

from byom_gui.core.class_formats.foreign import text_form
from byom_gui.core.class_text import ParsedClasses, parse_class_file, parse_class_list

B, P, T, K, L, E, S, M = "bounding_box", "polygon", "tag", "keypoint", "line", "ellipse", "skeleton", "mask"

YOLO_MAP = """\
# made by a notebook
path: /data/fruit
train: images/train  # 80 %
val: images/val
names:
  10: "melon, water"
  2: 'o''range'
  1: pear # green
  0: apple
"""
COCO = {
    "images": [{"id": 4, "file_name": "k.jpg"}],
    "annotations": [{"id": 1, "image_id": 4, "category_id": 2, "bbox": [1, 2, 3, 4]}],
    "categories": [{"id": 7, "name": "kite"}, {"id": 2, "name": "rower", "keypoints": ["hand", "oar"]}],
}
DARWIN_ITEM = {
    "version": "2.0",
    "item": {"name": "k.jpg"},
    "annotations": [
        {"name": "kite", "polygon": {"paths": []}, "bounding_box": {}},
        {"name": "kite", "bounding_box": {}},
        {"name": "kite", "polygon": {"paths": []}},
        {"name": "windy", "tag": {}},
        {"name": "unknown"},
        {"name": 3},
    ],
}
LABELME = {
    "shapes": [{"label": "sail", "shape_type": "linestrip"}, {"label": "mast", "shape_type": "blob"}, {"points": []}],
    "imagePath": "k.jpg",
}
SUPERVISELY = {
    "classes": [{"title": "sail", "shape": "bitmap", "color": "#0A141E"}, {"title": "oar", "shape": "graph"}],
    "tags": [{"name": "rain"}],
}
LABEL_STUDIO = """\
<!-- the interface -->
<View xmlns:x="urn:x">
  <Image name="i" value="$image"/>
  <Labels name="l" toName="i"><Label value="leaf"/></Labels>
  <Ellipse name="e" toName="i"/>
  <BrushLabels name="b" toName="i"><Label value="soil &lt;wet&gt;" background="#0a0B0c"/></BrushLabels>
  <VectorLabels name="v" toName="i"><Label value="stem"/></VectorLabels>
  <EllipseLabels name="o" toName="i"><Label value="bud"/></EllipseLabels>
  <Choices name="c" toName="i"><Choice alias="ripe"/></Choices>
</View>
"""
CVAT_XML = """\
<?xml version="1.0" encoding="utf-16"?>
<annotations><version>1.1</version><meta><task><labels>
  <label><name>van</name><color>#112233</color><type>rectangle</type><attributes/></label>
  <label><name>lane</name><type>polyline</type></label>
  <label><name>wheel</name><type>points</type><parent>van</parent></label>
</labels></task></meta><image id="0"/></annotations>
"""
CVAT_LABELS = [
    {"name": "van", "type": "cuboid", "attributes": [{"name": "color"}]},
    {"name": "road", "type": "any", "attributes": []},
]
VOC = """\
<annotation><filename>k.jpg</filename><object><name>kite</name><bndbox/></object>
<object><name>kite</name></object><object><name>rower</name></object></annotation>
"""
PBTXT = """\
# TF2
item {
  id: 2
  name: 'rower {1}'
  keypoints { id: 1 label: "hand" }
}
item {
  name: "kite"  # first
  id: 1
}
"""
MMDET = """\
from mmdet.datasets import CocoDataset

class Boats(CocoDataset):
    METAINFO = {
        'classes': ('kite', "rower's"),
        'palette': [(220, 20, 60), (119, 11, 32)],
    }
"""

READ: list[tuple[str, str, str, list[tuple[str, str]]]] = [
    ("YOLO, map", YOLO_MAP, "YOLO", [("apple", P), ("pear", P), ("o'range", P), ("melon, water", P)]),
    ("YOLO, inline", "nc: 2\nnames: [dent, 'no', ]\n", "YOLO", [("dent", P), ("no", P)]),
    ("YOLO, inline over lines", "nc: 3\nnames: ['dent',\n  \"hole: deep\",\n  1e3]", "YOLO", [("dent", P), ("hole: deep", P), ("1e3", P)]),
    ("YOLO, dashes", "names:\r\n- dent\r\n- yes\r\n", "YOLO", [("dent", P), ("yes", P)]),
    ("YOLO, a flow map", "names: {0: dent, 1: hole}\n", "YOLO", [("dent", P), ("hole", P)]),
    ("YOLO, an alias", "x: &n [dent, hole]\nnames: *n\n", "YOLO", [("dent", P), ("hole", P)]),
    ("YOLO as JSON", '{"names": {"1": "hole", "0": "dent"}}', "YOLO", [("dent", P), ("hole", P)]),
    ("YAML, a list", "---\n- dent\n- hole\n", "YAML list", [("dent", P), ("hole", P)]),
    ("YAML, numbers", '0: "dent"\n1: hole # deep\n', "numbered", [("dent", P), ("hole", P)]),
    ("YAML, name and type", "dent: tag\nhole: ellipse\n", "types", [("dent", T), ("hole", E)]),
    ("YAML, classes", "classes:\n  - name: dent\n    type: tag\n  - name: hole\n", "class list", [("dent", T), ("hole", P)]),
    ("flow list without quotes", "[dent, hole]", "Python or YAML list", [("dent", P), ("hole", P)]),
    ("id2label", '{"id2label": {"1": "hole", "0": "dent"}, "model_type": "vit"}', "Hugging Face", [("dent", P), ("hole", P)]),
    ("label2id", '{"label2id": {"hole": 1, "dent": 0}}', "Hugging Face", [("dent", P), ("hole", P)]),
    ("bare id2label", '{"2": "c", "11": "d", "0": "a", "1": "b"}', "numbered", [("a", P), ("b", P), ("c", P), ("d", P)]),
    ("Keras class_indices", '{"hole": 1, "dent": 0}', "numbered", [("dent", P), ("hole", P)]),
    ("Keras ImageNet", '{"1": ["n01443537", "goldfish"], "0": ["n01440764", "tench"]}', "numbered", [("tench", P), ("goldfish", P)]),
    ("COCO", json.dumps(COCO), "COCO", [("rower", S), ("kite", P)]),
    ("COCO, categories", '[{"id": 2, "name": "b", "supercategory": "x"}, {"id": 1, "name": "a", "supercategory": "x"}]', "COCO", [("a", P), ("b", P)]),
    ("COCO without ids", '{"categories": [{"name": "b"}, {"name": "a"}]}', "COCO", [("b", P), ("a", P)]),
    ("Darwin item", json.dumps(DARWIN_ITEM), "Darwin", [("kite", P), ("windy", T), ("unknown", P)]),
    ("LabelMe JSON", json.dumps(LABELME), "LabelMe", [("sail", L), ("mast", "blob")]),
    ("Supervisely", json.dumps(SUPERVISELY), "Supervisely", [("sail", M), ("oar", S)]),
    ("Supervisely, list", json.dumps(SUPERVISELY["classes"]), "Supervisely", [("sail", M), ("oar", S)]),
    ("CVAT labels", json.dumps(CVAT_LABELS), "CVAT", [("van", "cuboid"), ("road", P)]),
    ("CVAT labels in an object", json.dumps({"labels": CVAT_LABELS}), "CVAT", [("van", "cuboid"), ("road", P)]),
    ("CVAT XML", CVAT_XML, "CVAT", [("van", B), ("lane", L)]),
    ("Pascal VOC", VOC, "Pascal VOC", [("kite", B), ("rower", B)]),
    ("Label Studio", LABEL_STUDIO, "Label Studio", [("leaf", E), ("soil <wet>", M), ("stem", L), ("bud", E), ("ripe", T)]),
    ("TensorFlow", PBTXT, "TensorFlow", [("kite", P), ("rower {1}", P)]),
    ("Caffe", 'item {\n name: "none"\n label: 0\n display_name: "none"\n}', "TensorFlow", [("none", P)]),
    ("pbtxt, display_name alone", 'item: < id: 5, display_name: "kite\\x21" >', "TensorFlow", [("kite!", P)]),
    ("pbtxt, without numbers", "item { name: kite }\nitem { name: 'r\\xzz' }", "TensorFlow", [("kite", P), ("r\\xzz", P)]),
    ("MMDetection", MMDET, "Python source", [("kite", P), ("rower's", P)]),
    ("Python constant", "CLASSES: list[str] = [\n    'kite',  # big\n    'rower',\n]", "Python source", [("kite", P), ("rower", P)]),
    ("Detectron2", "MetadataCatalog.get('t').set(thing_classes=['kite', 'rower'])", "Python source", [("kite", P), ("rower", P)]),
    ("Detectron2, attribute", "meta.thing_classes = ['kite']", "Python source", [("kite", P)]),
    ("Python beside other things", "CLASSES = ('kite',)\nmap = {key: 1, **more}\nf(*x)", "Python source", [("kite", P)]),
    ("Python map", "id2label = {1: 'rower', 0: 'kite'}", "Python source", [("kite", P), ("rower", P)]),
    ("Python dict", "{1: 'rower', 0: 'kite'}", "Python or YAML list", [("kite", P), ("rower", P)]),
    ("Python list", "['kite', \"rower's\"]", "Python or YAML list", [("kite", P), ("rower's", P)]),
    ("Python list, last comma", '["kite",\n "rower",\n]', "Python or YAML list", [("kite", P), ("rower", P)]),
    ("Python set", "{'rower', 'kite'}", "Python or YAML list", [("kite", P), ("rower", P)]),
    ("Python tuple", "('kite', 'rower')", "Python list", [("kite", P), ("rower", P)]),
    ("Python list of dicts", "[{'name': 'kite', 'type': 'tag'}]", "Python or YAML list", [("kite", T)]),
    ("quoted names", "'kite', 'rower',\n'oar'", "Python list", [("kite", P), ("rower", P), ("oar", P)]),
    ("pairs", '[["kite", "tag"], ["rower", "skeleton"]]', "types", [("kite", T), ("rower", S)]),
    ("map of types", '{"kite": "tag", "rower": "skeleton"}', "types", [("kite", T), ("rower", S)]),
    ("labels in objects", '[{"label": "kite"}, {"label": "rower"}]', "class list", [("kite", P), ("rower", P)]),
    ("Detectron2 metadata", '{"metadata": {"thing_classes": ["kite"], "evaluator": "coco"}}', "class names", [("kite", P)]),
    ("lines", "kite\rrower\r\noar", "lines", [("kite", P), ("rower", P), ("oar", P)]),
    ("LabelMe labels", "__ignore__\n_background_\nkite\n", "LabelMe", [("kite", P)]),
    ("digits", "0\n1\n2\n", "lines", [("0", P), ("1", P), ("2", P)]),
    ("numbers with a space", "0 kite\n1 rower boat\n", "numbered", [("kite", P), ("rower boat", P)]),
    ("numbers with a dot", "1. kite\n2. rower\n", "numbered", [("kite", P), ("rower", P)]),
    ("numbers with a colon", "1: kite\n0: 'rower',\n", "numbered", [("rower", P), ("kite", P)]),
    ("one number", "0: kite", "numbered", [("kite", P)]),
    ("numbers last", "kite: 1\nrower: 0\n", "numbered", [("rower", P), ("kite", P)]),
    ("numbers in brackets", "(0) kite\n(1) rower", "numbered", [("kite", P), ("rower", P)]),
    ("numbers in a column", "0,kite\n1,rower\n", "numbered", [("kite", P), ("rower", P)]),
    ("numbers in the last column", "kite\t0\nrower\t1\n", "table", [("kite", P), ("rower", P)]),
    ("numbers that are names", "1 cent\n2 cent\n", "lines", [("1 cent", P), ("2 cent", P)]),
    ("numbers with a gap", "1 kite\n3 rower\n", "lines", [("1 kite", P), ("3 rower", P)]),
    ("bullets", "* kite\n* rower\n", "lines", [("kite", P), ("rower", P)]),
    ("ImageNet synsets", "n01440764 tench, Tinca\nn01443537 goldfish\n", "lines", [("tench, Tinca", P), ("goldfish", P)]),
    ("comments", "# boats\nkite\n#1 rower\n", "lines", [("kite", P), ("#1 rower", P)]),
    ("a colon alone", "boat: big\nkite", "lines", [("boat: big", P), ("kite", P)]),
    ("CSV, id and name", 'id,label\n0,kite\n1,"oar, long"\n', "CSV", [("kite", P), ("oar, long", P)]),
    ("CSV, name last", "class_id;class_name;annotation_type\n0;kite;tag\n", "table", [("kite", T)]),
    ("CSV, an unknown title", "rank,class\n3,kite\n4,rower\n", "CSV", [("kite", P), ("rower", P)]),
    ("CSV of annotations", "filename,xmin,ymin,xmax,ymax,class\na,1,2,3,4,kite\na,1,2,3,4,kite\nb,1,2,3,4,oar\n", "CSV", [("kite", P), ("oar", P)]),
    ("TSV with a header", "Index\tName\n1\tkite\n", "table", [("kite", P)]),
    ("CSV, short rows", "id,name\n1,kite\n2\n", "CSV", [("kite", P)]),
    ("CSV, titles in one word", "LabelName,DisplayName\n/m/01,Teapot\n/m/02,\"Cup, small\"\n", "CSV", [("Teapot", P), ("Cup, small", P)]),
    ("CSV, Open Images' ids", "/m/01,Teapot\n/m/02,Cup\n", "CSV", [("Teapot", P), ("Cup", P)]),
    ("TSV, WordNet numbers", "n00000001\tteapot\nn00000002\tcup, mug\n", "table", [("teapot", P), ("cup, mug", P)]),
    ("TSV, number, name and group", "0\tkite\tair\n1\tboat\twater\n", "table", [("kite", P), ("boat", P)]),
    ("TSV, number, name and type", "3\tkite\ttag\n5\tboat\tline\n", "table", [("kite", T), ("boat", L)]),
    ("TSV, colors first", "1 2 3\tkite\n4 5 6\tboat\n", "table", [("kite", P), ("boat", P)]),
    ("CSV, titles of another language", "Name;Sorte;Farbe\nkite;tag;#010203\nboat;line;\n", "table", [("kite", T), ("boat", L)]),
    ("one row of names", "kite;boat;row boat\n", "table", [("kite", P), ("boat", P), ("row boat", P)]),
    ("decimal commas", "0,5 mm\n1,5 mm\n", "lines", [("0,5 mm", P), ("1,5 mm", P)]),
    ("CVAT masks", "# label:color_rgb:parts:actions\nsky:1,2,255::\nsea:::\n", "CVAT label map", [("sky", P), ("sea", P)]),
    ("a name after a bracket", "<3 mm\n>3 mm\n", "lines", [("<3 mm", P), (">3 mm", P)]),
    ("names like settings", "size=S\nsize=M\n", "lines", [("size=S", P), ("size=M", P)]),
    ("numbers after an equals sign", "kite = 1\nboat = 0\n", "numbered", [("boat", P), ("kite", P)]),
    ("names like Python", "import tax\npass\n", "lines", [("import tax", P), ("pass", P)]),
    ("Python after an import", "import os\n\nCLASSES = ('kite', 'boat')\n", "Python source", [("kite", P), ("boat", P)]),
    ("Python after a shebang", "#!/usr/bin/env python3\nlabels = ['kite']\n", "Python source", [("kite", P)]),
    ("pbtxt, bytes", 'item { id: 1 name: "Gr\\303\\266\\303\\237e" }', "TensorFlow", [("Größe", P)]),
    ("pbtxt, Latin-1 bytes", 'item { id: 1 name: "Gr\\366n" }', "TensorFlow", [("Grön", P)]),
    ("pbtxt, strings in parts", "item { id: 1 name: 'row' ' boat' }", "TensorFlow", [("row boat", P)]),
    ("Labelbox", '{"tools": [{"tool": "polyline", "name": "lane"}, {"tool": "superpixel", "name": "sky"}, {"name": "x"}]}', "Labelbox", [("lane", L), ("sky", M)]),
    ("Encord", '{"objects": [{"name": "lip", "shape": "bitmask", "featureNodeHash": "a"}]}', "Encord", [("lip", M)]),
    ("SuperAnnotate", '[{"name": "van", "type": "object", "attribute_groups": []}, {"name": "wet", "type": "tag", "attribute_groups": []}]', "SuperAnnotate", [("van", P), ("wet", T)]),
    ("Dataloop", '{"roots": [{"value": {"tag": "kite"}, "children": [{"value": {"label": "tail"}}, {"value": 1}]}, {"value": {"tag": "boat"}}]}', "Dataloop", [("kite", P), ("tail", P), ("boat", P)]),
    ("Hugging Face data set", '{"features": {"image": {"_type": "Image"}, "species": {"names": ["kite", "boat"]}}}', "Hugging Face data set", [("kite", P), ("boat", P)]),
    ("our registration", '{"format": "byom-registration/1", "classes": [{"name": "kite", "type": "tag"}]}', "byom-gui", [("kite", T)]),
    ("our project", '{"format": "byom-project/1", "registration": {"classes": [{"name": "kite", "type": "tag"}]}}', "byom-gui", [("kite", T)]),
]  # fmt: skip


def entries(parsed: ParsedClasses) -> list[tuple[str, str]]:
    return [(entry.name, entry.type) for entry in parsed.entries]


@pytest.mark.parametrize(("text", "form", "expected"), [row[1:] for row in READ], ids=[row[0] for row in READ])
def test_a_known_form_is_read(text: str, form: str, expected: list[tuple[str, str]]) -> None:
    parsed = parse_class_list(text, P)
    assert entries(parsed) == expected
    assert form in parsed.form
    assert not parsed.refusal


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("text", ["épi\nété\n", '["épi", "été"]', "names:\r\n- épi\r\n- été\r\n"])
def test_every_unicode_encoding_is_read(text: str, encoding: str) -> None:
    parsed = parse_class_file(text.encode(encoding))
    assert entries(parsed) == [("épi", B), ("été", B)]
    assert not parsed.problems


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_shows_by_its_line_ends(encoding: str) -> None:
    assert entries(parse_class_file("猫\r\n犬小屋".encode(encoding))) == [("猫", B), ("犬小屋", B)]
    assert parse_class_file("猫\n犬\a".encode(encoding)).refusal == parse_class_file(b"\1\0\2\3").refusal != ""


def test_a_western_file_is_read_and_said() -> None:
    parsed = parse_class_file("Rad\nZähler\n".encode("cp1252"))
    assert entries(parsed) == [("Rad", B), ("Zähler", B)]
    (problem,) = parsed.problems
    assert problem.line == 2
    assert "not UTF-8" in problem.message
    assert "“Zähler”" in problem.message


REFUSED: list[tuple[str, Any, str]] = [
    ("web page", "<!DOCTYPE html><title>Sign in</title>", "a web page"),
    ("page after a comment", "<!-- x -->\n<html><body/></html>", "a web page"),
    ("YOLO labels", "0 0.5 0.5 0.1 0.25\n3 .1 .2 1e-3 0.4\n", "a YOLO label file"),
    ("YOLO segments", "2 0.1 0.2 0.3 0.4 0.5 0.6\n", "a YOLO label file"),
    ("JSON Lines", '{"a": 1}\n{"a": 2}\n', "a JSON Lines file"),
    ("image list", "images/1.jpg\nimages/2.PNG\n", "a list of image files"),
    ("Darknet data", "classes = 2\ntrain = t.txt\nnames = obj.names\n", "a settings file"),
    ("LFS", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n", "a Git LFS pointer"),
    ("key", "-----BEGIN CERTIFICATE-----\nMII\n", "a certificate or key"),
    ("script", "#!/bin/sh\necho\n", "a script"),
    ("YAML without names", "path: x\ntrain: y\nval: z\n", "a YAML file without class names (its keys: path, train, val)"),
    ("YAML that points elsewhere", "nc: 3\nnames: data/obj.names\n", "names are in another file (data/obj.names)"),
    ("YAML, only a number", "nc: 3\n", "a YAML file without class names"),
    ("YAML, broken", "names: [dent\nnc: 1\n", "breaks in line"),
    ("YAML, a scalar", "--- x\n", "cannot be read as YAML"),
    ("YAML, deep", "names: " + "[" * 50, "nested too deeply"),
    ("YAML, bomb", "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(f"{k}: &{k} [{','.join(['*' + p] * 10)}]\n" for p, k in zip("abcdef", "bcdefg", strict=True)) + "names: *g\n", "by its anchors"),
    ("YAML, large", "names:\n" + "- x\n" * 300_000, "cannot be read as YAML"),
    ("SVG", '<svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG image"),
    ("CVAT without labels", "<annotations><image/></annotations>", "a CVAT annotation file"),
    ("VOC without objects", "<annotation><size/></annotation>", "a Pascal VOC annotation file"),
    ("other XML", "<plan/>", "an XML file of another kind (<plan>)"),
    ("XML, an empty interface", "<View/>", "an XML file of another kind (<View>)"),
    ("broken XML", "<View>\n<Choices>", "breaks in line 2"),
    ("entities", '<!DOCTYPE View [<!ENTITY a "b">]><View><Choices/></View>', "declares entities"),
    ("deep XML", "<a>" * 200, "nested too deeply"),
    ("Label Studio tasks", [{"id": 1, "data": {"image": "a.jpg"}, "annotations": [{"result": []}]}], "Label Studio tasks"),
    ("Label Studio task", {"data": {}, "predictions": []}, "a Label Studio task"),
    ("Create ML", [{"image": "a.jpg", "annotations": [{"label": "kite"}]}], "a Create ML annotation file"),
    ("VIA", {"a.jpg12": {"filename": "a.jpg", "regions": []}}, "a VGG Image Annotator file"),
    ("Supervisely item", {"size": {}, "objects": [{"classTitle": "kite"}]}, "a Supervisely annotation file"),
    ("GeoJSON", {"type": "FeatureCollection", "features": []}, "a GeoJSON file"),
    ("notebook", {"cells": [], "nbformat": 4}, "a Jupyter notebook"),
    ("results", [{"name": "kite", "confidence": 0.5}], "a list of a model's results"),
    ("response", {"status": "succeeded", "results": []}, "without class names (its keys: status, results)"),
    ("detections", {"boxes": [], "labels": ["kite"], "scores": [1]}, "without class names"),
    ("numbers", [1, 2, 3], "a list of 3 entries without class names"),
    ("measures", {"x": 10, "y": 200}, "without class names (its keys: x, y)"),
    ("lists by number", {"0": [1, 2]}, "without class names"),
    ("deep containers", '{"data":' * 600 + '{"names": ["a"]}' + "}" * 600, "without class names (its keys: data)"),
    ("a table of something else", "image_id,width,height\n1,3,4\n", "without a column of names (its columns: image_id, width, height)"),
    ("PNG", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG image"),
    ("WebP", b"RIFF\x10\0\0\0WEBPVP8 ", "a WebP image"),
    ("HEIC", b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
    ("BMP", b"BM\x3a\0\0\0\0\0\0\0", "a BMP image"),
    ("ZIP", b"PK\x03\x04\x14\0\0\0\x08\0", "a ZIP file"),
    ("gzip", b"\x1f\x8b\x08\x00\xff", "a gzip file"),
    ("PDF", b"%PDF-1.7\nplain", "a PDF document"),
    ("pickle", b"\x80\x04\x95\x10\0", "a Python pickle"),
    ("noise", bytes(range(1, 256)), "a binary file"),
    ("YAML, a list of lists", "---\n- [a]\n- [b]\n", "a YAML list of something else"),
    ("zeros", b"kite\0\0\0rower", "a binary file"),
    ("Python", "'Serves.'\nfrom flask import Flask\n\napp = Flask(__name__)\n", "Python source without a list"),
    ("Python, a long call", "rows = [\n    Row('sea', 1),\n]\n", "Python source without a list"),
    ("Python, imports and more", "import flask\napp = flask.Flask('x')\n", "Python source without a list"),
    ("protobuf", 'name: "resnet"\ninput [\n {\n  dims: 3\n }\n]\n', "source code or a configuration"),
    ("TOML", "[train]\nepochs = 3\nclasses = ['x']\n", "a settings file (TOML or INI)"),
    ("KITTI", "Van 0.00 1 -1.5 5.1 1.3 6.1 2.1 1.6 1.7 3.6 -0.6 1.7 46.7 -1.5\n", "a KITTI label file"),
    ("DOTA", "imagesource:x\ngsd:0.1\n1 2 3 4 5 6 7 8.5 ship 0\n", "a DOTA label file"),
    ("MOT", "1,1,7.5,2,3,-1,-1\n2,1,7.5,2,3,-1,-1\n", "a table of numbers"),
    ("predictions", "id,label_id\n0,3\n1,5\n", "a table without a column of names"),
    ("Markdown", "| kite | tag |\n|---|:-:|\n| a | b |\n", "a Markdown table"),
    ("diff", "--- a/x\n+++ b/x\n@@ -1 +1 @@\n", "a diff"),
    ("PostScript", "%!PS-Adobe-3.0\nshowpage\n", "a PostScript file"),
    ("RTF", "{\\rtf1 kite}", "an RTF document"),
    ("an error instead of a file", "404: Not Found", "a server's error message"),
    ("a very long line", "x" * 20_000 + "\n", "a line of 20,000 characters"),
    ("Parquet without zeros", b"PAR1\x15\x04kite", "a Parquet file"),
    ("icon", b"\0\0\1\0\1\0", "a Windows icon"),
    ("half a UTF-16 character", b"\xff\xfeb\0x", "broken UTF-16 text"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "what"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_something_else_is_refused_by_its_name(content: Any, what: str) -> None:
    data = (
        content
        if isinstance(content, bytes)
        else (content if isinstance(content, str) else json.dumps(content)).encode()
    )
    parsed = parse_class_file(data)
    assert parsed.entries == ()
    assert what in parsed.refusal
    assert [problem.message for problem in parsed.problems] == [parsed.refusal]


ODD: list[tuple[str, list[str], str]] = [
    ("nc: 3\nnames: [dent, hole]\n", ["dent", "hole"], "“nc” is 3, but 2 names are listed"),
    ("names:\n  0: dent\n  0: hole\n", ["hole"], "Line 3: “0” is in the file twice"),
    ("names: {0: dent, 4: hole}\n", ["dent", "hole"], "gaps (3 missing): 1, 2, 3."),
    ('{"names": ["dent"], "classes": ["hole"]}', ["dent"], "Left out: what is under classes"),
    ('{"dent": 0, "hole": 0}', ["dent", "hole"], "more than one name: 0"),
    ('{"id2label": {"0": "dent"}, "label2id": {"hole": 0}}', ["dent"], "contradict each other"),
    ('{"id2label": {"0": "LABEL_0", "1": "LABEL_1"}}', ["LABEL_0", "LABEL_1"], "placeholders"),
    (json.dumps(SUPERVISELY), ["sail", "oar"], "Supervisely's tags (rain)"),
    (json.dumps(DARWIN_ITEM), ["kite", "windy", "unknown"], "“kite” appears as polygon and as bounding_box"),
    (
        '{"categories": [{"id": 0, "name": "boats", "supercategory": "none"}, {"id": 1, "name": "kite", "supercategory": "boats"}]}',
        ["boats", "kite"],
        "“boats” is the group of other categories",
    ),
    ('{"categories": [{"name": "kite"}, 5]}', ["kite"], "Entry 2 is left out"),
    ("item { id: 1 }\nitem { id: 2 name: 'kite' }", ["kite"], "Item 1 has no name"),
    ("item { id: 1 name: '/m/0h9mv' display_name: 'tire' }", ["/m/0h9mv"], "“display_name” (“tire”)"),
    ("classes = ['kite']\nlabels = ['oar']\n", ["kite"], "Left out: labels"),
    ("<View><Choices><Choice value='a'/></Choices><TextArea/></View>", ["a"], "Left out: <TextArea>"),
    ("<View><Labels><Label value=''/><Label value='b'/></Labels></View>", ["b"], "Line 1: the name is missing"),
    ('["kite", "kit\\u0000e"]', ["kite", "kit\0e"], "null (U+0000)"),
    ('["kite", "ki\\u200bte"]', ["kite", "ki\u200bte"], "zero width space (U+200B)"),
    ('["kite", "\\u200b\\u200d"]', ["kite"], "is blank: it contains zero width space (U+200B)"),
    ('["ok", "a\\ud83d"]', ["ok"], "lone surrogate"),
    ('["caf\\u00e9", "cafe\\u0301"]', ["café", "cafe\u0301"], "looks like “café” in entry 1"),
    ('["\\u202ekite"]', ["\u202ekite"], "right-to-left override (U+202E)"),
    ('["red\\u00a0kite"]', ["red\u00a0kite"], "no-break space (U+00A0)"),
    ('["kite\\ufffd"]', ["kite\ufffd"], "wrong encoding"),
    ("1 kite\n2 boat\n5 sail\n", ["1 kite", "2 boat", "5 sail"], "The numbers of the lines have gaps"),
    ('{"tools": [{"tool": "point", "name": "tip"}], "classifications": [{"instructions": "wind?"}]}', ["tip"], "Left out: classifications (wind?)"),
    ("kite;tag;pinkish", ["kite"], "not a color"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "names", "said"), ODD)
def test_what_is_odd_or_left_out_is_said(text: str, names: list[str], said: str) -> None:
    parsed = parse_class_list(text)
    assert [entry.name for entry in parsed.entries] == names
    assert said in "\n".join(problem.message for problem in parsed.problems)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('{"dent": 0, "hole": 4}', ["dent", "hole"]),
        ('{"dent": 1, "hole": 2}', ["dent", "hole"]),
        ('{"dent": 0, "hole": 5}', []),
        ('{"dent": 2, "hole": 3}', []),
    ],
)
def test_names_with_counts_are_no_numbered_classes(text: str, names: list[str]) -> None:
    assert [entry.name for entry in parse_class_list(text).entries] == names


def test_of_two_types_the_more_frequent_is_taken_wherever_it_comes() -> None:
    shapes = ["bounding_box", "polygon", "polygon"]
    item = {**DARWIN_ITEM, "annotations": [{"name": "kite", shape: {}} for shape in shapes]}
    parsed = parse_class_list(json.dumps(item))
    assert [(entry.name, entry.type) for entry in parsed.entries] == [("kite", "polygon")]


def test_the_names_of_an_annotation_file_are_counted_from_one() -> None:
    item = {**DARWIN_ITEM, "annotations": [{"name": name, "tag": {}} for name in ("kite", "sail", "kite", " ")]}
    assert "Class 3: the name is missing" in "\n".join(
        each.message for each in parse_class_list(json.dumps(item)).problems
    )


def test_a_category_that_is_alone_in_its_group_is_a_class_like_any_other() -> None:
    parsed = parse_class_list('{"categories": [{"id": 4, "name": "kite", "supercategory": "kite"}]}')
    assert [entry.name for entry in parsed.entries] == ["kite"]
    assert not any("group" in problem.message for problem in parsed.problems)


NOTED: list[tuple[str, str]] = [
    ("names: [dent]\n", "The classes under “names” are taken."),
    ('["dent "]', "Spaces or line ends around a name were removed: dent."),
    ('[" dent", "hole\\r"]', "around 2 names were removed: dent, hole."),
    ("id,name,group\n1,dent,x\n", "Columns left out: id, group."),
    ("0 dent\n1 hole\n", "The numbers of the classes are left out."),
    ("dent;0\nhole;1\n", "The column of numbers is left out."),
    ("# parts\ndent\n", "Lines left out as comments: 1."),
    ("- dent\n- hole: deep\n", "The bullets before the names are left out."),
    ("__ignore__\ndent\n", "Left out: __ignore__, LabelMe's names for “no class”"),
    (json.dumps(CVAT_LABELS), "“van”: its attributes (color) are left out"),
    (json.dumps(CVAT_LABELS), "Type “any” is read as bounding box (road)."),
    (json.dumps([{"name": "p", "type": "skeleton", "sublabels": [{"name": "a"}]}]), "“p”: its points (a) are left out"),
    (CVAT_XML, "The points of skeletons are left out: wheel."),
    (CVAT_XML.replace("<parent>van</parent>", ""), "Type “points” is read as keypoint (wheel)."),
    (VOC, "Different names among the objects: 2 in 3."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), NOTED)
def test_how_a_form_was_read_is_noted(text: str, said: str) -> None:
    assert said in "\n".join(parse_class_list(text).notes)


@pytest.mark.parametrize("text", ["(1)", "('a'", "CLASSES = [x]", "names = (", "'it''s\nhere", "x = CLASSES[0]"])
def test_what_only_looks_like_python_is_lines(text: str) -> None:
    parsed = parse_class_list(text)
    assert parsed.form == "lines"
    assert [entry.name for entry in parsed.entries] == text.split("\n")


def test_a_lone_surrogate_makes_the_list_unusable() -> None:
    assert [problem.unusable for problem in parse_class_list('["ok", "\\udfff"]').problems] == [True]
    assert not any(problem.unusable for problem in parse_class_list('["ok", "a\\u0007"]').problems)


def test_what_is_nearly_a_known_file_is_read_as_what_it_is() -> None:
    assert entries(parse_class_list('[{"name": "a", "type": "box", "attributes": []}]')) == [("a", "box")]
    assert entries(parse_class_list("{'a': [1], 'names': ['x']}")) == [("x", B)]
    assert parse_class_list("[section]\nkey: value").refusal.startswith("This starts like JSON")
    assert parse_class_list("x = 1\n[a]\n").form == "lines"
    assert entries(parse_class_list("names: [x]\n---\nnames: [y]\n")) == [("x", B)]
    assert entries(parse_class_list("0: dent\n0: hole\n")) == [("hole", B)]
    assert entries(parse_class_list("dent\n{a\n{b\n")) == [("dent", B), ("{a", B), ("{b", B)]
    assert parse_class_list("{a\n{b\n").refusal.startswith("This starts like JSON")
    assert entries(parse_class_list("- dent\n- [hole]\n")) == [("dent", B), ("[hole]", B)]
    long = "classes = ['kite']\n" + "# x\n" * 300_000
    assert entries(parse_class_list(long))[0] == ("classes = ['kite']", B)
    assert parse_class_list("['kite', " + " " * 1_000_000 + "x]").refusal
    assert parse_class_list("   \n").entries == ()
    assert text_form(" \n") == ""


def test_python_does_not_warn_of_text_that_is_no_source(recwarn: pytest.WarningsRecorder) -> None:
    assert entries(parse_class_list("('kite', 1or 2)")) == [("('kite'", B), ("1or 2)", B)]
    assert not parse_class_list("classes = ['a'] if 1or 0 else ['b']").refusal
    assert not recwarn.list
