"""What the user agreed to, in memory and in its private file."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from byom_gui.core.consent import SettingRequest
from byom_gui.core.endpoint import Origin
from byom_gui.core.errors import FileError, InputError
from byom_gui.core.project import Settings
from byom_gui.services import consents
from byom_gui.services.consents import Consents

HERE = Origin("https", "lab.example", 443)
OTHER = Origin("https", "lab.example", 8443)
PROXY = Settings(proxy="http://squid.example:3128", confidence=0.2)


def _asked(store: Consents, settings: Settings, origin: Origin = HERE) -> list[str]:
    return [request.kind for request in store.look((origin,), settings).asked]


@pytest.fixture
def ca(tmp_path: Path) -> Path:
    """A CA file; whether it is one does not matter here."""
    made = tmp_path / "ca.pem"
    made.write_text("one")
    return made


def test_agreement_is_for_one_origin_and_these_values(tmp_path: Path) -> None:
    store = Consents(tmp_path)
    state = store.look((HERE,), PROXY)
    assert _asked(store, PROXY) == ["proxy"]
    assert state.in_force == replace(PROXY, proxy="")
    store.agree((HERE,), state.asked)
    again = Consents(tmp_path)
    assert _asked(again, PROXY) == []
    assert again.permitted(HERE, PROXY) == PROXY
    assert _asked(again, PROXY, OTHER) == ["proxy"]
    assert _asked(again, replace(PROXY, proxy="http://squid.example:3129")) == ["proxy"]
    assert _asked(again, replace(PROXY, insecure=True)) == ["insecure"]
    assert again.look((HERE, OTHER), PROXY).asked == state.asked


def test_the_file_is_private_and_outside_of_projects(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    mask = os.umask(0)
    try:
        Consents(folder).agree((HERE,), Consents(folder).look((HERE,), PROXY).asked)
    finally:
        os.umask(mask)
    assert stat.S_IMODE((folder / "consents.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert json.loads((folder / "consents.json").read_text()) == {
        "format": "byom-consents/1",
        "agreed": [{"origin": "https://lab.example", "setting": "proxy", "value": "http://squid.example:3128"}],
    }


def test_a_ca_file_with_other_content_is_another(tmp_path: Path, ca: Path) -> None:
    store, settings = Consents(tmp_path), Settings(ca_file=str(ca))
    store.agree((HERE,), store.look((HERE,), settings).asked)
    assert _asked(store, settings) == []
    ca.write_text("two")
    assert _asked(store, settings) == ["ca_file"]
    with pytest.raises(InputError):
        store.permitted(HERE, settings)
    ca.write_text("one")
    assert _asked(store, settings) == []
    copy = ca.with_name("copy.pem")
    copy.write_text("one")
    assert _asked(store, Settings(ca_file=str(copy))) == ["ca_file"]


def test_nothing_may_be_sent_before_a_decision(tmp_path: Path) -> None:
    store, settings = Consents(tmp_path), replace(PROXY, insecure=True)
    with pytest.raises(InputError) as caught:
        store.permitted(HERE, settings)
    assert "Nothing was sent to https://lab.example." in caught.value.sentence
    assert "http://squid.example:3128" in caught.value.sentence
    assert "No TLS verification" in caught.value.sentence
    assert store.agreed_part(HERE, settings) == Settings(confidence=0.2)


def test_what_is_ignored_is_left_out_until_the_app_ends(tmp_path: Path) -> None:
    store, settings = Consents(tmp_path), replace(PROXY, insecure=True)
    proxy, insecure = store.look((HERE,), settings).asked
    store.agree((HERE,), (proxy,))
    store.ignore((HERE,), (insecure,))
    state = store.look((HERE,), settings)
    assert (state.asked, state.ignored) == ((), (insecure,))
    assert store.permitted(HERE, settings) == PROXY
    assert _asked(Consents(tmp_path), settings) == ["insecure"]
    store.agree((HERE,), (insecure,))
    assert store.permitted(HERE, settings) == settings


def test_an_interface_that_opens_everything_can_not_be_agreed_to(tmp_path: Path) -> None:
    store, settings = Consents(tmp_path), Settings(image_host_interface="::ffff:0.0.0.0")
    store.agree((HERE,), (SettingRequest("image_host_interface", "::ffff:0.0.0.0"),))
    assert store.permitted(HERE, settings).image_host_interface == "127.0.0.1"


def test_images_are_fetched_through_a_proxy_that_was_agreed_to_for_some_server(tmp_path: Path) -> None:
    store = Consents(tmp_path)
    assert store.for_images(PROXY) == replace(PROXY, proxy="")
    assert store.for_images(Settings(confidence=0.7)) == Settings(confidence=0.7)
    store.agree((OTHER,), store.look((OTHER,), PROXY).asked)
    assert store.for_images(PROXY) == PROXY


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b"[" * 100_000,
        b"[]",
        b'{"agreed": []}',
        b'{"format": "byom-consents/2", "agreed": [{"origin": "https://lab.example", "setting": "insecure"}]}',
        b'{"format": "byom-consents/1", "agreed": {}}',
        b'{"format": "byom-consents/1", "agreed": [7, {"origin": 1, "setting": "insecure", "value": "true"}, '
        b'{"origin": "https://lab.example", "setting": "everything", "value": "true"}]}',
    ],
)
def test_a_damaged_file_asks_again_and_is_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "consents.json").write_bytes(content)
    store, settings = Consents(tmp_path), Settings(insecure=True)
    assert _asked(store, settings) == ["insecure"]
    store.agree((HERE,), store.look((HERE,), settings).asked)
    assert _asked(Consents(tmp_path), settings) == []


def test_a_folder_that_cannot_be_written_costs_only_the_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store, settings = Consents(tmp_path / "file"), Settings(insecure=True)
    with pytest.raises(FileError):
        store.agree((HERE,), store.look((HERE,), settings).asked)
    assert store.permitted(HERE, settings) == settings


def test_the_session_alone_leaves_no_file(tmp_path: Path) -> None:
    store, settings = Consents(tmp_path), Settings(insecure=True)
    store.agree((HERE,), store.look((HERE,), settings).asked, remember=False)
    assert _asked(store, settings) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name here")
def test_no_pipe_and_no_device_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = tmp_path / "pipe.pem"
    os.mkfifo(pipe)
    for path in (str(pipe), "/dev/zero", str(tmp_path), str(tmp_path / "gone.pem"), "a\0b"):
        assert consents.digest_of(path) == ""
    big = tmp_path / "big.pem"
    big.write_bytes(b"x" * 11)
    monkeypatch.setattr(consents, "MOST_CA_BYTES", 10)
    assert consents.digest_of(str(big)) == ""
    big.write_bytes(b"x" * 10)
    assert consents.digest_of(str(big)) != ""
