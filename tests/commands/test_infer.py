"""``infer``: answers as JSON Lines, and each image with its overlay."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from PIL import Image

from byom_gui.core import retry
from byom_gui.core.errors import ImageError
from byom_gui.core.image import ImageSource, Raster
from byom_gui.sandbox.faults import find_fault
from byom_gui.sandbox.model_server import ModelServer
from byom_gui.services import call_gate, decoding, images
from tests.commands.conftest import Call
from tests.commands.processes import SAMPLES, run
from tests.services.servers import Scripted, free_port, serving


def lines(folder: Path) -> list[dict[str, object]]:
    """What is in answers.jsonl."""
    return [json.loads(line) for line in (folder / "answers.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder with two good pictures, of one name, and a bad one."""
    folder = tmp_path / "pictures"
    (folder / "more").mkdir(parents=True)
    shutil.copy(SAMPLES / "parcels.jpg", folder / "one.jpg")
    shutil.copy(SAMPLES / "neuron.jpg", folder / "more" / "one.jpg")
    (folder / "torn.png").write_bytes(b"\x89PNG\r\n\x1a\n nothing more")
    return folder


def test_each_image_gets_its_line_and_its_overlay_one_bad_one_stops_nothing(model: ModelServer, pictures: Path) -> None:
    # A process of its own: Qt's application object would outlive this test.
    home = pictures.parent
    done = run(home, "infer", model.url, "--out", "out", "pictures")
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    assert "2 succeeded, 1 failed" in done.stderr
    found = lines(home / "out")
    assert {Path(str(one["image"])).name for one in found} == {"one.jpg", "torn.png"}
    good = [one for one in found if "error" not in one]
    assert [(one["width"], one["height"], one["status"]) for one in good] == [(1200, 900, 200)] * 2
    assert all(one["answer"]["status"] == "succeeded" for one in good)  # type: ignore[index]
    assert sorted(path.name for path in (home / "out").glob("*.png")) == ["one-2.overlay.png", "one.overlay.png"]
    for path in (home / "out").glob("*.png"):
        with Image.open(path) as picture:
            assert picture.size == (1200, 900)
            assert len(picture.convert("RGB").getcolors(1 << 24) or ()) > 1000
    plain = [Image.open(SAMPLES / name).convert("RGB").tobytes() for name in ("parcels.jpg", "neuron.jpg")]
    drawn = [Image.open(path).convert("RGB").tobytes() for path in (home / "out").glob("*.png")]
    assert not set(plain) & set(drawn), "something was drawn"


def test_all_answered_exits_0_and_the_answers_validate(call: Call, model: ModelServer, tmp_path: Path) -> None:
    got = call("infer", model.url, SAMPLES / "*.jpg", "--out", "out", "--no-overlays", "--concurrency", "3")
    assert got.code == 0, got.err
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["answers.jsonl"]
    (tmp_path / "a.json").write_text(json.dumps(lines(tmp_path / "out")[0]["answer"]))
    assert call("validate", "a.json", "--image", str(lines(tmp_path / "out")[0]["image"])).code == 0


def test_refused_answers_exit_1_no_answer_3_no_picture_2(call: Call, pictures: Path) -> None:
    with ModelServer(fault=find_fault("http.server-error")) as server:
        refused = call("infer", server.url, pictures / "one.jpg", "--out", "out", "--no-overlays")
    assert refused.code == 1
    nobody = f"http://127.0.0.1:{free_port()}/infer"
    assert call("infer", nobody, pictures / "one.jpg", "--out", "out", "--no-overlays").code == 3
    unread = call("infer", nobody, pictures / "torn.png", "--out", "out")
    assert unread.code == 2
    assert "None of the images could be read" in unread.err


