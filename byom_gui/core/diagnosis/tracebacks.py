"""Well-known failures of model servers, told by the last line of a traceback, and what to do about each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape


@dataclass(frozen=True, slots=True)
class Known:
    """A failure that is known: the line that shows it, why, and one line of advice. ``key`` tells it from others."""

    key: str
    line: str
    cause: str
    fix: str


_READ_REQUEST = 'V7 sends {"image": {"url": …}} or {"image": {"base64": …}}; read whichever is there.'
_DECODE = "Decode the bytes in memory: Image.open(io.BytesIO(base64.b64decode(text))); flush a file before reading it."

_TABLE: tuple[tuple[str, str, str], ...] = (
    (
        r"Object of type (?:ndarray|bool_?|u?int\d+|float\d+|Tensor) is not JSON serializable"
        r"|Unable to serialize unknown type: <class 'numpy|'numpy\.\w+' object is not iterable",
        "A numpy or tensor value was put into the answer; JSON knows plain numbers only.",
        "Make plain values of them before answering: float(score), box.tolist().",
    ),
    (
        r"Object of type \w*(?:Error|Exception|Interrupt) is not JSON serializable",
        "An exception was put into the answer itself, so that answering failed as well.",
        'Log the exception, and answer {"status": "failed", "results": []}.',
    ),
    (
        r"Object of type \w+ is not JSON serializable",
        "A value that JSON does not know was put into the answer.",
        "Make plain texts, numbers, lists and dicts of all values before answering.",
    ),
    (
        r"Out of range float values are not JSON compliant",
        "A NaN or an infinity was put into the answer.",
        "Leave such results out: if math.isfinite(score).",
    ),
    (
        r"ModuleNotFoundError\b|No module named '?[\w.]+|ImportError\b",
        "A Python package is not installed where the server runs.",
        "Install the package that the evidence names, and start the server again.",
    ),
    (
        r"NameError: name '\w+' is not defined|module 'urllib' has no attribute '\w+'",
        "An import is missing in the server's code.",
        "Import the name that the evidence shows at the top of the file (for urllib: import urllib.request).",
    ),
    (
        r"CUDA out of memory|OutOfMemoryError|CUDA error: out of memory|CUDA_ERROR_OUT_OF_MEMORY|OOM when allocating",
        "The graphics card has not enough memory for this image or model.",
        "Use a smaller batch or image size, a smaller model, or a card with more memory.",
    ),
    (
        r"\bMemoryError\b|Cannot allocate memory|Unable to allocate [\d.]+ [KMGT]iB",
        "The machine has not enough memory for this image or model.",
        "Scale large images down before judging them, or give the server more memory.",
    ),
    (
        r"No CUDA GPUs are available|Torch not compiled with CUDA|Found no NVIDIA driver"
        r"|Expected all tensors to be on the same device",
        "The code asks for a graphics card that is not there, or uses it for one part only.",
        'Put the model and its input on one device: torch.device("cuda" if torch.cuda.is_available() else "cpu").',
    ),
    (
        r"UnidentifiedImageError|cannot identify image file|image file is truncated|cannot decode image data",
        "The server read the image before it was wholly written, or as something else than what was sent.",
        _DECODE,
    ),
    (
        r"FileNotFoundError\b|No such file or directory",
        "The server looks for a file that is not there, often the model's weights.",
        "Check the path that the evidence shows, seen from the folder in which the server was started.",
    ),
    (
        r"binascii\.Error|Incorrect padding|Invalid base64-encoded string|Only base64 data is allowed"
        r"|number of data characters \(\d+\) cannot be 1 more",
        "The text was decoded as something else than plain base64: often a “data:” prefix is expected or cut off.",
        "V7 sends base64 without any prefix: base64.b64decode(text), and nothing taken off before.",
    ),
    (
        r"KeyError: ['\"](?:image|url|base64|data|file|img|image_url|image_base64|instances|inputs?)['\"]",
        "The server looks for other keys in the request than V7 sends, or for one of the two only.",
        _READ_REQUEST,
    ),
    (
        r"(?i:\"msg\": ?\"field required|value_error\.missing|input should be a valid dictionary)",
        "The server's description of a request does not fit the one that V7 sends.",
        _READ_REQUEST,
    ),
    (
        r"KeyError: .{1,80}",
        "The server's code asks for a key that is not there: in the model's output, or in a list of class names.",
        "Look at the line above the last one in the server's log; use .get(…) where a key may be missing.",
    ),
    (
        r"(?:mat1 and mat2 )?shapes? (?:\(?[\d, x()and]+\)? )?(?:not aligned|cannot be multiplied|mismatch)"
        r"|could not broadcast input array|must match the size of tensor|size of tensor a \(\d+\)"
        r"|to have \d+ channels, but got|[Gg]ot invalid dimensions for input|is incompatible with the layer"
        r"|operands could not be broadcast|cannot reshape array of size|Sizes of tensors must match",
        "The model got an input of another shape than it was made for: often a grey picture, or one with alpha.",
        'Bring every image to one form first: Image.open(…).convert("RGB"), then the size that the model expects.',
    ),
    (
        r"cannot write mode \w+ as JPEG",
        "A picture with alpha or a palette was saved as JPEG.",
        'Convert it first: image.convert("RGB").',
    ),
    (
        r"urlopen error|MissingSchema|Invalid URL|Max retries exceeded|unknown url type|HTTP Error \d{3}",
        "The server tried to fetch the image from an address, and could not.",
        "Let the server reach the address, and where the request holds “base64” instead of “url”, decode that.",
    ),
    (
        r"\bnot '?NoneType\b|'NoneType' object|got '?NoneType\b|\(-215:Assertion failed\) !_src\.empty\(\)",
        "A value is missing where the code expects one: a part of the request, or an image that was not read.",
        f"Check for None before use. {_READ_REQUEST}",
    ),
)

_ENDS = ("\n", "\\n")
"""Of a line: as it is, and within a JSON text."""


def known_failure(body: str) -> Known | None:
    """The well-known failure that an error page tells of, if any.

    Args:
        body: the reply as text; a page's tags and escapes are seen through.
    """
    text = unescape(re.sub(r"<[^<>]*>", "\n", body)) if body.lstrip().startswith("<") else body
    for pattern, cause, fix in _TABLE:
        found = list(re.finditer(pattern, text))
        if found:
            line = " ".join(_line(text, found[-1]).split())
            return Known(pattern, line.removesuffix('"}'), cause, fix)
    return None


def _line(text: str, match: re.Match[str]) -> str:
    """The line in which a pattern was found; of JSON that holds a traceback as text, the line within it."""
    starts = [at + len(end) for end in _ENDS if (at := text.rfind(end, 0, match.start())) >= 0]
    ends = [at for end in _ENDS if (at := text.find(end, match.end())) >= 0]
    start = max([match.start() - 120, 0, *starts])
    return text[start : min([match.end() + 120, *ends])]
