"""The real window with projects that name a proxy, a CA file, or image addresses: what leaves, and when."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtTest import QTest

from byom_gui.app.world import World
from byom_gui.core.cancel import CancelToken
from byom_gui.core.capacity import plan
from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.endpoint import Auth, Endpoint, SecretRef, parse_address
from byom_gui.core.errors import ImageError, InputError
from byom_gui.core.image import ImageRef
from byom_gui.core.ledger import Entry
from byom_gui.core.project import Project, Settings
from byom_gui.core.registration import Registration
from byom_gui.services.files import save_project
from byom_gui.services.images import small_sample
from byom_gui.services.secrets import SecretStore
from byom_gui.ui.main_window import MainWindow
from tests.e2e.conftest import Open
from tests.services.mitm import ANSWER, HOST, Mitm, mitm
from tests.services.servers import Scripted, serving

SECRET = "window-header-secret-52"
V7 = "http://127.0.0.1:9"
ENDPOINT = Endpoint(parse_address(f"https://{HOST}/v2/infer").address, Auth(secret_header="X-Model-Key"))


def step() -> None:
    """Lets the window and its workers go on; ``qWait`` alone holds the workers up."""
    QTest.qWait(10)
    time.sleep(0.01)


def settle(seconds: float) -> None:
    """What is to come would have come by then."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        step()


def wait(holds: Callable[[], object], what: str) -> None:
    """Until it holds, a minute at most."""
    end = time.monotonic() + 60
    while not holds():
        if time.monotonic() > end:
            pytest.fail(f"in vain: {what}")
        step()


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Mitm]:
    """The proxy that the project names."""
    with mitm(tmp_path) as running:
        yield running


def project_with(settings: Settings, endpoint: Endpoint = ENDPOINT, *images: ImageRef) -> Project:
    registration = Registration("cells", endpoint, ClassList((ClassEntry("cell", "polygon"),)))
    return Project(registration, images, settings)


def opened(window: MainWindow, path: Path, project: Project) -> MainWindow:
    """The window with this project, opened from its file, and the secret of its server."""
    save_project(path, project)
    window.works.backend.secrets.hold(SecretRef("header", ENDPOINT.origin, "X-Model-Key"), SECRET)
    window.filing.open(path)
    wait(lambda: window.session.endpoint == project.registration.endpoint, "the project")
    return window


@pytest.fixture
def window(open_window: Open, proxy: Mitm, tmp_path: Path) -> MainWindow:
    """A window with a project that asks for the proxy and its CA file."""
    settings = Settings(2, 2, proxy=proxy.url, ca_file=str(proxy.ca_file))
    made = opened(open_window(V7), tmp_path / "p.byom.json", project_with(settings))
    wait(lambda: made.parts.bar.trust.request, "the question")
    return made


def test_nothing_is_sent_before_a_decision_and_the_bar_says_what_is_asked(window: MainWindow, proxy: Mitm) -> None:
    trust = window.parts.bar.trust
    assert proxy.url in trust.request
    assert str(proxy.ca_file) in trust.request
    window.connecting.ping()
    window.works.pinging.fetch_classes()
    window.works.diagnosing.start_check()
    window.works.inference.rerun_all()
    settle(0.5)
    assert not window.works.pinging.running
    assert not window.works.diagnosing.checking
    assert proxy.connections == []
    assert trust.in_force == ""
    assert "First decide" in window.notice.text


def test_use_sends_the_waiting_ping_and_is_remembered(
    window: MainWindow, proxy: Mitm, open_window: Open, tmp_path: Path
) -> None:
    window.connecting.ping()
    window.parts.bar.trust.use_button.click()
    wait(lambda: proxy.has_read(SECRET), "the ping through the proxy")
    wait(lambda: window.session.ping, "its end")
    trust = window.parts.bar.trust
    assert trust.request == ""
    assert f"Proxy: {proxy.url}" in trust.in_force
    assert str(proxy.ca_file) in trust.in_force
    kept = json.loads(next((tmp_path / "home").rglob("consents.json")).read_text())
    assert {item["setting"] for item in kept["agreed"]} == {"proxy", "ca_file"}
    other = opened(open_window(V7), tmp_path / "p.byom.json", window.session.project)
    other.connecting.ping()
    wait(lambda: other.session.ping, "a ping from a second window")
    assert other.parts.bar.trust.request == ""
    # Another server, however near, has not been agreed to.
    other.connecting.take_address(f"https://{HOST}:8443/v2/infer")
    wait(lambda: other.parts.bar.trust.request, "the question for another origin")
    assert other.parts.bar.trust.in_force == ""


def test_ignore_goes_on_without_them_and_can_be_reconsidered(window: MainWindow, proxy: Mitm) -> None:
    trust = window.parts.bar.trust
    window.connecting.ping()
    trust.ignore_button.click()
    wait(lambda: window.session.ping, "the ping without the proxy")
    assert proxy.connections == []
    assert not window.session.dirty
    assert window.session.settings.proxy == proxy.url
    assert window.session.in_force.proxy == ""
    assert proxy.url in trust.ignored
    trust.decide_button.click()
    assert proxy.url in trust.request
    trust.use_button.click()
    wait(lambda: trust.in_force, "the settings in use")
    assert (trust.request, trust.ignored) == ("", "")


