"""``python3 dev.py dist``: builds what is shipped, and does the main job with it as a stranger would.

Wheel and sdist go into clean environments outside the clone. The frozen app is built in a clean environment, and runs
as another user with an empty home and environment: on this machine, and in a bare Debian with no Python in it. What is
run are the committed tests of the main job, on the build instead of the checkout (see ``tests/commands/processes.py``).
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.shipping.packages import ROOT, clean_environment
from benchmarks.torture.groups import group
from benchmarks.torture.row import Row
from byom_gui.services.system_packages import OFFSCREEN, X11

OUT = ROOT / "dist"
PAGE = ROOT / "docs" / "shipping.md"
RECORD = Path(__file__).parent / "recorded.json"
HEADING = "## The build\n"
JOB = ("tests/e2e/test_demo.py", "tests/e2e/test_script.py", "tests/e2e/test_window.py")
"""The main job: offscreen, as a script, and by hand under Xvfb with a real keyring and a real drag."""
NEEDED = (
    "resources/icon.svg",
    "resources/samples/",
    "resources/linux/byom-gui.desktop",
    "resources/linux/byom-gui.xml",
    "resources/linux/install.sh",
    "resources/scaffold/common/serve.py",
    "resources/scaffold/ocr_example/model.py",
    "byom_gui/core/reach.sh",
)
NOBODY = 65534
STARTS = 7
SYSTEM = tuple(dict.fromkeys(names[0] for needs in (OFFSCREEN, X11) for names in needs.values()))
"""What the bare Debian has in addition to its essentials: the packages that ``dev.py`` asks for."""


@dataclass(frozen=True, slots=True)
class Built:
    """Where the parts are."""

    wheel: Path
    sdist: Path
    frozen: Path


def main() -> int:
    """Builds, tries, writes the page; 1 where something fell short."""
    with tempfile.TemporaryDirectory(prefix="byom-dist-") as name:
        scratch = Path(name)
        scratch.chmod(0o755)
        built = build(scratch)
        rows = [contents(built), *(installed(one, scratch) for one in (built.wheel, built.sdist))]
        rows += [frozen(built.frozen, scratch), bare(built.frozen, scratch), start(built.frozen)]
    RECORD.write_text(json.dumps([vars_of(row) for row in rows], indent=1, ensure_ascii=False) + "\n", "utf-8")
    text = PAGE.read_text("utf-8").partition(HEADING)[0]
    PAGE.write_text(text + section(built, rows), "utf-8")
    return 1 if any(row.short for row in rows) else 0


def vars_of(row: Row) -> dict[str, object]:
    """A row as JSON takes it."""
    return {name: getattr(row, name) for name in ("line", "tried", "times", "happened", "short")}


def say(text: str) -> None:
    """A line of progress."""
    print(text, flush=True)


def build(scratch: Path) -> Built:
    """Wheel, sdist and frozen app into ``dist``; the builders' environments hold nothing else."""
    shutil.rmtree(OUT / "byom-gui", ignore_errors=True)
    for old in OUT.glob("byom_gui-*"):
        old.unlink()
    say("Building wheel and sdist")
    python = clean_environment(scratch / "builder", "hatchling")
    subprocess.run(
        [str(python), "-m", "hatchling", "build", "-d", str(OUT)], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )
    say("Building the frozen app")
    python = clean_environment(scratch / "freezer", f"{ROOT}[dist]")
    command = [str(python), "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR", "build.spec"]
    places = ["--distpath", str(OUT), "--workpath", str(scratch / "work")]
    subprocess.run([*command, *places], cwd=ROOT, check=True, env={**os.environ, "PYTHONPATH": ""})
    return Built(next(OUT.glob("*.whl")), next(OUT.glob("*.tar.gz")), OUT / "byom-gui")


def contents(built: Built) -> Row:
    """Whether each holds what it needs at run time, and nothing that was left lying about."""
    with zipfile.ZipFile(built.wheel) as wheel, tarfile.open(built.sdist) as sdist:
        parts = {"wheel": wheel.namelist(), "sdist": sdist.getnames()}
    parts["frozen app"] = [path.relative_to(built.frozen).as_posix() for path in built.frozen.rglob("*")]
    wrong = [f"{kind}: {name} is missing" for kind, names in parts.items() for name in missing(names)]
    wrong += [f"{kind}: {name}" for kind, names in parts.items() for name in strays(names)]
    count = sum(map(len, parts.values()))
    return Row("contents", "resources in each; no caches, logs or test data of ours", count, "all there, no strays",
               "; ".join(wrong[:5]))  # fmt: skip


def missing(names: Iterable[str]) -> list[str]:
    """What is needed and not there."""
    every = list(names)
    return [need for need in NEEDED if not any(f"/{need}".rstrip("/") in f"/{name}" for name in every)]


def strays(names: Iterable[str]) -> list[str]:
    """What has no place in anything that is shipped."""
    bad = ("__pycache__", ".ruff_cache", ".mypy_cache", ".pytest_cache", ".log", ".coverage", ".git/")
    return [name for name in names if any(part in name for part in bad) and "_internal/" not in name]


def tried(line: str, how: str, program: str, user: int = -1) -> Row:
    """The committed tests of the main job, on a build."""
    say(f"{line}: the main job")
    before = {name: os.environ.get(name) for name in ("BYOM_PROGRAM", "BYOM_UID")}
    os.environ.update(BYOM_PROGRAM=program, BYOM_UID=str(user))
    try:
        row = group(line, how, *JOB)
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
    say(f"  {row.happened} {row.short}")
    return row


