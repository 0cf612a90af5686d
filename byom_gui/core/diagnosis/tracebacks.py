"""Well-known failures of model servers, recognized by the last line of a traceback, and the fix for each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape


@dataclass(frozen=True, slots=True)
class Known:
    """A known failure: the line that shows it, the cause, and one line of advice. ``key`` identifies it."""

    key: str
    line: str
    cause: str
    fix: str


_READ_REQUEST = 'V7 sends {"image": {"url": …}} or {"image": {"base64": …}}; read the one that is present.'
_DECODE = "Decode the bytes in memory: Image.open(io.BytesIO(base64.b64decode(text))). Flush files before reading them."

_TABLE: tuple[tuple[str, str, str], ...] = (
    (
        r"Object of type (?:ndarray|bool_?|u?int\d+|float\d+|Tensor) is not JSON serializable"
        r"|Unable to serialize unknown type: <class 'numpy|'numpy\.\w+' object is not iterable",
        "The response contains a numpy or tensor value; JSON has only plain numbers.",
        "Convert them to plain values: float(score), box.tolist().",
    ),
    (
        r"Object of type \w*(?:Error|Exception|Interrupt) is not JSON serializable",
        "An exception was put into the response, so that the response failed as well.",
        'Log the exception, and return {"status": "failed", "results": []}.',
    ),
    (
        r"Object of type \w+ is not JSON serializable",
        "The response contains a value that JSON does not support.",
        "Convert all values to plain strings, numbers, lists and dicts.",
    ),
    (
        r"Out of range float values are not JSON compliant",
        "The response contains NaN or Infinity.",
        "Leave such results out. Test the values with math.isfinite(score).",
    ),
    (
        r"ModuleNotFoundError\b|No module named '?[\w.]+|ImportError\b",
        "A Python package is not installed where the server runs.",
        "Install the package named in the evidence, and restart the server.",
    ),
    (
        r"NameError: name '\w+' is not defined|module 'urllib' has no attribute '\w+'",
        "An import is missing in the server's code.",
        "Import the name shown in the evidence at the top of the file (for urllib: import urllib.request).",
    ),
    (
        r"CUDA out of memory|OutOfMemoryError|CUDA error: out of memory|CUDA_ERROR_OUT_OF_MEMORY|OOM when allocating",
        "The GPU does not have enough memory for this image or model.",
        "Use a smaller batch or image size, a smaller model, or a GPU with more memory.",
    ),
    (
        r"\bMemoryError\b|Cannot allocate memory|Unable to allocate [\d.]+ [KMGT]iB",
        "The machine does not have enough memory for this image or model.",
        "Scale large images down before inference, or give the server more memory.",
    ),
    (
        r"No CUDA GPUs are available|Torch not compiled with CUDA|Found no NVIDIA driver"
        r"|Expected all tensors to be on the same device",
        "The code uses a GPU that is not available, or uses it for only one part.",
        'Put the model and its input on one device: torch.device("cuda" if torch.cuda.is_available() else "cpu").',
    ),
    (
        r"UnidentifiedImageError|cannot identify image file|image file is truncated|cannot decode image data",
        "The server read the image before it was completely written, or as something other than what was sent.",
        _DECODE,
    ),
    (
        r"FileNotFoundError\b|No such file or directory",
        "The server looks for a file that does not exist, often the model's weights.",
        "Check the path in the evidence, relative to the folder where the server was started.",
    ),
    (
        r"binascii\.Error|Incorrect padding|Invalid base64-encoded string|Only base64 data is allowed"
        r"|number of data characters \(\d+\) cannot be 1 more",
        "The string was not decoded as plain base64: often a “data:” prefix is expected or cut off.",
        "V7 sends base64 without a prefix: use base64.b64decode(text), and remove nothing first.",
    ),
    (
        r"KeyError: ['\"](?:image|url|base64|data|file|img|image_url|image_base64|instances|inputs?)['\"]",
        "The server looks for keys that V7 does not send, or for only one of the two.",
        _READ_REQUEST,
    ),
    (
        r"(?i:\"msg\": ?\"field required|value_error\.missing|input should be a valid dictionary)",
        "The server's request model does not match the request that V7 sends.",
        _READ_REQUEST,
    ),
    (
        r"KeyError: .{1,80}",
        "The server's code reads a key that is missing in the model's output or in the class names.",
        "Check the second-to-last line of the traceback in the server's log; use .get(…) if a key may be missing.",
    ),
    (
        r"(?:mat1 and mat2 )?shapes? (?:\(?[\d, x()and]+\)? )?(?:not aligned|cannot be multiplied|mismatch)"
        r"|could not broadcast input array|must match the size of tensor|size of tensor a \(\d+\)"
        r"|to have \d+ channels, but got|[Gg]ot invalid dimensions for input|is incompatible with the layer"
        r"|operands could not be broadcast|cannot reshape array of size|Sizes of tensors must match",
        "The model got an input with an unexpected shape: often a grayscale image, or one with an alpha channel.",
        'Convert every image first: Image.open(…).convert("RGB"), then resize it to the size that the model expects.',
    ),
    (
        r"cannot write mode \w+ as JPEG",
        "An image with an alpha channel or a palette was saved as JPEG.",
        'Convert it first: image.convert("RGB").',
    ),
    (
        r"urlopen error|MissingSchema|Invalid URL|Max retries exceeded|unknown url type|HTTP Error \d{3}",
        "The server could not fetch the image from its address.",
        "Give the server access to the address. If the request has “base64” instead of “url”, decode that.",
    ),
    (
        r"\bnot '?NoneType\b|'NoneType' object|got '?NoneType\b|\(-215:Assertion failed\) !_src\.empty\(\)",
        "A value that the code expects is missing: a part of the request, or an image that was not read.",
        f"Check for None before use. {_READ_REQUEST}",
    ),
)

_ENDS = ("\n", "\\n")
"""Line ends: plain, and inside a JSON string."""


def known_failure(body: str) -> Known | None:
    """The well-known failure that an error page shows, if any.

    Args:
        body: the reply as text; a page's tags and escapes are removed.
    """
    text = unescape(re.sub(r"<[^<>]*>", "\n", body)) if body.lstrip().startswith("<") else body
    for pattern, cause, fix in _TABLE:
        found = list(re.finditer(pattern, text))
        if found:
            line = " ".join(_line(text, found[-1]).split())
            return Known(pattern, line.removesuffix('"}'), cause, fix)
    return None


def _line(text: str, match: re.Match[str]) -> str:
    """The line in which a pattern was found; for a traceback inside a JSON string, the line in that string."""
    starts = [at + len(end) for end in _ENDS if (at := text.rfind(end, 0, match.start())) >= 0]
    ends = [at for end in _ENDS if (at := text.find(end, match.end())) >= 0]
    start = max([match.start() - 120, 0, *starts])
    return text[start : min([match.end() + 120, *ends])]
