"""What a check will do, said before it does anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from byom_gui.core.diagnosis import probes
from byom_gui.core.endpoint import Endpoint
from byom_gui.core.errors import InputError
from byom_gui.core.project import Settings
from byom_gui.services.image_host import can_reach
from byom_gui.services.model_server import CLASSES_TRIES

MAX_CALLS = 120
MAX_IMAGES = 20
"""How many of a project's images the window reads for one check; a folder of slides would fill the memory."""
_COLD_REPEAT = 1
CLASS_LIST = "The class list"
CREDENTIALS = "Calls without and with wrong credentials"
CHANGED = "Changed images: mirrored, scaled, turned, blank"
INPUTS = "Other kinds of image, and other image transports"
AT_ONCE = "The same image alone, and two in parallel"
PREFIX = "One image with a data: prefix, if base64 fails"
_PREFIX_CALLS = 1
_FEW_KINDS = 6


@dataclass(frozen=True, slots=True)
class CheckPlan:
    """What a check will do. ``calls`` is the most that it can come to; ``steps`` say it in words, with their calls.

    ``images`` is how many of the images are sent, after the limit on calls; ``why_few`` says why it is not all.
    """

    calls: int
    steps: tuple[tuple[str, int], ...]
    images: int
    url: bool
    wrong_try: bool
    why_no_url: str = ""
    why_few: str = ""

    def of(self, step: str) -> int:
        """The most calls that a step may make; 0 where it is left out."""
        return dict(self.steps).get(step, 0)


def plan(
    endpoint: Endpoint,
    settings: Settings,
    image_count: int,
    *,
    quick: bool = False,
    max_calls: int = MAX_CALLS,
    image_url: str = "",
    addresses: Sequence[str] = (),
) -> CheckPlan:
    """Says beforehand what a check will do, within ``max_calls``. Contacts nobody.

    Raises:
        InputError: ``max_calls`` leaves no room for a ping.
    """
    if max_calls < 1 + _COLD_REPEAT:
        raise InputError("A check needs at least 2 calls. Raise --max-calls.", where="max_calls")
    possible, why = can_reach(endpoint.origin, settings.image_host_interface, addresses)
    url = bool(image_url) or possible
    image_count += bool(image_url)
    steps = [("Ping with a small image, once more if the first call is slow", 1 + _COLD_REPEAT)]
    left = max_calls - steps[0][1]
    classes = 1 if endpoint.classes is not None else CLASSES_TRIES
    wanted = [
        (CLASS_LIST, classes),
        ("One image by URL", int(url)),
        (CREDENTIALS, 2 * bool(endpoint.secret_refs() and not quick)),
    ]
    taken: dict[str, int] = {}
    images = min(1, image_count, left)
    left -= images
    for words, count in wanted:
        if 0 < count <= left:
            taken[words] = count
            left -= count
    probes = {} if quick else _probes(endpoint, settings, url, left, max(image_count - images, 0))
    images += 0 if quick else max(min(image_count - images, left - sum(probes.values())), 0)
    steps += [("Images as base64", images)] if images else []
    steps += [*taken.items(), *probes.items()]
    total = sum(count for _, count in steps)
    # After a 404 nothing else is sent, so the calls to neighbouring paths take the place of the images.
    few = "a quick check sends one image." if quick else ""
    return CheckPlan(total, tuple(steps), images, wanted[1][0] in taken, wanted[2][0] in taken, "" if url else why, few)


def _probes(endpoint: Endpoint, settings: Settings, url: bool, left: int, images: int) -> dict[str, int]:
    """What is sent to learn more, in the order of its worth; at least half of the calls go to the user's images."""
    room = left - min(images, left // 2)
    here = endpoint.origin.is_loopback and settings.concurrency > 1
    at_once = here or settings.concurrency > Settings().concurrency
    wanted = [
        (CHANGED, probes.FIRST_ROUND),
        (PREFIX, _PREFIX_CALLS),
        (AT_ONCE, (probes.ALONE + probes.AT_ONCE) * at_once),
        (INPUTS, probes.input_calls(url)),
    ]
    taken: dict[str, int] = {}
    for words, count in wanted:
        if 0 < count <= room or (words == INPUTS and room >= _FEW_KINDS):
            taken[words] = min(count, room)
            room -= taken[words]
    if CHANGED in taken:
        taken[CHANGED] += min(probes.SECOND_ROUND, room)
    return taken
