"""Well-known failures: each with the line that shows it, and one line of advice."""

from __future__ import annotations

import html
import json

import pytest

from tests.core.calls import findings

TRACE = 'Traceback (most recent call last):\n  File "app.py", line 9, in infer\n    run(image)\n'

KNOWN: list[tuple[str, str]] = [
    ("TypeError: Object of type float32 is not JSON serializable", "float(score)"),
    ("TypeError: Object of type ndarray is not JSON serializable", "box.tolist()"),
    ("PydanticSerializationError: Unable to serialize unknown type: <class 'numpy.float32'>", "float(score)"),
    ("TypeError: 'numpy.int64' object is not iterable", "float(score)"),
    ("TypeError: Object of type ValueError is not JSON serializable", "Log the exception"),
    ("TypeError: Object of type Results is not JSON serializable", "plain strings"),
    ("ValueError: Out of range float values are not JSON compliant: nan", "isfinite"),
    ("ModuleNotFoundError: No module named 'ultralytics'", "Install the package"),
    ("ImportError: libGL.so.1: cannot open shared object file: No such file or directory", "Install the package"),
    ("NameError: name 'traceback' is not defined. Did you forget to import 'traceback'?", "Import the name"),
    ("AttributeError: module 'urllib' has no attribute 'request'", "import urllib.request"),
    ("torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB", "smaller batch"),
    ("tensorflow ResourceExhaustedError: OOM when allocating tensor with shape[1,3,4,4]", "smaller batch"),
    ("numpy.core._exceptions._ArrayMemoryError: Unable to allocate 12.0 GiB for an array", "more memory"),
    ("RuntimeError: No CUDA GPUs are available", "torch.device"),
    ("RuntimeError: Expected all tensors to be on the same device, but found cuda:0 and cpu", "torch.device"),
    ("PIL.UnidentifiedImageError: cannot identify image file <_io.BytesIO object>", "BytesIO"),
    ("OSError: image file is truncated (3 bytes not processed)", "BytesIO"),
    ("FileNotFoundError: [Errno 2] No such file or directory: 'weights/best.pt'", "Check the path"),
    ("binascii.Error: Incorrect padding", "without a prefix"),
    (
        "binascii.Error: Invalid base64-encoded string: number of data characters (5) cannot be 1 more",
        "without a prefix",
    ),
    ("KeyError: 'image'", '{"image": {"url": …}}'),
    ("KeyError: 'url'", '{"base64": …}'),
    ('{"detail":[{"type":"missing","loc":["body","file"],"msg":"Field required"}]}', "the one that is present"),
    ("KeyError: 'boxes'", ".get("),
    ("RuntimeError: mat1 and mat2 shapes cannot be multiplied (1x512 and 768x10)", 'convert("RGB")'),
    ("ValueError: shapes (3,4) and (5,6) not aligned: 4 (dim 1) != 5 (dim 0)", 'convert("RGB")'),
    ("RuntimeError: expected input[1, 4, 64, 64] to have 3 channels, but got 4 channels instead", 'convert("RGB")'),
    ("ValueError: could not broadcast input array from shape (64,64) into shape (64,64,3)", 'convert("RGB")'),
    ("onnxruntime INVALID_ARGUMENT : Got invalid dimensions for input: images", 'convert("RGB")'),
    ("ValueError: cannot reshape array of size 4096 into shape (64,64,3)", 'convert("RGB")'),
    ("OSError: cannot write mode RGBA as JPEG", 'image.convert("RGB")'),
    ("urllib.error.URLError: <urlopen error [Errno 111] Connection refused>", "decode that"),
    ("requests.exceptions.MissingSchema: Invalid URL 'None': No scheme supplied", "decode that"),
    ("TypeError: 'NoneType' object is not subscriptable", "Check for None"),
    ("TypeError: argument should be a bytes-like object or ASCII string, not 'NoneType'", "Check for None"),
    ("AttributeError: 'NoneType' object has no attribute 'shape'", "Check for None"),
]


@pytest.mark.parametrize("status", [400, 500])
@pytest.mark.parametrize(("line", "advice"), KNOWN)
def test_a_known_failure_is_told_by_its_last_line_and_one_line_of_advice(line: str, advice: str, status: int) -> None:
    bodies = [
        line,
        TRACE + line + "\n",
        json.dumps({"error": TRACE + line}),
        f"<html><pre>{html.escape(TRACE + line)}</pre>",
    ]
    for body in bodies if "detail" not in line else bodies[:2]:
        (finding,) = findings(raw=body.encode(), status=status)
        assert finding.id == ("http.server-error" if status == 500 else "http.status")
        assert advice in finding.fix
        assert "\n" not in finding.fix
        said = finding.evidence.removeprefix(f"HTTP {status}: ")
        assert said == line


UNKNOWN: list[str] = [
    "",
    "Internal Server Error",
    "not found",
    "The file was read.",
    "RuntimeError: out of luck",
    "NoneTypes",
]


@pytest.mark.parametrize("body", UNKNOWN)
def test_what_is_not_known_is_quoted_as_it_is(body: str) -> None:
    (finding,) = findings(raw=body.encode(), status=500)
    assert "log" in finding.fix
    assert body in finding.evidence
    assert finding.subject == "500"


def test_two_failures_are_two_causes_and_one_failure_is_one() -> None:
    subjects = {findings(raw=line.encode(), status=500)[0].subject for line, _ in KNOWN[:2]}
    others = {findings(raw=line.encode(), status=500)[0].subject for line, _ in (KNOWN[0], KNOWN[7])}
    assert (len(subjects), len(others)) == (1, 2)


def test_a_very_long_line_is_quoted_around_what_is_known() -> None:
    (finding,) = findings(raw=b"x" * 5000 + b" KeyError: 'image' " + b"y" * 5000, status=500)
    assert "KeyError: 'image'" in finding.evidence
    assert len(finding.evidence) < 300


def test_a_proxys_error_keeps_its_own_cause_unless_a_failure_is_known() -> None:
    (plain,) = findings(raw=b"Bad Gateway", status=502)
    assert "proxy" in plain.cause
    (known,) = findings(raw=b"CUDA out of memory", status=503)
    assert "GPU" in known.cause
