from __future__ import annotations

import threading

import pytest

from byom_gui.core.cancel import CancelToken
from byom_gui.core.errors import Cancelled


def test_a_token_is_set_once_and_calls_back_once() -> None:
    token, heard = CancelToken(), []
    token.on_cancel(lambda: heard.append("a"))
    token.raise_if_cancelled()
    assert not token.cancelled
    token.cancel()
    token.cancel()
    assert token.cancelled
    assert heard == ["a"]
    with pytest.raises(Cancelled):
        token.raise_if_cancelled()


def test_a_callback_can_be_taken_back_and_a_late_one_is_called_at_once() -> None:
    token, heard = CancelToken(), []
    take_back = token.on_cancel(lambda: heard.append("gone"))
    take_back()
    take_back()
    token.cancel()
    assert heard == []
    token.on_cancel(lambda: heard.append("late"))()
    assert heard == ["late"]


def test_waiting_ends_when_another_thread_cancels() -> None:
    token = CancelToken()
    assert token.wait(0) is False
    thread = threading.Thread(target=token.cancel)
    thread.start()
    assert token.wait(30) is True
    thread.join()
