"""A newcomer with a model of their own and no server: from *New model server…* to *Registered* and an exported mapping.

What is done, and what is put into ``model.py``, is read from docs/scaffold.md: where the page is wrong, this fails.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import site
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from byom_gui.app.world import sample_paths
from byom_gui.core.scaffold import ADDRESS
from byom_gui.sandbox.v7 import V7StandIn
from byom_gui.ui.main_window import MainWindow
from byom_gui.ui.panels.server_dialog import ServerDialog
from byom_gui.ui.tour import Tour
from tests.commands.processes import KEY, ROOT, byom, environment, first_line, run, started, wait_until
from tests.commands.test_scaffold import served
from tests.e2e.conftest import Open
from tests.limits import PROCESS

PAGE = ROOT / "docs" / "scaffold.md"
NETWORK = '''"""The newcomer's own module: called with an image, it answers in tensors, as PyTorch's detectors do."""

from PIL import ImageStat


class Tensor:
    """A number of no dimension: counted with, compared, and turned into Python's by who wants that."""

    def __init__(self, value):
        self.value = value

    def __sub__(self, other):
        return Tensor(self.value - other.value)

    def __lt__(self, other):
        return self.value < other

    def __ge__(self, other):
        return self.value >= other

    def __int__(self):
        return int(self.value)

    def __float__(self):
        return float(self.value)


class Detector:
    """Looks at sixteen parts of the image: what is darker than the whole is of the first kind."""

    def __call__(self, image):
        grey = image.convert("L")
        usual = ImageStat.Stat(grey).mean[0]
        found = {"boxes": [], "labels": [], "scores": []}
        wide, high = max(1, -(-grey.width // 4)), max(1, -(-grey.height // 4))
        for left in range(0, grey.width, wide):
            for top in range(0, grey.height, high):
                box = left, top, min(left + wide, grey.width), min(top + high, grey.height)
                mean = ImageStat.Stat(grey.crop(box)).mean[0]
                found["boxes"].append([Tensor(side) for side in box])
                found["labels"].append(Tensor(1 if mean < usual else 2))
                found["scores"].append(Tensor(0.2 + abs(mean - usual) / 255))
        return found


def load(path):
    return Detector()
'''


def blocks(language: str) -> list[str]:
    """The code blocks of the page, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


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


def put_in(folder: Path) -> None:
    """Step 2: the page's block becomes model.py."""
    (model,) = blocks("python")
    (folder / "model.py").write_text(model, "utf-8")
    (folder / "my_network.py").write_text(NETWORK, "utf-8")


def test_in_the_window(window: MainWindow, v7: V7StandIn, tmp_path: Path) -> None:
    tour, folder = Tour(window, tmp_path), tmp_path / "my-model"
    write_server(window, tour, folder)
    put_in(folder)
    with served(folder) as root:
        # 4. Look at it
        tour.connect(f"{root}/infer")
        tour.preview(sample_paths())
        shown = [preview for preview in window.session.previews.values() if preview.answered]
        assert len(shown) == len(sample_paths())
        assert sum(preview.count for preview in shown) > 5
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
    assert [each["name"] for each in v7.registered] == ["my-model"]
    mapped = json.loads((tmp_path / "window.mapping.json").read_text("utf-8"))
    assert mapped["format"] == "byom-class-mapping/1"
    assert {each["name"] for each in mapped["classes"]} == {"nucleus", "mitosis"}


def programs(folder: Path) -> str:
    """A PATH on which ``byom-gui`` and ``python3`` stand, as with a newcomer who installed byom-gui."""
    folder.mkdir()
    base = getattr(sys, "_base_executable", sys.executable)
    for name, words in (("byom-gui", byom()), ("python3", [base])):
        (folder / name).write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n', "utf-8")
        (folder / name).chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def typed(lines: str, place: Path, env: dict[str, str], codes: tuple[int, ...] = (0,)) -> None:
    """What the page says to type, typed."""
    done = subprocess.run(
        ["sh", "-ec", lines], cwd=place, env=env, capture_output=True, encoding="utf-8", timeout=PROCESS
    )
    assert done.returncode in codes, (lines, done.stdout[-2000:], done.stderr[-2000:])


def test_by_the_pages_own_lines(tmp_path: Path) -> None:
    """Every line of the page that is typed is typed, but ``key set``: of that the page says that it is not needed here.

    What pip would bring is here already, so that it asks nobody: it only finds what the requirements name.
    """
    folder, (write, start, check, register, mapping) = tmp_path / "my-model", blocks("sh")
    *prepare, serve = start.strip().splitlines()
    assert serve.endswith("serve.py --local")
    assert check.startswith("byom-gui check ")
    here = {
        "PATH": programs(tmp_path / "programs"),
        "PYTHONPATH": os.pathsep.join([str(ROOT), *site.getsitepackages()]),
    }
    env = environment(tmp_path, PIP_NO_INDEX="1", **here) | {"PYTHONWARNINGS": "default"}
    typed(write, tmp_path, env)
    put_in(folder)
    typed("\n".join(prepare), tmp_path, env)
    python, *words = serve.split()
    with served(folder, [str(folder / python), *words], **here) as root, started(tmp_path, "sandbox") as sandbox:
        env["DARWIN_BASE_URL"] = first_line(sandbox)
        said = tmp_path / "sandbox.stderr"
        wait_until(lambda: "Key of" in said.read_text("utf-8"), what="the sandbox's key")
        found = re.search(r"^Key of .*: (\S+) \(made up", said.read_text("utf-8"), re.MULTILINE)
        assert found is not None
        env["BYOM_V7_API_KEY"] = found[1]
        at = ADDRESS.removesuffix("/infer")
        typed(check.replace(at, root), tmp_path, env)
        typed(register.replace(at, root).replace("byom-gui key set\n", ""), tmp_path, env)
        listed = run(tmp_path, "history", "--json", "-")
        typed(mapping, tmp_path, env, codes=(0, 1))
    assert [each["registration"]["name"] for each in json.loads(listed.stdout)] == ["my-model"]
    mapped = json.loads((tmp_path / "my-model.mapping.json").read_text("utf-8"))
    assert mapped["format"] == "byom-class-mapping/1"
    assert {each["name"] for each in mapped["classes"]} == {"nucleus", "mitosis"}
