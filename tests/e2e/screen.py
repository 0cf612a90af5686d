"""A virtual screen with a window manager and hands on it, and a keyring on a bus. All of it ends with the block."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import ImageGrab

from tests.commands.processes import as_user, first_line
from tests.limits import ARRIVAL, PROCESS

SIZE = (1900, 1000)


@dataclass(frozen=True, slots=True)
class Place:
    """A window on the screen."""

    id: str
    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> tuple[int, int]:
        """Its middle on the screen."""
        return self.x + self.width // 2, self.y + self.height // 2


@dataclass(frozen=True, slots=True)
class Screen:
    """Where the display is, and where its screenshots go."""

    display: str
    pictures: Path

    def do(self, *words: object) -> str:
        """One xdotool call; its stdout."""
        command = ["xdotool", *map(str, words)]
        done = subprocess.run(
            command, env={**os.environ, "DISPLAY": self.display}, capture_output=True, text=True, timeout=PROCESS
        )
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout

    def find(self, title: str, seconds: float = ARRIVAL) -> Place:
        """The visible window whose title matches."""
        over = time.monotonic() + seconds
        while True:
            found = subprocess.run(
                ["xdotool", "search", "--onlyvisible", "--name", title],
                env={**os.environ, "DISPLAY": self.display},
                capture_output=True,
                text=True,
                timeout=PROCESS,
            ).stdout.split()
            if found:
                return self._place(found[-1])
            assert time.monotonic() < over, f"no window “{title}” came; {self.shot('no-window')}"
            time.sleep(0.1)

    def _place(self, window: str) -> Place:
        lines = self.do("getwindowgeometry", "--shell", window).split()
        facts = dict(line.split("=", 1) for line in lines)
        x, y, width, height = (int(facts[name]) for name in ("X", "Y", "WIDTH", "HEIGHT"))
        return Place(window, x, y, width, height)

    def move(self, title: str, x: int, y: int) -> Place:
        """Moves a window; where it then is."""
        before = self.find(title)
        self.do("windowmove", before.id, x, y)
        self.wait("the moved window", lambda: (after := self.find(title)).x >= x and after.y >= y)
        time.sleep(0.2)
        return self.find(title)

    def focus(self, place: Place) -> None:
        """Brings a window to the front, keys included."""
        self.do("windowactivate", "--sync", place.id)

    def key(self, *keys: str) -> None:
        """Presses keys, one after the other."""
        self.do("key", "--delay", 30, *keys)

    def type(self, text: str) -> None:
        """Types text into what has the focus."""
        self.do("type", "--delay", 8, text)

    def drag(self, start: tuple[int, int], to: tuple[int, int]) -> None:
        """Presses, moves in ten small steps, three pixels more, lets go."""
        self.do("mousemove", *start)
        self.do("mousedown", 1)
        for step in range(1, 11):
            self.do("mousemove", *(a + (b - a) * step // 10 for a, b in zip(start, to, strict=True)))
            time.sleep(0.05)
        self.do("mousemove", to[0] + 3, to[1] + 3)
        time.sleep(0.2)
        self.do("mouseup", 1)

    def shot(self, name: str) -> str:
        """Takes a picture of the whole screen; tells where it is."""
        path = self.pictures / f"{name}.png"
        with ImageGrab.grab(xdisplay=self.display) as picture:
            picture.save(path)
        return f"screenshot: {path}"

    def wait(self, what: str, holds: Callable[[], object], seconds: float = ARRIVAL) -> None:
        """Waits until something holds; fails with a picture of the screen."""
        over = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < over, f"never came: {what}; {self.shot('stuck')}"
            time.sleep(0.05)


@contextlib.contextmanager
def running(command: list[str], **options: object) -> Iterator[subprocess.Popen[str]]:
    """A process that is ended by its own id with the block."""
    process: subprocess.Popen[str] = subprocess.Popen(command, text=True, **options)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)
        if process.stdout is not None:
            process.stdout.close()


@contextlib.contextmanager
def virtual_screen(pictures: Path) -> Iterator[Screen]:
    """Xvfb on a display number that Xvfb itself found free, with openbox on it."""
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{SIZE[0]}x{SIZE[1]}x24", "-nolisten", "tcp"]
    log = (pictures / "xvfb.log").open("w")
    with contextlib.closing(log), running(command, pass_fds=(writer,), stderr=log):
        os.close(writer)
        with os.fdopen(reader) as told:
            number = told.readline().strip()
        assert number, (pictures / "xvfb.log").read_text()
        screen = Screen(f":{number}", pictures)
        home = pictures / "openbox"
        home.mkdir()
        env = {**os.environ, "DISPLAY": screen.display, "HOME": str(home)}
        with running(["openbox"], env=env, stderr=log):
            time.sleep(0.3)
            yield screen


@contextlib.contextmanager
def keyring_bus(env: dict[str, str]) -> Iterator[dict[str, str]]:
    """A D-Bus of its own with an unlocked gnome-keyring; gives the environment of programs on it."""
    # `dbus-daemon` and the keyring stay in the foreground, so that both are ours to end.
    bus_command = as_user("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1")
    with running(bus_command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as bus:
        env = {**env, "DBUS_SESSION_BUS_ADDRESS": first_line(bus)}
        command = as_user("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
        with running(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as it:
            assert it.stdin is not None
            it.stdin.write("pw")
            it.stdin.close()
            first_line(it)
            yield env