def test_what_the_user_enters_is_their_own_and_what_came_with_it_is_not(window: MainWindow, proxy: Mitm) -> None:
    trust, form = window.parts.bar.trust, window.parts.settings
    window.connecting.open_settings()
    form.proxy.setText("http://127.0.0.1:9")
    form.proxy.editingFinished.emit()
    wait(lambda: "127.0.0.1:9" in trust.in_force, "the proxy that was entered")
    assert "Proxy" not in trust.request
    assert str(proxy.ca_file) in trust.request
    form.clear_ca.click()
    wait(lambda: not trust.request, "nothing left to decide")
    assert window.session.in_force == window.session.settings
    window.connecting.take_address(f"https://{HOST}:8443/v2/infer")
    wait(lambda: not window.session.undecided, "the same for another address, as the user entered it")
    assert "127.0.0.1:9" in trust.in_force


def test_a_project_that_comes_otherwise_asks_as_well(window: MainWindow, proxy: Mitm, open_window: Open) -> None:
    """Recovery, import and *Open recent* all end in ``replace_project``."""
    other = open_window(V7)
    other.session.replace_project(window.session.project, None)
    wait(lambda: other.parts.bar.trust.request, "the question")
    other.connecting.ping()
    settle(0.5)
    assert proxy.connections == []
    other.filing.new()
    wait(lambda: other.session.endpoint is None, "an empty project")
    assert other.parts.bar.trust.request == ""
    assert not other.session.undecided


def test_a_ping_fetches_no_image_address_of_the_project(open_window: Open, tmp_path: Path) -> None:
    with serving(lambda got: Scripted(body=ANSWER)) as model, serving(lambda got: Scripted(404)) as pictures:
        endpoint = Endpoint(parse_address(f"{model.url}/infer").address)
        images = tuple(ImageRef(f"i{n}", "url", f"{pictures.url}/{n}.png", f"{n}.png") for n in range(3))
        window = opened(open_window(V7), tmp_path / "u.byom.json", project_with(Settings(), endpoint, *images))
        window.connecting.ping()
        wait(lambda: window.session.ping and not window.works.jobs.busy, "the ping")
        settle(0.5)
        assert [got.path for got in model.received if got.method == "POST"] == ["/infer"]
        assert pictures.received == []
        assert "3 image addresses of the project were not fetched" in window.notice.text
        window.works.inference.add_urls([f"{pictures.url}/dropped.png"])
        wait(lambda: pictures.received, "the image that the user dropped")
        wait(lambda: not window.works.jobs.busy, "its end")
        assert {got.path for got in pictures.received} == {"/dropped.png"}
        window.works.inference.rerun_all()
        wait(lambda: len({got.path for got in pictures.received}) == 4, "all, as the user said so")
        wait(lambda: not window.works.jobs.busy, "the end")


def test_the_services_send_nothing_either(proxy: Mitm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the window asks for: each call is refused before a secret is looked up."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    world = World(environ={"DARWIN_BASE_URL": V7}, secrets=SecretStore.session_only())
    world.secrets.hold(SecretRef("header", ENDPOINT.origin, "X-Model-Key"), SECRET)
    server, token = world.backend().server, CancelToken()
    settings = Settings(1, 1, proxy=proxy.url, insecure=True)
    source = small_sample()
    ref = ImageRef("i", "file", "nowhere.png", source.name)
    elsewhere = replace(ENDPOINT, classes=parse_address("https://classes.invalid/list").address)
    calls: list[Callable[[], object]] = [
        lambda: server.ping(ENDPOINT, settings, token, lambda _: None),
        lambda: server.infer(ENDPOINT, settings, ref, source, token),
        lambda: server.classes(ENDPOINT, settings, token),
        lambda: server.classes(elsewhere, settings, token),
        lambda: server.check(ENDPOINT, settings, (), ClassList(), token, lambda *_: None, lambda *_: None),
        lambda: server.measure(ENDPOINT, settings, (), plan(4, 1), token, lambda *_: None, lambda _: None),
    ]
    for call in calls:
        with pytest.raises(InputError, match="you have not allowed"):
            call()
    assert proxy.connections == []
    # Agreement for the endpoint is none for the host of its classes, nor for another entry of the history.
    world.consents.agree((ENDPOINT.origin,), world.consents.look((ENDPOINT.origin,), settings).asked)
    with pytest.raises(InputError, match=r"classes\.invalid"):
        server.classes(elsewhere, settings, token)
    assert proxy.connections == []
    entry = Entry("2026-01-01", "h", "t", "T", "registered", Registration("m", Endpoint(elsewhere.classes_guess)))
    world.backend().ledger.since(entry, settings, token, lambda *_: None)
    assert proxy.connections == []
    server.ping(ENDPOINT, settings, token, lambda _: None)
    assert proxy.has_read(SECRET)


def test_an_image_address_is_not_fetched_through_a_proxy_of_the_project(
    proxy: Mitm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    world, settings = World(environ={}, secrets=SecretStore.session_only()), Settings(1, 1, proxy=proxy.url)
    ref = ImageRef("i", "url", "http://pictures.invalid/a.png", "a.png")
    with pytest.raises(ImageError):
        world.backend().images.read(ref, settings, CancelToken())
    assert proxy.connections == []
    world.consents.agree((ENDPOINT.origin,), world.consents.look((ENDPOINT.origin,), settings).asked)
    with pytest.raises(ImageError):  # what the proxy answers is no image
        world.backend().images.read(ref, settings, CancelToken())
    assert proxy.connections == ["GET http://pictures.invalid/a.png HTTP/1.1"]
