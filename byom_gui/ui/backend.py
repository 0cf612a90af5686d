"""What the window may ask of the world, as plain callables: ``app`` fills it in, a test passes lambdas.

Every callable here may block and is called in a worker thread, unless its line says otherwise. Errors come as
AppError; ``Cancelled`` where the token was cancelled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from byom_gui.core.cancel import CancelToken
    from byom_gui.core.capacity import Capacity, Level, Step
    from byom_gui.core.class_formats.decoding import DecodedText
    from byom_gui.core.class_mapping import MakingReport, NewClass
    from byom_gui.core.classes import ClassList
    from byom_gui.core.consent import ConsentState, SettingRequest
    from byom_gui.core.diagnosis import Answered
    from byom_gui.core.endpoint import Endpoint, Origin, SecretPlace, SecretRef
    from byom_gui.core.file_kinds import LeftOut
    from byom_gui.core.image import ImageRef, ImageSource, Raster
    from byom_gui.core.ledger import Entry, Since
    from byom_gui.core.observations import ClassesObservation, PingReport, Stage
    from byom_gui.core.pre_labels import Choice, Pictured, Written
    from byom_gui.core.preview import Preview
    from byom_gui.core.profile import ApiProfile, RegisterRequest
    from byom_gui.core.project import Project, Settings
    from byom_gui.core.registering import RegisterOutcome, TeamClass, TeamInfo
    from byom_gui.core.registration import Registration
    from byom_gui.core.report import CheckReport
    from byom_gui.core.teams import Environment, KnownTeam


class ImageSender(Protocol):
    """One run of images, as ``services.image_run`` has it."""

    @property
    def stopped(self) -> str:
        """Why no further image is sent, in one sentence; empty while images are sent."""
        ...

    def send(
        self,
        send: Callable[[CancelToken], Answered],
        position: int,
        planned: int,
        cancel: CancelToken,
        on_wait: Callable[[str], None],
    ) -> Answered:
        """Sends one image, again where the server is busy or the connection broke. Raises NotSentError."""
        ...


@dataclass(frozen=True, slots=True)
class ServerBackend:
    """The model server."""

    ping: Callable[[Endpoint, Settings, CancelToken, Callable[[Stage], None]], PingReport]
    infer: Callable[[Endpoint, Settings, ImageRef, ImageSource, CancelToken], Answered]
    start_run: Callable[[Endpoint, Settings], ImageSender]
    """What a run of images goes through. Sends nothing; called in a worker."""
    classes: Callable[[Endpoint, Settings, CancelToken], ClassesObservation]
    planned_calls: Callable[[Endpoint, Settings, int], int]
    """How many calls a whole check makes with this many images. Quick; called in the GUI thread."""
    check: Callable[
        [
            Endpoint,
            Settings,
            Sequence[ImageRef],
            ClassList,
            CancelToken,
            Callable[[int, int, str], None],
            Callable[[str, str, str, float, int], None],
        ],
        CheckReport,
    ]
    """The last two tell how far it is, and a cell of the grid of inputs: way, kind, ``running``, ``works``, ``fails``
    or ``untried``, milliseconds, HTTP status (0 where no answer came)."""
    measure: Callable[
        [
            Endpoint,
            Settings,
            Sequence[ImageRef],
            Sequence[Step],
            CancelToken,
            Callable[[int, int, str], None],
            Callable[[Level], None],
        ],
        Capacity,
    ]
    """Loads the server step by step with these images, the samples where there are none; tells progress and levels."""
    kept: Callable[[Endpoint, Settings, ImageSource], Answered | None] = lambda *_: None
    """The answer of an earlier run to this very image, None where there is none or none is to be kept."""
    kept_size: Callable[[], tuple[int, int]] = lambda: (0, 0)
    """How many answers are kept on disk, and their bytes."""
    clear_kept: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class ImageBackend:
    """Images on disk, at an address, or pasted."""

    read: Callable[[ImageRef, Settings, CancelToken], ImageSource]
    raster: Callable[[ImageSource, int | None], Raster]
    """Decodes upright; the second argument bounds the longer side. ImageTooLargeError: it can only be sent."""
    expand: Callable[[Sequence[Path], LeftOut, CancelToken], Iterator[Path]]
    """The image files in files and folders; the second argument is filled with what is left out of them."""
    keep_pasted: Callable[[bytes], Path]
    """Writes a pasted picture (PNG) to a private file."""


@dataclass(frozen=True, slots=True)
class SecretBackend:
    """The keyring. No callable here ever shows a secret by itself."""

    set: Callable[[SecretRef, str], SecretPlace]
    forget: Callable[[SecretRef], None]
    place: Callable[[SecretRef], SecretPlace]
    value: Callable[[SecretRef], str | None]
    """For *Copy secret* only."""
    hold: Callable[[SecretRef, str], None]
    """Lets calls use it at once, for this session. Quick; called in the GUI thread."""
    on_waiting: Callable[[Callable[[bool], None]], None] = lambda _: None
    """Takes who hears that a keyring waits for its password, from the thread that waits, and that it no longer does."""
    unreadable: Callable[[], str] = lambda: ""
    """Why the keyring could not be read; empty where it could. Quick; called in the GUI thread."""
    skip: Callable[[], None] = lambda: None
    """Waits for the keyring no longer. Quick; called in the GUI thread."""
    retry: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class V7Backend:
    """V7's own API."""

    host: Callable[[], Origin]
    """Where the key goes. Quick; called in the GUI thread."""
    key_ref: Callable[[], SecretRef]
    """Quick; called in the GUI thread."""
    token_info: Callable[[CancelToken], TeamInfo]
    team_classes: Callable[[TeamInfo, CancelToken], tuple[TeamClass, ...]]
    register: Callable[[RegisterRequest, Entry | None, CancelToken], RegisterOutcome]
    """Sends it, once. The history's entry is written first, None in demo mode. Raises Unsettled."""
    load_profile: Callable[[], ApiProfile]
    save_profile: Callable[[ApiProfile], None]
    make_classes: Callable[[TeamInfo, Sequence[NewClass], CancelToken, Callable[[int, int, str], None]], MakingReport]
    """Makes classes in the team, none twice; the last is told done, of how many, and what is going on."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """A project that was not saved when the app ended. ``saved_at`` is for people."""

    id: str
    title: str
    saved_at: str
    path: Path | None


@dataclass(frozen=True, slots=True)
class FileBackend:
    """Projects, registrations, autosave."""

    load: Callable[[Path], Project]
    save: Callable[[Path, Project], None]
    export: Callable[[Path, Project, Mapping[str, object] | None], None]
    autosave: Callable[[Project, Path | None], None]
    clear_autosave: Callable[[], None]
    recoverable: Callable[[], tuple[Recovered, ...]]
    recover: Callable[[Recovered], tuple[Project, Path | None]]
    discard: Callable[[Recovered], None]
    recent: Callable[[], tuple[Path, ...]]
    add_recent: Callable[[Path], None]
    clear_recent: Callable[[], None]
    export_report: Callable[[Path, CheckReport, Sequence[ImageRef], Settings, CancelToken], None]
    """A check's report, in the form of the file's suffix; the images are for the page."""
    export_predictions: Callable[[Choice, Iterable[Pictured], CancelToken, Callable[[int], None]], Written]
    """The answers as files of other tools; the last is told how many images are ready."""
    export_text: Callable[[Path, str], None]
    """Writes a text file of ours, whole or not at all."""
    export_json: Callable[[Path, Mapping[str, object]], None]
    """Writes a JSON file of ours, whole or not at all."""
    write_server: Callable[[Path, str, bool, Path | None], tuple[Path, ...]]
    """Writes a new model server: folder, task, whether with the example, an answer's file; gives its files."""
    read_text: Callable[[Path], DecodedText]
    """A file's text in any encoding, or what the file is where it holds none."""
    take: Callable[[Path], bool] = lambda _: True
    """Takes a project for this window; False where another window has it open."""
    changed: Callable[[Path], bool] = lambda _: False
    """Whether the open project's file was changed since by another program."""
    let_go: Callable[[], None] = lambda: None
    """Frees the open project for other windows."""


