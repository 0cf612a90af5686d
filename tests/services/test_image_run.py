"""A run of images: numbered by image, tried again where that helps, and stopped for all threads at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from byom_gui.core import retry
from byom_gui.core.cancel import CancelToken
from byom_gui.core.diagnosis import Answered, read_call
from byom_gui.core.errors import Cancelled, NotSentError
from byom_gui.core.observations import NetFailure
from byom_gui.services import call_gate
from byom_gui.services.image_run import ImageRun
from tests.ui.fakes import call

GOOD = read_call(call("infer", b'{"status": "succeeded", "results": []}'))
BUSY = read_call(call("infer", b"{}", 429))
LOST = read_call(replace(GOOD.call, reply=None, failure=NetFailure("net.reset", "http", "reset by peer", 0.1)))


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_gate, "PAUSES", (0.01, 0.01))
    monkeypatch.setattr(retry, "FIRST_WAIT", 0.01)


def gives(answered: Answered) -> Callable[[CancelToken], Answered]:
    return lambda _: answered


def sent(run: ImageRun, position: int, answered: Answered, planned: int = 40) -> Answered:
    return run.send(gives(answered), position, planned, CancelToken(), lambda _: None)


def test_images_are_counted_and_not_calls() -> None:
    """A connection that broke costs two more calls; the next image's number does not move."""
    run = ImageRun(gives(GOOD))
    assert sent(run, 1, GOOD).call.position == 1
    once = iter([LOST])
    made = run.send(lambda _: next(once, GOOD), 2, 40, CancelToken(), lambda _: None)
    assert (made.good, run.stopped) == (True, "")
    assert made.call.number == 4
    run = replaced(run, LOST)
    sent(run, 17, LOST)
    assert run.stopped == "The server stopped responding at image 17 of 40."


def replaced(run: ImageRun, sample: Answered) -> ImageRun:
    """The same run, whose server now answers the sample so."""
    run._gate._sample = gives(sample)
    return run


def test_images_that_join_later_are_counted_in_the_reason() -> None:
    run = ImageRun(gives(LOST))
    sent(run, 1, GOOD, planned=1)
    sent(run, 2, LOST, planned=2)
    with pytest.raises(NotSentError) as error:
        sent(run, 3, GOOD, planned=57)
    assert error.value.sentence == "Not sent. The server stopped responding at image 2 of 57."


def test_waits_are_said_and_the_refusal_that_stays_stops_all() -> None:
    run = ImageRun(gives(GOOD))
    said: list[str] = []
    refused = run.send(gives(BUSY), 6, 11, CancelToken(), said.append)
    assert refused.call.status == 429
    assert said == ["Busy (429), again in 1 s"] * 2
    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(sent, run, position, GOOD, 11) for position in range(7, 12)]:
            with pytest.raises(NotSentError, match="rate limit was reached at image 6 of 11"):
                future.result()


def test_canceled_is_canceled_while_the_server_is_tried() -> None:
    token = CancelToken()

    def sample(cancel: CancelToken) -> Answered:
        token.cancel()
        return LOST

    run = ImageRun(sample)
    with pytest.raises(Cancelled):
        run.send(gives(LOST), 1, 5, token, lambda _: None)
    assert run.stopped == "", "one canceled image says nothing about the server"