def test_a_folder_that_can_not_be_made_exits_2_before_any_call(call: Call, pictures: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    got = call("infer", "http://127.0.0.1:9/infer", pictures / "one.jpg", "--out", "taken")
    assert got.code == 2
    assert "The folder taken cannot be created" in got.err


def test_answers_that_can_not_be_written_exit_2_before_any_call(call: Call, pictures: Path, tmp_path: Path) -> None:
    (tmp_path / "out" / "answers.jsonl").mkdir(parents=True)
    got = call("infer", f"http://127.0.0.1:{free_port()}/infer", pictures, "--out", "out")
    assert got.code == 2
    assert "answers.jsonl could not be written" in got.err


def test_a_busy_server_is_asked_again_and_stderr_says_so(call: Call, tmp_path: Path) -> None:
    with ModelServer(fault=find_fault("http.rate-limited:some")) as server:
        got = call(
            "infer",
            server.url,
            SAMPLES / "*.png",
            SAMPLES / "*.jpg",
            "--out",
            "out",
            "--no-overlays",
            "--concurrency",
            "1",
        )
    assert got.code == 0, got.err
    assert "Busy (429), again in 2 s" in got.err
    assert {one["status"] for one in lines(tmp_path / "out")} == {200}


def test_answers_go_out_as_darwin_json_coco_and_csv(call: Call, model: ModelServer, tmp_path: Path) -> None:
    also = ("--darwin", "darwin", "--coco", "coco.json", "--csv", "all.csv")
    got = call("infer", model.url, SAMPLES / "*.jpg", SAMPLES / "*.png", "--out", "out", "--no-overlays", *also)
    assert got.code == 0, got.err
    results = sum(len(one["answer"]["results"]) for one in lines(tmp_path / "out"))  # type: ignore[index,misc]
    files = sorted((tmp_path / "darwin").iterdir())
    assert len(files) == len(lines(tmp_path / "out"))
    darwin = sum(len(json.loads(file.read_text(encoding="utf-8"))["annotations"]) for file in files)
    assert darwin == results
    coco = json.loads((tmp_path / "coco.json").read_text(encoding="utf-8"))
    assert 0 < len(coco["annotations"]) < results
    assert "COCO cannot store these, so they are left out: " in got.err
    assert len((tmp_path / "all.csv").read_text(encoding="utf-8").splitlines()) == results + 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file names with line ends")
def test_a_line_end_in_a_name_makes_no_line_of_progress(call: Call, model: ModelServer, tmp_path: Path) -> None:
    odd = tmp_path / "a\n[9] b.jpg"
    shutil.copy(SAMPLES / "nuclei-2.jpg", odd)
    done = call("infer", model.url, "--out", str(tmp_path / "out"), "--no-overlays", str(tmp_path))
    assert done.code == 0, done.err
    assert [line[:19] for line in done.err.splitlines() if line.startswith("[")] == ["[1/1] a?[9] b.jpg: "]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has file names that are not Unicode")
def test_a_file_name_that_is_not_unicode_costs_no_export(call: Call, model: ModelServer, tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"plate\xe9-\x80.jpg")
    shutil.copy(SAMPLES / "nuclei-2.jpg", odd)
    out = tmp_path / "out"
    targets = ["--darwin", str(out), "--coco", str(tmp_path / "all.json"), "--csv", str(tmp_path / "all.csv")]
    done = call("infer", model.url, "--out", str(out), "--no-overlays", *targets, str(odd))
    assert done.code == 0, done.err
    coco = json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))
    assert [image["file_name"] for image in coco["images"]] == [odd.name]
    assert "plate\\udce9-\\udc80.jpg" in (tmp_path / "all.csv").read_text(encoding="utf-8")
    darwin = [path for path in out.iterdir() if path.suffix == ".json"]
    assert [json.loads(path.read_text(encoding="utf-8"))["item"]["name"] for path in darwin] == [odd.name]


def test_forms_that_can_not_be_written_exit_2_before_any_call(call: Call) -> None:
    nobody = f"http://127.0.0.1:{free_port()}/infer"
    got = call("infer", nobody, SAMPLES / "neuron.jpg", "--out", "out", "--coco", "nowhere/coco.json")
    assert got.code == 2


def test_files_name_classes_as_a_mapping_has_them(call: Call, model: ModelServer, tmp_path: Path) -> None:
    rows = [{"name": "nucleus", "to": {"name": "Zellkern"}, "match": "chosen"},
            {"name": "debris", "to": None, "match": "left-out"}]  # fmt: skip
    (tmp_path / "m.json").write_text(json.dumps({"format": "byom-class-mapping/1", "classes": rows}))
    (tmp_path / "bad.json").write_text("{")
    image = sorted(SAMPLES.glob("nuclei*.png"))[0]
    got = call("infer", model.url, image, "--out", "out", "--csv", "all.csv", "--mapping", "m.json")
    assert got.code == 0
    text = (tmp_path / "all.csv").read_text("utf-8")
    assert "Zellkern" in text
    assert "nucleus" not in text
    assert "debris" not in text
    assert call("infer", model.url, image, "--out", "out", "--csv", "all.csv", "--mapping", "bad.json").code == 2


