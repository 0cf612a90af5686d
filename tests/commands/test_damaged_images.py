"""The window's own services with damaged images among good ones: the rest is measured and checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from byom_gui.app.world import World
from byom_gui.core.cancel import CancelToken
from byom_gui.core.capacity import plan
from byom_gui.core.classes import ClassList
from byom_gui.core.endpoint import Endpoint, parse_address
from byom_gui.core.errors import InputError
from byom_gui.core.file_kinds import LeftOut
from byom_gui.core.image import ImageRef
from byom_gui.core.project import Settings
from byom_gui.sandbox.model_server import ModelServer
from byom_gui.services import checkup
from byom_gui.services.secrets import SecretStore
from tests.commands.processes import SAMPLES


def test_a_damaged_image_does_not_stop_measuring_or_checking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    (tmp_path / "cut.gif").write_bytes(b"GIF89a\x40\0\x40\0\0\0\0,\0\0\0\0\x40\0\x40\0\0\2\2\x44\1\0;")
    (tmp_path / "good.jpg").write_bytes((SAMPLES / "neuron.jpg").read_bytes())
    monkeypatch.setattr(checkup, "MAX_CALLS", 6)
    world = World(environ={}, secrets=SecretStore.session_only())
    left = LeftOut()
    places = list(world.backend().images.expand([tmp_path], left, CancelToken()))
    refs = [ImageRef(str(at), "file", str(place), place.name) for at, place in enumerate(places)]
    assert [ref.name for ref in refs] == ["cut.gif", "good.jpg"]
    with ModelServer() as model:
        to = Endpoint(parse_address(model.url).address), Settings()
        server = world.backend().server
        found = server.measure(*to, refs, plan(6, 1), CancelToken(), lambda *_: None, lambda _: None)
        assert found.levels
        report = server.check(*to, refs, ClassList(()), CancelToken(), lambda *_: None, lambda *_: None)
        names = {each.call.image_name for each in report.answered}
        assert "good.jpg" in names
        assert "cut.gif" not in names
        with pytest.raises(InputError, match="None of these images can be read"):
            server.measure(*to, refs[:1], plan(6, 1), CancelToken(), lambda *_: None, lambda _: None)
    world.close()