def installed(what: Path, scratch: Path) -> Row:
    """A wheel or an sdist in a clean environment outside the clone."""
    kind = "wheel" if what.suffix == ".whl" else "sdist"
    python = clean_environment(scratch / kind, str(what))
    say_where = subprocess.run([str(python), "-P", "-c", "import byom_gui; print(byom_gui.__file__)"],
                               cwd=scratch, check=True, capture_output=True, text=True)  # fmt: skip
    assert str(scratch) in say_where.stdout, "it came from somewhere else"
    how = "installed into a clean environment outside the clone; an empty home, an empty environment"
    return tried(f"the {kind}", how, str(python.parent / "byom-gui"))


def frozen(folder: Path, scratch: Path) -> Row:
    """The frozen app as another user."""
    place = scratch / "frozen"
    shutil.copytree(folder, place, symlinks=True)
    switch = f"setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups " if os.geteuid() == 0 else ""
    who = "as another user" if switch else "as the same user: only root can be another"
    how = f"{who}, from a copy elsewhere; an empty home, an empty environment"
    return tried("the frozen app", how, f"{switch}{place / 'byom-gui'}", NOBODY if switch else -1)


def bare(folder: Path, scratch: Path) -> Row:
    """The frozen app in a Debian with nothing but what ``dev.py`` asks for: no Python, no Qt."""
    line = "the frozen app in a bare Debian"
    if os.geteuid() != 0 or not shutil.which("debootstrap"):
        return Row(line, "chroot", 0, "not tried", "this needs root and debootstrap")
    say("Making a bare Debian")
    root = scratch / "debian"
    release = platform.freedesktop_os_release().get("VERSION_CODENAME", "stable")
    command = ["debootstrap", "--variant=minbase", f"--include={','.join(SYSTEM)}", release, str(root)]
    if subprocess.run(command, stdout=subprocess.DEVNULL).returncode:
        return Row(line, "chroot", 0, "not tried", "debootstrap could not fetch its packages")
    python = subprocess.run(["chroot", str(root), "which", "python3"], capture_output=True).returncode == 0
    inside = root / "opt" / "byom-gui"
    shutil.copytree(folder, inside, symlinks=True)
    script = scratch / "inside.sh"
    # The mounts end with the process: they are in a name space of its own.
    script.write_text(
        f"set -e\nmount --bind {tempfile.gettempdir()} {root}/tmp\nmount -t proc proc {root}/proc\n"
        f"exec chroot --userspec={NOBODY}:{NOBODY} {root} "
        '/bin/sh -c \'cd "$HOME" && exec /opt/byom-gui/byom-gui "$@"\' byom-gui "$@"\n'
    )
    how = f"a chroot {'with' if python else 'without'} Python, as another user, {len(SYSTEM)} system packages"
    return tried(line, how, f"unshare --mount sh {script}", NOBODY)


def start(folder: Path) -> Row:
    """From the start of the process to the painted window, on a virtual screen."""
    from tests.commands.processes import environment
    from tests.e2e.screen import virtual_screen

    times = []
    with tempfile.TemporaryDirectory() as name, virtual_screen(Path(name)) as screen:
        home = Path(name, "home")
        home.mkdir()
        env = {**environment(home), "DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb"}
        for _ in range(STARTS + 1):
            begin = time.perf_counter()
            subprocess.run([str(folder / "byom-gui"), "--quit-after-first-paint"], env=env, check=True, timeout=60)
            times.append(time.perf_counter() - begin)
    first, rest = times[0], times[1:]
    happened = f"first {first * 1000:.0f} ms, then median {statistics.median(rest) * 1000:.0f} ms"
    return Row("start of the frozen app", "process start to painted window and end, under Xvfb", len(times), happened)


def size(place: Path) -> str:
    """Megabytes of a file or a folder."""
    every = place.rglob("*") if place.is_dir() else [place]
    files = [path for path in every if path.is_file() and not path.is_symlink()]
    return f"{sum(path.stat().st_size for path in files) / 1e6:,.1f} MB"


def section(built: Built, rows: Iterable[Row]) -> str:
    """The part of the page that this command makes."""
    machine = f"{platform.system()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    sizes = f"wheel {size(built.wheel)}, sdist {size(built.sdist)}, frozen folder {size(built.frozen)}"
    lines = [HEADING + ABOVE.format(machine=machine, sizes=sizes)]
    for row in rows:
        happened = f"{row.happened}. **Fell short:** {row.short}" if row.short else row.happened
        lines.append(f"| {row.line} | {row.tried} | {row.times:,} | {happened} |")
    return "\n".join([*lines, BELOW])


ABOVE = """
`python3 dev.py dist` builds wheel, sdist and frozen app into `dist`, each in a clean environment, and runs the tests
of the main job on each: offscreen, as a script, and by hand under Xvfb (a typed address, a drag out of another
program, the key in a real keyring, Register, export). This part is made by it, on {machine}.

Sizes: {sizes}.

| what | tried | times | what happened |
|---|---|---:|---|"""
BELOW = """
Built and tried on Linux alone. `build.spec` has settings for Windows (icon, version, a second program for the
terminal) and macOS (bundle, icon, dark mode, `*.byom.json` as its document type); **nobody has run them yet**, and
nothing is signed or notarised.

On Linux a wheel brings its menu entry, icon and the type of `*.byom.json` along (`share` of the environment). The
frozen folder has `_internal/resources/linux/install.sh`, which does the same for whoever runs it; `--remove` takes
that back.
"""


if __name__ == "__main__":
    sys.exit(main())
