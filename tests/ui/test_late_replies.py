"""What comes late, or belongs to something that is gone: it changes nothing, and nothing is sent for it."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from byom_gui.core.cancel import CancelToken
from byom_gui.core.classes import ClassEntry
from byom_gui.core.diagnosis import diagnose
from byom_gui.core.endpoint import Endpoint, SecretRef, parse_address
from byom_gui.core.errors import AppError, ImageTooLargeError
from byom_gui.core.file_kinds import HEIC, LeftOut
from byom_gui.core.image import ImageSource, Raster
from byom_gui.core.ledger import Entry
from byom_gui.core.observations import ClassesObservation
from byom_gui.core.profile import RegisterRequest
from byom_gui.core.project import Project, Settings
from byom_gui.core.registering import RegisterOutcome, TeamClass, TeamInfo
from byom_gui.core.registration import Registration
from byom_gui.ui.backend import Backend
from byom_gui.ui.main_window import MainWindow
from byom_gui.ui.tour import Tour
from byom_gui.ui.work import intake, thumbnails
from tests.ui.fakes import ADDRESS, V7_HOST, World

PATHS = [Path(f"/pictures/{name}.png") for name in ("one", "two", "three", "four", "five", "six")]
OTHER = "http://127.0.0.1:8/api/infer"


class Slow(World):
    """A backend whose gates a test opens one by one; notes down what was sent."""

    def __init__(self) -> None:
        super().__init__()
        self.listing, self.asking, self.key = (threading.Event() for _ in range(3))
        for event in (self.listing, self.asking, self.key):
            event.set()
        self.sent: list[str] = []
        self.pings = 0
        self.team = TeamInfo(1, "old", "Old")
        self.gone: set[str] = set()
        self.listed: Callable[[Sequence[Path], LeftOut, CancelToken], Iterator[Path]] | None = None
        self.too_large = False

    def expand(self, paths: Sequence[Path], left_out: LeftOut, cancel: CancelToken) -> Iterator[Path]:
        if self.listed is not None:
            yield from self.listed(paths, left_out, cancel)
            return
        yield paths[0]
        self.listing.wait(5)
        yield from paths[1:]

    def fetch(self, endpoint: Endpoint, settings: Settings, cancel: CancelToken) -> ClassesObservation:
        self.asking.wait(5)
        return super().fetch(endpoint, settings, cancel)

    def backend(self) -> Backend:
        """As the window wants it."""
        plain = super().backend()

        def infer(*given: object) -> object:
            self.sent.append(given[2].name)  # type: ignore[attr-defined]
            return self.infer(*given)  # type: ignore[arg-type]

        def ping(*given: object) -> object:
            self.pings += 1
            return self.ping(*given)  # type: ignore[arg-type]

        def token_info(_: CancelToken) -> TeamInfo:
            team = self.team
            self.key.wait(5)
            return team

        def raster(source: ImageSource, side: int | None) -> Raster:
            if self.too_large:
                raise ImageTooLargeError(f"{source.name} has 300 million pixels.")
            return plain.images.raster(source, side)

        classes: tuple[TeamClass, ...] = ()
        return replace(
            plain,
            images=replace(plain.images, raster=raster),
            server=replace(plain.server, infer=infer, ping=ping),  # type: ignore[arg-type]
            v7=replace(plain.v7, token_info=token_info, team_classes=lambda *_: classes),
        )


@pytest.fixture
def world() -> Slow:
    """In place of the plain one."""
    return Slow()


@pytest.fixture
def tour(window: MainWindow, tmp_path: Path, world: Slow) -> Iterator[Tour]:
    """Hands and eyes on the window; all gates are open in the end."""
    yield Tour(window, tmp_path)
    for event in (world.listing, world.asking, world.key):
        event.set()


def other_project() -> Project:
    """One with another endpoint and no images."""
    return Project(Registration("other", Endpoint(parse_address(OTHER).address)))


# --- images


def test_a_listing_under_way_adds_nothing_to_the_next_project(window: MainWindow, tour: Tour, world: Slow) -> None:
    world.listing.clear()
    tour.connect(ADDRESS)
    tour.drop(PATHS)
    tour.wait("the first image", lambda: window.session.previews)
    window.session.replace_project(other_project(), None)
    pings = world.pings
    world.listing.set()
    tour.settle(100)
    assert not window.session.previews
    assert world.pings == pings, "the next project's server was not called either"


def test_an_address_that_comes_after_the_images_does_not_stop_their_listing(
    window: MainWindow, tour: Tour, world: Slow
) -> None:
    world.listing.clear()
    tour.drop(PATHS)
    tour.wait("the first image", lambda: window.session.previews)
    tour.connect(ADDRESS)
    world.listing.set()
    tour.wait("all images", lambda: [p.state for p in window.session.previews.values()] == ["done"] * len(PATHS))


def test_one_ping_is_made_for_a_folder_that_comes_in_parts(window: MainWindow, tour: Tour, world: Slow) -> None:
    gate = threading.Event()
    world.gate = lambda _: gate.wait(5)  # type: ignore[assignment]
    window.session.replace_project(other_project(), None)
    tour.drop(PATHS)
    tour.wait("the images", lambda: len(window.session.previews) == len(PATHS))
    gate.set()
    tour.wait("answers", lambda: all(p.state == "done" for p in window.session.previews.values()))
    assert world.pings == 1


def test_an_image_that_was_taken_out_is_not_sent(window: MainWindow, tour: Tour, world: Slow) -> None:
    tour.connect(ADDRESS)
    gate = threading.Event()
    world.gate = lambda _: gate.wait(5)  # type: ignore[assignment]
    tour.drop(PATHS)
    tour.wait("the first calls", lambda: len(world.sent) == 2)
    window.session.remove_images(list(window.session.previews))
    gate.set()
    tour.wait("rest", lambda: window.works.jobs.busy == 0)
    assert len(world.sent) == 2


def test_a_thumbnail_that_can_not_be_read_again_takes_no_answer_away(
    window: MainWindow, tour: Tour, world: Slow
) -> None:
    tour.connect(ADDRESS)
    tour.drop(PATHS[:1])
    tour.wait("the answer", lambda: [p.state for p in window.session.previews.values()] == ["done"])
    world.bad_images = {PATHS[0].name}
    window.works.inference.fetch_thumbnail(next(iter(window.session.previews)))
    tour.wait("the reading", lambda: window.works.jobs.busy == 0)
    tour.settle(30)
    assert [p.state for p in window.session.previews.values()] == ["done"]


def test_of_a_large_folder_only_what_is_in_sight_is_read(
    window: MainWindow, tour: Tour, world: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thumbnails, "EAGER", 3)
    many = [Path(f"/pictures/{number:04}.png") for number in range(1200)]
    read: list[str] = []
    window.works.inference.thumbnails.ready.connect(lambda key, _: read.append(key))
    tour.drop(many)
    tour.wait("the listing", lambda: len(window.session.previews) == len(many))
    tour.wait("the thumbnails", lambda: window.works.jobs.busy == 0)
    tour.settle(100)
    assert 3 <= len(read) < 100
    last = list(window.session.previews)[-1]
    window.session.set_current(last)
    tour.wait("the last one's", lambda: last in read)


def test_a_listing_that_is_cancelled_ends_while_it_waits_for_the_window(
    window: MainWindow, tour: Tour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "FIRST_CHUNK", 1)
    tour.drop(PATHS)
    window.works.inference.cancel()
    tour.wait("the listing's end", lambda: window.works.jobs.busy == 0)


def test_a_mixed_drop_says_what_is_left_out_until_another_project_comes(
    window: MainWindow, tour: Tour, world: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def expand(paths: Sequence[Path], left_out: LeftOut, cancel: CancelToken) -> Iterator[Path]:
        left_out.kinds[HEIC] += 2
        return iter(paths[:-1])

    said: list[LeftOut] = []
    window.works.inference.intake.left_out_changed.connect(lambda left: said.append(copy.deepcopy(left)))
    world.listed = expand
    for path in PATHS[:2]:
        tour.drop([path, Path("/pictures/phone.heic")])
        tour.wait("the listing", lambda: window.works.jobs.busy == 0)
        assert window.notice.text.startswith("2 of 3 files were left out: 2 HEIC. HEIC can be read if")
    assert [(left.taken, left.count) for left in said] == [(1, 2), (2, 4)]
    tour.drop([Path("/pictures/phone.heic")])
    tour.wait("the listing", lambda: len(said) == 3)
    assert window.notice.text.startswith("No images found there. ")
    assert "2 of 2 files were left out: 2 HEIC." in window.notice.text
    window.session.replace_project(other_project(), None)
    assert not said[-1]


def test_an_image_too_large_to_be_drawn_is_sent_anyway(window: MainWindow, tour: Tour, world: Slow) -> None:
    world.too_large = True
    tour.connect(ADDRESS)
    tour.drop(PATHS[:1])
    tour.wait("the answer", lambda: [p.state for p in window.session.previews.values()] == ["done"])
    assert world.sent == [PATHS[0].name]
    assert next(iter(window.session.previews.values())).width == 100


# --- endpoint and secrets


def test_classes_of_an_older_endpoint_stay_out(window: MainWindow, tour: Tour, world: Slow) -> None:
    world.asking.clear()
    tour.connect(ADDRESS)
    window.session.set_endpoint(Endpoint(parse_address(OTHER).address))
    world.asking.set()
    tour.settle(100)
    assert window.session.classes.names == ()
    assert window.session.served is None


def test_answers_under_an_older_secret_do_not_count(window: MainWindow, tour: Tour, world: Slow) -> None:
    tour.connect(ADDRESS)
    gate = threading.Event()
    world.gate = lambda _: gate.wait(5)  # type: ignore[assignment]
    tour.drop(PATHS)
    tour.wait("the first calls", lambda: len(world.sent) == 2)
    window.works.keys.store(SecretRef("header", parse_address(ADDRESS).address.origin, "X-Key"), "new")
    tour.wait("the keyring", lambda: window.session.ping is None)
    gate.set()
    tour.wait("rest", lambda: window.works.jobs.busy == 0)
    tour.settle(30)
    assert {p.state for p in window.session.previews.values()} == {"held"}
    assert len(world.sent) == 2


def test_findings_of_a_project_do_not_come_after_it_was_closed(
    window: MainWindow, tour: Tour, world: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, gate = threading.Event(), threading.Event()

    def slow(*given: object) -> object:
        started.set()
        gate.wait(5)
        return diagnose(*given)  # type: ignore[arg-type]

    monkeypatch.setattr("byom_gui.ui.work.diagnosing.diagnose", slow)
    tour.connect(ADDRESS)
    tour.wait("the diagnosis", started.is_set)
    window.filing.new()
    tour.settle(200)
    gate.set()
    tour.wait("rest", lambda: window.works.jobs.busy == 0)
    tour.settle(30)
    assert window.session.diagnosis.findings == ()


def test_a_changed_setting_changes_its_findings(window: MainWindow, tour: Tour) -> None:
    tour.connect(ADDRESS)
    tour.wait("the diagnosis", lambda: window.session.diagnosis.findings)
    before = {finding.id for finding in window.session.diagnosis.findings}
    window.session.set_settings(replace(window.session.settings, budget_ms=1.0))
    tour.wait("its finding", lambda: {finding.id for finding in window.session.diagnosis.findings} - before)


# --- V7


def keep_key(window: MainWindow, tour: Tour, slug: str) -> None:
    """A V7 key that was checked."""
    window.works.keys.store(SecretRef("v7-key", V7_HOST), "abcdefg.0123456789abcdef0123456789abcdef")
    tour.wait("the team", lambda: window.session.team is not None and window.session.team.slug == slug)


def test_the_team_of_the_old_key_does_not_go_with_a_new_one(window: MainWindow, tour: Tour, world: Slow) -> None:
    keep_key(window, tour, "old")
    world.team = TeamInfo(2, "new", "New")
    world.key.clear()
    window.works.keys.store(SecretRef("v7-key", V7_HOST), "gfedcba.0123456789abcdef0123456789abcdef")
    tour.wait("the keyring", lambda: window.session.team is None)
    assert window.works.submitting.plan()[0] is None
    world.key.set()
    tour.wait("the new team", lambda: window.session.team == world.team)


@pytest.mark.parametrize("leave", ["forget", "open"])
def test_what_v7_says_of_a_key_that_is_gone_does_not_count(
    window: MainWindow, tour: Tour, world: Slow, leave: str
) -> None:
    world.key.clear()
    window.works.keys.check_key()
    if leave == "forget":
        window.works.keys.forget(SecretRef("v7-key", V7_HOST))
        tour.wait("the keyring", lambda: window.notice.isVisible())
    else:
        window.session.replace_project(other_project(), None)
    world.key.set()
    tour.settle(100)
    assert window.session.team is None


def ready_to_register(window: MainWindow, tour: Tour) -> None:
    """All that Register needs."""
    tour.connect(ADDRESS)
    tour.wait("classes", lambda: len(window.session.classes) == 2)
    keep_key(window, tour, "old")
    window.session.set_name("nuclei")


def test_what_is_remembered_is_what_was_sent(window: MainWindow, tour: Tour, world: Slow) -> None:
    ready_to_register(window, tour)
    gate = threading.Event()
    world.gate = lambda _: gate.wait(5)  # type: ignore[assignment]
    window.works.submitting.submit()
    window.session.edit_classes("add", window.session.classes.add(ClassEntry("debris", "polygon")))
    gate.set()
    tour.wait("the outcome", lambda: window.session.outcome is not None)
    assert [entry.name for entry in window.session.project.registered[-1].classes] == ["nucleus", "field"]


def test_the_outcome_of_one_project_is_not_shown_in_the_next(window: MainWindow, tour: Tour, world: Slow) -> None:
    ready_to_register(window, tour)
    gate = threading.Event()
    world.gate = lambda _: gate.wait(5)  # type: ignore[assignment]
    window.works.submitting.submit()
    said: list[str] = []
    window.works.submitting.notice.connect(said.append)
    window.session.replace_project(other_project(), None)
    assert window.session.outcome is None
    assert "may have arrived" in "".join(said)
    gate.set()
    tour.settle(60)
    assert window.session.outcome is None
    assert window.session.project.registered == ()


def fail_in_the_app(_: RegisterRequest, __: Entry | None, ___: CancelToken) -> RegisterOutcome:
    """A fault of our own, who knows when."""
    raise AppError("Something unexpected went wrong in the app.")


def test_a_fault_of_the_app_claims_nothing_about_what_was_sent(
    make_window: Callable[[], MainWindow], world: Slow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(world, "register", fail_in_the_app)
    window = make_window()
    tour = Tour(window, tmp_path)
    ready_to_register(window, tour)
    window.works.submitting.submit()
    tour.wait("the outcome", lambda: window.session.outcome is not None)
    assert window.session.outcome is not None
    assert window.session.outcome.kind == "unknown"
