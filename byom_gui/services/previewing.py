"""One image to one judged answer, for the window and the commands alike."""

from __future__ import annotations

from byom_gui.core.cancel import CancelToken
from byom_gui.core.diagnosis import Answered, read_call
from byom_gui.core.endpoint import Endpoint, Origin
from byom_gui.core.errors import ImageError, InputError
from byom_gui.core.image import ImageRef, ImageSource
from byom_gui.core.observations import Call
from byom_gui.core.project import Settings
from byom_gui.core.redact import Redactor
from byom_gui.services import images
from byom_gui.services.image_host import ImageHost, can_reach
from byom_gui.services.model_server import ModelServer
from byom_gui.services.wire import Options, Outgoing, Sender

HOST_SECONDS = 120.0


def infer_image(
    server: ModelServer,
    endpoint: Endpoint,
    settings: Settings,
    source: ImageSource,
    cancel: CancelToken,
    image_url: str = "",
    *,
    sample: bool = False,
) -> Answered:
    """Sends one image in the way of the settings and judges the answer.

    Args:
        image_url: an address of this very image that the server can fetch, where there is one.

    Raises:
        InputError: it is to go by ``url``, and the server could not fetch it from here.
        Cancelled: as soon as the token says so.
    """
    return read_call(send_image(server, endpoint, settings, source, cancel, image_url, sample=sample))


def send_image(
    server: ModelServer,
    endpoint: Endpoint,
    settings: Settings,
    source: ImageSource,
    cancel: CancelToken,
    image_url: str = "",
    *,
    sample: bool = False,
) -> Call:
    """The same without judging what came. Raises the same."""
    if settings.way != "url":
        return server.infer(endpoint, settings, source, cancel, sample=sample)
    if image_url:
        return server.infer(endpoint, settings, source, cancel, way="url", image_url=image_url, sample=sample)
    possible, why = can_reach(endpoint.origin, settings.image_host_interface)
    if not possible:
        raise InputError(f"{source.name} cannot be sent by URL. {why}")
    with ImageHost(interface_for(endpoint.origin, settings)) as host:
        address = host.serve(source, seconds=HOST_SECONDS)
        return server.infer(endpoint, settings, source, cancel, way="url", image_url=address, sample=sample)


def interface_for(origin: Origin, settings: Settings) -> str:
    """The address to serve an image on: loopback for a server on this machine, whatever is chosen for others."""
    if not origin.is_loopback:
        return settings.image_host_interface
    return "::1" if ":" in origin.host else "127.0.0.1"


def read_ref(ref: ImageRef, settings: Settings, cancel: CancelToken, sender: Sender) -> ImageSource:
    """Reads an image that the user gave: a file, a pasted picture, or an address that is fetched once.

    Raises:
        ImageError: in words for the image's row.
    """
    if ref.kind != "url":
        return images.read_image(ref.place)
    options = Options(settings.connect_timeout, settings.read_timeout, proxy=settings.proxy, max_bytes=images.MAX_BYTES)
    try:
        result = sender(Outgoing("GET", ref.place), options, Redactor(), cancel)
    except InputError as error:
        raise ImageError(f"Its address cannot be used. {error.sentence}", where=ref.name) from None
    if result.reply is None:
        why = f": {result.failure.detail}" if result.failure and result.failure.detail else ""
        raise ImageError(f"Its address did not respond{why}.", where=ref.name)
    if result.reply.status != 200:
        raise ImageError(f"Its address returned status {result.reply.status}.", where=ref.name)
    return images.from_bytes(result.reply.body, ref.name)