def hurt(folder: Path) -> dict[str, bytes]:
    """Good pictures between damaged ones: each has a valid header and pixels that cannot be decoded."""
    noise = Image.effect_noise((90, 60), 80)
    files = {"a-good.jpg": (SAMPLES / "parcels.jpg").read_bytes(), "z-good.jpg": (SAMPLES / "neuron.jpg").read_bytes()}
    for kind in ("BMP", "PNG", "TIFF", "GIF", "WEBP", "AVIF", "JPEG2000", "PPM"):
        out = io.BytesIO()
        noise.convert("RGB").save(out, kind, lossless=True)
        data, half = out.getvalue(), len(out.getvalue()) // 2
        end = data[half + 400 :] if kind == "PNG" else b""
        files[f"hurt-{kind.lower()}.img"] = data[:half] + bytes(400 if end else 0) + end
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return files


def test_damaged_pixels_are_one_failed_row_each_and_the_rest_is_written(
    call: Call, model: ModelServer, tmp_path: Path
) -> None:
    files = hurt(tmp_path / "mixed")
    got = call("infer", model.url, "mixed", "--out", "out", "--coco", "all.json", "--csv", "all.csv", "--darwin", "v7")
    assert got.code == 1, got.err
    assert "Traceback" not in got.err
    rows = {Path(str(row["image"])).name: row for row in lines(tmp_path / "out")}
    assert rows.keys() == files.keys()
    for name, row in rows.items():
        if "good" in name:
            assert "error" not in row
            assert (tmp_path / "out" / f"{Path(name).stem}.overlay.png").is_file()
        else:
            assert str(row["error"]).endswith("Copy or save it again."), row
    assert len(json.loads((tmp_path / "all.json").read_text())["images"]) == 2
    assert (tmp_path / "all.csv").read_text().count("good.jpg") > 2
    assert len(list((tmp_path / "v7").iterdir())) == 2
    assert "2 succeeded, 8 failed" in got.err


