"""A project file whose settings would let a proxy read a secret: nothing is sent before the user agrees."""

from __future__ import annotations

import io
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.endpoint import Auth, Endpoint, parse_address
from byom_gui.core.project import Project, Settings
from byom_gui.core.registration import Registration
from byom_gui.sandbox.v7 import V7StandIn
from byom_gui.services.files import save_project
from tests.commands.conftest import Call
from tests.commands.processes import KEY
from tests.services.mitm import HOST, Mitm, mitm

SECRET = "zq-header-secret-81"


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Mitm]:
    """The proxy that the project names."""
    with mitm(tmp_path) as running:
        yield running


@pytest.fixture
def project(proxy: Mitm, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project for a server behind TLS, with a header whose secret this user has."""
    del home
    monkeypatch.setenv("BYOM_ENDPOINT_SECRET", SECRET)
    return write(tmp_path, Settings(2, 2, proxy=proxy.url, ca_file=str(proxy.ca_file)))


def write(folder: Path, settings: Settings) -> Path:
    endpoint = Endpoint(parse_address(f"https://{HOST}/v2/infer").address, Auth(secret_header="X-Model-Key"))
    registration = Registration("cells", endpoint, ClassList((ClassEntry("cell", "polygon"),)))
    save_project(folder / "p.byom.json", Project(registration, settings=settings))
    return folder / "p.byom.json"


COMMANDS = {
    "check": ("check", "--quick"),
    "infer": ("infer", "{image}", "--out", "{folder}/out"),
    "capacity": ("capacity", "--items", "5", "--max-calls", "4", "--yes"),
    "classes": ("classes",),
    "reach": ("reach",),
    "new": ("new", "--name", "n", "-o", "{folder}/n.byom.json"),
}


def words_of(name: str, project: Path) -> list[str]:
    image = Path(__file__).resolve().parents[2] / "resources" / "samples"
    filled = [word.format(image=image, folder=project.parent) for word in COMMANDS[name]]
    return [*filled, "--project", str(project)]


@pytest.mark.parametrize("name", list(COMMANDS))
def test_nothing_is_sent_before_consent(name: str, project: Path, proxy: Mitm, call: Call) -> None:
    said = call(*words_of(name, project))
    assert said.code == 2
    assert proxy.connections == []
    assert proxy.url in said.err
    assert str(proxy.ca_file) in said.err
    assert "Nothing was sent" in said.err
    assert SECRET not in said.out + said.err
    assert not (project.parent / "n.byom.json").exists()


@pytest.mark.parametrize(
    "settings", [Settings(2, 2, insecure=True), Settings(2, 2, ca_file="mitm-ca.pem"), Settings(2, 2, proxy="{proxy}")]
)
def test_each_setting_alone_is_asked_about(settings: Settings, project: Path, proxy: Mitm, call: Call) -> None:
    filled = Settings(2, 2, ca_file=settings.ca_file, insecure=settings.insecure, proxy=settings.proxy and proxy.url)
    said = call("check", "--quick", "--project", write(project.parent, filled))
    assert (said.code, proxy.connections) == (2, [])
    assert said.err.count("The project asks for") == 1


def test_the_same_options_on_the_command_line_are_consent_for_this_run(project: Path, proxy: Mitm, call: Call) -> None:
    both = ("--proxy", proxy.url, "--ca", str(proxy.ca_file))
    said = call("classes", "--project", project, *both)
    assert proxy.has_read(SECRET)
    assert f"Proxy: {proxy.url} (from the command line)." in said.err
    assert f"CA file: {proxy.ca_file} (from the command line)." in said.err
    proxy.heads.clear()
    assert call("classes", "--project", project).code == 2
    assert call("classes", "--project", project, *both[:2]).code == 2
    assert call("classes", "--project", project, *both[2:]).code == 2
    assert proxy.heads == []


def test_allow_is_for_one_run_and_ignore_leaves_them_out(project: Path, proxy: Mitm, call: Call) -> None:
    left_out = call("classes", "--project", project, "--project-connection", "ignore")
    assert left_out.code == 3
    assert proxy.connections == []
    assert f"Not used from the project: Proxy {proxy.url}" in left_out.err
    said = call("classes", "--project", project, "--project-connection", "allow")
    assert proxy.has_read(SECRET)
    assert f"Proxy: {proxy.url} (from the project)." in said.err
    assert call("classes", "--project", project).code == 2


class Terminal(io.StringIO):
    """A terminal at which somebody has typed."""

    def isatty(self) -> bool:
        return True


def test_a_yes_is_remembered_for_these_values(
    project: Path, proxy: Mitm, call: Call, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    assert call("classes", "--project", project).code == 2
    assert proxy.connections == []
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    assert f"Use them for https://{HOST} from now on?" in call("classes", "--project", project).err
    assert proxy.has_read(SECRET)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    kept = home / ".config" / "byom-gui" / "consents.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert SECRET not in kept.read_text()
    proxy.heads.clear()
    call("classes", "--project", project)
    assert proxy.has_read(SECRET)
    proxy.heads.clear()
    proxy.ca_file.write_bytes(proxy.ca_file.read_bytes() + b"\n")
    changed = call("classes", "--project", project)
    assert changed.code == 2
    assert proxy.heads == []
    assert "CA file" in changed.err
    assert "asks for Proxy" not in changed.err


def test_an_interface_of_the_project_is_not_opened(project: Path, call: Call) -> None:
    for interface, words in (("192.0.2.44", "Not used from the project: Images served on"), ("::ffff:0:0", "every")):
        said = call("reach", "--project", write(project.parent, Settings(1, 1, image_host_interface=interface)))
        assert said.code == 3  # model.invalid has no address
        assert words in said.err


def test_settings_of_the_command_line_alone_ask_nothing(proxy: Mitm, home: Path, call: Call) -> None:
    del home
    call("classes", f"https://{HOST}/v2/infer", "--proxy", proxy.url, "--ca", proxy.ca_file)
    assert proxy.connections


def test_the_v7_key_never_goes_through_what_a_project_names(
    project: Path, proxy: Mitm, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    with V7StandIn(key=KEY) as v7:
        monkeypatch.setenv("BYOM_V7_API_KEY", KEY)
        monkeypatch.setenv("DARWIN_BASE_URL", v7.url)
        said = call("register", project)
    assert said.code == 0
    assert proxy.connections == []
