"""A newcomer with a model of their own and no server: from *New model server…* to *Registered* and an exported mapping.

What is done, and what is put into ``model.py``, is read from docs/scaffold.md: where the page is wrong, this fails.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from byom_gui.app.world import sample_paths
from byom_gui.core.scaffold import ADDRESS
from byom_gui.sandbox.v7 import V7StandIn
from byom_gui.ui.main_window import MainWindow
from byom_gui.ui.panels.server_dialog import ServerDialog
from byom_gui.ui.tour import Tour
from tests.commands.processes import KEY, ROOT, run
from tests.commands.test_scaffold import served
from tests.e2e.conftest import Open

PAGE = ROOT / "docs" / "scaffold.md"
NETWORK = '''"""The newcomer's own module, called with an image as PyTorch's are. No weights are needed here."""

from stand_in import find_things


class Detector:
    """Finds what stands out; answers as torchvision's detectors do."""

    def eval(self):
        return self

    def __call__(self, image):
        things = find_things(image)
        return {
            "boxes": [thing.box for thing in things],
            "labels": [1 + number % 2 for number, _ in enumerate(things)],
            "scores": [thing.confidence for thing in things],
        }


def load(path):
    return Detector().eval()
'''


def blocks(language: str) -> list[str]:
    """The code blocks of the page, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def commands() -> list[list[str]]:
    """What the page says to type to byom-gui, in order, a list of words each."""
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [line.split()[1:] for line in lines if line.startswith("byom-gui ")]


@pytest.fixture
def v7() -> Iterator[V7StandIn]:
    """The sandbox of the page's fifth step."""
    with V7StandIn(key=KEY, record=None) as made:
        yield made


@pytest.fixture
def window(open_window: Open, v7: V7StandIn) -> MainWindow:
    """The real window."""
    return open_window(v7.url)


def write_server(window: MainWindow, tour: Tour, folder: Path) -> None:
    """Step 1, in the window."""
    window.menus.actions["new-server"].trigger()
    dialog = next(each for each in window.findChildren(ServerDialog) if each.isVisible())
    dialog.folder.setText(str(folder))
    tour.click(dialog.write)
    tour.wait("the written project", lambda: dialog.cancel.text() == "Close")
    assert ADDRESS == "http://127.0.0.1:8000/infer"
    assert ADDRESS in PAGE.read_text("utf-8")
    tour.click(dialog.cancel)


def test_from_a_model_to_registered_and_mapped(
    window: MainWindow, v7: V7StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tour, folder = Tour(window, tmp_path), tmp_path / "my-model"
    write_server(window, tour, folder)
    (model,) = blocks("python")
    (folder / "model.py").write_text(model, "utf-8")
    (folder / "my_network.py").write_text(NETWORK, "utf-8")
    with served(folder) as root:
        # 4. Look at it
        tour.connect(f"{root}/infer")
        tour.preview(sample_paths())
        shown = [preview for preview in window.session.previews.values() if preview.answered]
        assert sum(preview.count for preview in shown) > 20
        assert set(window.session.classes.names) == {"nucleus", "mitosis"}
        # 5. Register it
        window.works.backend.secrets.set(window.works.backend.v7.key_ref(), KEY)
        tour.check_key()
        tour.open_register("my-model")
        tour.register()
        assert window.session.outcome is not None
        assert window.session.outcome.kind == "registered"
        # 6. Its classes beside the team's, and the mapping exported
        window.parts.registering.show_view("Mapping")
        tour.wait("the mapping", lambda: window.parts.mapping.model.rowCount() == 2)
        window.mapping.export(tmp_path / "window.mapping.json")
        tour.wait("the mapping's file", (tmp_path / "window.mapping.json").exists)
    names = [each["name"] for each in v7.registered]
    assert names == ["my-model"]
    # The same by the page's commands with another sandbox, and 6. its classes beside the team's
    with served(folder) as root, V7StandIn(key=KEY, record=None) as other:
        monkeypatch.setitem(os.environ, "QT_QPA_PLATFORM", "offscreen")
        for words in commands():
            if words[0] in ("scaffold", "sandbox", "key"):
                continue  # done in the window; the key comes from the environment, as the page says
            there = [word.replace("http://127.0.0.1:8000", root) for word in words]
            done = run(tmp_path, *there, DARWIN_BASE_URL=other.url, BYOM_V7_API_KEY=KEY)
            assert done.returncode in ((0, 1) if words[0] == "classes" else (0,)), (words, done.stderr)
    assert [each["name"] for each in other.registered] == ["my-model"]
    mapping = json.loads((tmp_path / "my-model.mapping.json").read_text("utf-8"))
    ours = json.loads((tmp_path / "window.mapping.json").read_text("utf-8"))
    assert ours["classes"] == mapping["classes"]
    assert mapping["format"] == "byom-class-mapping/1"
    assert {each["name"]: each["match"] for each in mapping["classes"]}.keys() == {"nucleus", "mitosis"}