@dataclass(frozen=True, slots=True)
class TeamsBackend:
    """The teams whose keys were given, and one registration to several of them."""

    known: Callable[[], tuple[KnownTeam, ...]]
    remember: Callable[[TeamInfo], None]
    """Keeps the key in use as this team's own, too."""
    set_label: Callable[[KnownTeam, Environment], None]
    forget: Callable[[KnownTeam], None]
    """Takes its key out of the keyring."""
    use: Callable[[KnownTeam], SecretPlace]
    """Makes its key the one in use."""
    place: Callable[[KnownTeam], SecretPlace]
    register: Callable[[KnownTeam, Registration, ApiProfile, CancelToken], RegisterOutcome]
    """Sends it, once, and notes it in the history first. Raises Unsettled."""


@dataclass(frozen=True, slots=True)
class ConsentBackend:
    """What the user agreed to of a project's settings."""

    look: Callable[[Endpoint, Settings], ConsentState]
    agree: Callable[[Endpoint, Iterable[SettingRequest]], None]
    ignore: Callable[[Endpoint, Iterable[SettingRequest]], None]


@dataclass(frozen=True, slots=True)
class LedgerBackend:
    """What was registered from this computer."""

    keep_answers: Callable[[Entry, Iterable[Preview]], None]
    """Adds what the model says of these images to the newest registration of the same name in the same team."""
    settle: Callable[[Entry, bool], None]
    """Notes what the user saw in V7 of a registration that may have arrived: whether it is there."""
    entries: Callable[[], tuple[tuple[Entry, ...], int]]
    """Newest first; and how many can not be read."""
    forget: Callable[[str], None]
    since: Callable[[Entry, Settings, CancelToken, Callable[[int, int], None]], Since]
    """What the server says now beside it; the last is told done, of how many calls."""


@dataclass(frozen=True, slots=True)
class Practice:
    """The built-in model and V7 stand-in, running on this computer."""

    project: Project
    v7_host: Origin


@dataclass(frozen=True, slots=True)
class Backend:
    """All of it."""

    server: ServerBackend
    images: ImageBackend
    secrets: SecretBackend
    v7: V7Backend
    files: FileBackend
    ledger: LedgerBackend
    teams: TeamsBackend
    start_practice: Callable[[], Practice]
    end_practice: Callable[[], None]
    samples: Callable[[], tuple[Path, ...]]
    consent: ConsentBackend
    interfaces: Callable[[], tuple[tuple[str, str], ...]] = lambda: (("127.0.0.1", "this computer only"),)
    """Where pictures can be served: address and name of each interface of this machine. Asks the system only."""
    log_folder: Callable[[], Path] = Path.home
    """Where the log is. Quick; called in the GUI thread."""
    warm_up: Callable[[], None] = lambda: None
    """Loads what the first endpoint needs, so that the window does not."""