def test_an_image_that_breaks_between_answer_and_overlay_costs_its_overlay_alone(
    call: Call, model: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(SAMPLES / "parcels.jpg", tmp_path / "a.jpg")
    shutil.copy(SAMPLES / "neuron.jpg", tmp_path / "b.jpg")
    drawn = images.raster

    def breaks(source: ImageSource, side: int | None = None) -> Raster:
        if source.name == "a.jpg" and side is None:
            raise ImageError("a.jpg is damaged and cannot be read.")
        return drawn(source, side)

    monkeypatch.setattr(images, "raster", breaks)
    got = call("infer", model.url, "a.jpg", "b.jpg", "--out", "out")
    assert got.code == 0, got.err
    assert "No overlay for a.jpg. a.jpg is damaged" in got.err
    assert len(lines(tmp_path / "out")) == 2
    assert [path.name for path in (tmp_path / "out").glob("*.png")] == ["b.overlay.png"]


def test_an_image_too_large_to_be_drawn_is_answered(
    call: Call, model: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.new("RGB", (600, 500), "navy").save(tmp_path / "wide.png")
    monkeypatch.setattr(decoding, "DRAW_BYTES", 900_000)
    got = call("infer", model.url, "wide.png", "--out", "out")
    assert got.code == 0, got.err
    assert "No overlay for wide.png. wide.png has 0 million pixels." in got.err
    assert "answer" in lines(tmp_path / "out")[0]


def test_a_folder_without_images_says_what_is_in_it(call: Call, model: ModelServer, tmp_path: Path) -> None:
    (tmp_path / "phone").mkdir()
    for number in range(3):
        (tmp_path / "phone" / f"IMG_{number}.HEIC").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(90))
    (tmp_path / "nothing").mkdir()
    got = call("infer", model.url, "phone", "--out", "out")
    assert got.code == 2
    assert "No images to send in phone. 3 of 3 files were left out: 3 HEIC." in got.err
    assert "pillow-heif" in got.err
    empty = call("infer", model.url, "nothing", "--out", "out")
    assert (empty.code, "No images to send in nothing." in empty.err) == (2, True)
    assert "Give at least one image" in call("infer", model.url, "--out", "out").err


def test_what_a_mixed_folder_leaves_out_is_said(call: Call, model: ModelServer, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    shutil.copy(SAMPLES / "parcels.jpg", folder / "without-suffix")
    (folder / "scan.dcm").write_bytes(bytes(128) + b"DICM" + bytes(30))
    (folder / "scan.json").write_text("{}")
    (folder / "late.png").write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    got = call("infer", model.url, "mixed", "--out", "out", "--no-overlays")
    assert got.code == 1
    assert "2 of 4 files were left out: 1 DICOM, 1 text file." in got.err
    assert "1 file is not an image that can be read, although its name says so: 1 Git LFS pointer." in got.err
    first = lines(tmp_path / "out")[0]
    assert first["error"] == "late.png is a Git LFS pointer, not the image itself. Run: git lfs pull"


@pytest.mark.parametrize(
    ("fault", "good", "said"),
    [
        ("net.died@4", 4, "The server stopped responding at image 5 of 12."),
        ("http.rate-limited:later@5", 5, "The server’s rate limit was reached at image 6 of 12 (HTTP 429)."),
        ("http.rate-limited", 0, "The server’s rate limit was reached at image 1 of 12 (HTTP 429)."),
    ],
)
def test_a_batch_ends_where_the_server_does(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str, good: int, said: str
) -> None:
    """Each image that was not sent has its line, with the reason."""
    monkeypatch.setattr(retry, "retry_after", lambda reply: 0.01)
    monkeypatch.setattr(call_gate, "PAUSES", (0.1, 0.1))
    for number in range(12):
        Image.new("RGB", (64, 48), (number * 9, 90, 200)).save(tmp_path / f"{number:02}.png")
    with ModelServer(fault=find_fault(fault)) as server:
        words = ("--out", "out", "--no-overlays", "--concurrency", "1")
        got = call("infer", server.url, *sorted(tmp_path.glob("*.png")), *words)
    assert got.code == 1
    rows = lines(tmp_path / "out")
    assert len(rows) == 12
    assert [row["summary"] for row in rows].count(f"Not sent. {said}") == 12 - good - 1
    assert [row.get("status") for row in rows].count(200) == good
    assert "no readable response" not in [row["summary"] for row in rows]
    assert f"{good} succeeded, {12 - good} failed" in got.err


@pytest.mark.parametrize(
    "body", [{"status": "failed", "results": []}, {"error": "out of quota"}, {"status": "failed", "error": "full"}]
)
def test_an_image_that_the_model_failed_on_is_not_exported_as_one_without_objects(
    call: Call, tmp_path: Path, body: dict[str, object]
) -> None:
    for name in ("bad.png", "empty.png", "full.png"):
        Image.new("RGB", (64, 48) if name != "bad.png" else (65, 48), "teal").save(tmp_path / name)
    box = {"name": "rivet", "label": "rivet", "confidence": 0.7, "bounding_box": {"x": 3, "y": 4, "w": 20, "h": 9}}
    answers = iter([body, {"status": "succeeded", "results": []}, {"results": [box]}])
    with serving(lambda got: Scripted(body=json.dumps(next(answers)).encode())) as server:
        words = ("--out", "out", "--no-overlays", "--concurrency", "1", "--coco", "c.json", "--darwin", "d")
        got = call("infer", f"{server.url}/infer", "bad.png", "empty.png", "full.png", *words)
    assert got.code == 1
    coco = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    assert [each["file_name"] for each in coco["images"]] == ["empty.png", "full.png"]
    assert len(coco["annotations"]) == 1
    assert len(list((tmp_path / "d").iterdir())) == 2


def test_a_server_that_never_answers_is_not_said_to_have_stopped(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_gate, "PAUSES", (0.1, 0.1))
    for number in range(3):
        Image.new("RGB", (64, 48), (number * 9, 90, 200)).save(tmp_path / f"{number}.png")
    words = ("--out", "out", "--no-overlays", "--concurrency", "1")
    got = call("infer", f"http://127.0.0.1:{free_port()}/infer", *sorted(tmp_path.glob("*.png")), *words)
    assert got.code == 3
    rows = lines(tmp_path / "out")
    assert "was refused" in str(rows[0]["summary"])
    assert [row["summary"] for row in rows[1:]] == ["Not sent. The server did not respond to image 1 of 3."] * 2
