"""What a check will do, said before it does anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class CheckPlan:
    """What a check will do. ``calls`` is the most that it can come to; ``steps`` say it in words, with their calls.

    ``images`` is how many of the images are sent, after the limit on calls.
    """

    calls: int
    steps: tuple[tuple[str, int], ...]
    images: int
    url: bool
    wrong_try: bool
    why_no_url: str = ""


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
        raise InputError("A check needs at least 2 calls: raise --max-calls.", where="max_calls")
    possible, why = can_reach(endpoint.origin, settings.image_host_interface, addresses)
    url = bool(image_url) or possible
    image_count += bool(image_url)
    steps = [("Ping with a small picture, once more if the first call is slow", 1 + _COLD_REPEAT)]
    left = max_calls - steps[0][1]
    classes = 1 if endpoint.classes is not None else CLASSES_TRIES
    wanted = [
        (CLASS_LIST, classes),
        ("One image by url", int(url)),
        ("One call with wrong credentials", int(bool(endpoint.secret_refs()) and not quick)),
    ]
    taken: dict[str, int] = {}
    images = min(1, image_count, left)
    left -= images
    for words, count in wanted:
        if 0 < count <= left:
            taken[words] = count
            left -= count
    images += 0 if quick else max(min(image_count - images, left), 0)
    steps += [("Images by base64", images)] if images else []
    steps += list(taken.items())
    total = sum(count for _, count in steps)
    # After a 404 nothing else is sent, so the calls to neighbouring paths take the place of the images.
    return CheckPlan(total, tuple(steps), images, wanted[1][0] in taken, wanted[2][0] in taken, "" if url else why)
