"""``python3 dev.py first [SUITE …]``: the README's commands in bare Debians, by a user without sudo.

Each Debian has Python, certificates and a copy of the committed files, nothing else. What ``dev.py`` prints is run as
root, once; then the same command has to work. The set-up is killed at random moments, deprived of pip and moved, and
has to recover. Then byom-gui is installed as README says on a Debian without Qt's system libraries, where each command
has to end with a sentence. Needs root and debootstrap; pip's and apt's settings of this machine are copied.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.torture.row import Row, keep, load
from byom_gui.services.system_packages import OFFSCREEN

ROOT = Path(__file__).resolve().parents[2]
RECORD = Path(__file__).parent / "first_recorded.json"
PAGE = ROOT / "docs" / "platforms.md"
HEADING = "## What was run\n"
SUITES = {"bookworm": "Debian 12", "trixie": "Debian 13", "sid": "Debian sid"}
USER = 1500
KILLS = 3
SEED = 12
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
DEMO = "cd byom-gui && python3 dev.py demo --headless"
AGAIN = "the same command again"
PARTS = ("demo", "damage", "test", "installed")
_FILES = ("etc/pip.conf", "etc/resolv.conf", "etc/ssl/certs/ca-certificates.crt")
_VARIABLES = re.compile(r"PIP_(CERT|INDEX_URL|DEFAULT_TIMEOUT|DISABLE_PIP_VERSION_CHECK)|SSL_CERT_\w+|\w+_proxy", re.I)


@dataclass(frozen=True, slots=True)
class Said:
    """How a command in the Debian ended, and what it printed."""

    code: int
    text: str

    @property
    def clear(self) -> bool:
        """Whether it ended by itself, without a traceback."""
        return 0 <= self.code < 128 and "Traceback" not in self.text


@dataclass(slots=True)
class BareDebian:
    """A Debian in a folder, with a user who may not use sudo."""

    suite: str
    root: Path
    rows: list[Row] = field(default_factory=list)

    def run(self, line: str, more: Mapping[str, str] | None = None, *, admin: bool = False) -> Said:
        """Runs a line of sh in it, as the user or as root."""
        process = self.start(line, more, admin=admin)
        try:
            text = process.communicate(timeout=3600)[0]
        except subprocess.TimeoutExpired:
            kill(process)
            text = process.communicate()[0] + "\n(killed: it took too long)"
        return Said(process.returncode, text)

    def start(self, line: str, more: Mapping[str, str] | None = None, *, admin: bool = False) -> subprocess.Popen[str]:
        """Starts a line of sh in it; the mounts end with the process, in a name space of its own."""
        who = [] if admin else [f"--userspec={USER}:{USER}"]
        home = "/root" if admin else "/home/user"
        env = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin:/home/user/.local/bin", "HOME": home}
        env |= {name: value for name, value in os.environ.items() if _VARIABLES.fullmatch(name)}
        env |= {"LANG": "C.UTF-8", "PIP_CACHE_DIR": "/cache", "DEBIAN_FRONTEND": "noninteractive", **(more or {})}
        mounts = (
            f"mount -t proc proc {self.root}/proc && mount --rbind /dev {self.root}/dev"
            f" && mount --bind {self.root.parent}/cache {self.root}/cache"
        )
        script = f'{mounts} && exec chroot "$@"'
        command = ["unshare", "--mount", "sh", "-c", script, "sh", *who, str(self.root)]
        command += ["/bin/sh", "-c", f"cd {home} && {{ {line}\n}}"]
        return subprocess.Popen(
            command, env=env, text=True, errors="replace", start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def note(self, what: str, tried: str, said: Said, short: str = "", times: int = 1) -> None:
        """Keeps a row, and prints it."""
        last = said.text.strip().splitlines()[-1] if said.text.strip() else "nothing was printed"
        words = f"exit {said.code}; {last}"[:300]
        python = self.run("python3 --version").text.strip()
        self.rows.append(Row(f"{SUITES[self.suite]}, {python}: {what}", tried, times, words, short))
        print(f"{'FELL SHORT' if short else 'holds'}: {self.rows[-1].line}: {words} {short}", flush=True)
        if short:
            print(said.text[-4000:], flush=True)


def kill(process: subprocess.Popen[str]) -> None:
    """Kills a process and all that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


@contextlib.contextmanager
def bare_debian(suite: str, place: Path) -> Iterator[BareDebian]:
    """Makes a Debian with Python, a user and a copy of the committed files; removed afterwards."""
    base = place / f"base-{suite}"
    if not (base / "bin").exists():
        print(f"Making a bare {SUITES[suite]}", flush=True)
        subprocess.run(
            ["debootstrap", "--variant=minbase", suite, str(base)], check=True, stdout=subprocess.DEVNULL
        )  # fmt: skip
    root = place / f"try-{suite}"
    shutil.rmtree(root, ignore_errors=True)
    subprocess.run(["cp", "-a", str(base), str(root)], check=True)
    (place / "cache").mkdir(exist_ok=True)
    os.chown(place / "cache", USER, USER)
    (root / "cache").mkdir()
    for name in _FILES:
        if Path("/", name).exists():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(Path("/", name), root / name)
    for path in Path("/etc/apt/apt.conf.d").glob("*"):
        if "Check" in path.read_text("utf-8", errors="replace") or "Proxy" in path.read_text("utf-8", errors="replace"):
            shutil.copy(path, root / "etc/apt/apt.conf.d" / path.name)
    (root / "etc/dpkg/dpkg.cfg.d/fast").write_text("force-unsafe-io\n")  # it is thrown away, whatever the disk does
    debian = BareDebian(suite, root)
    line = (
        f"groupadd -g {USER} user && useradd -m -u {USER} -g {USER} user && apt-get update -qq"
        " && apt-get install -y -qq --no-install-recommends python3 ca-certificates >/dev/null"
    )
    made = debian.run(line, admin=True)
    if made.code:
        sys.exit(f"Python could not be installed in {SUITES[suite]}:\n{made.text}")
    shutil.copy(CERTIFICATES, root / CERTIFICATES.relative_to("/"))  # the package has replaced this machine's own
    clone(root / "home/user/byom-gui")
    try:
        yield debian
    finally:
        shutil.rmtree(root, ignore_errors=True)


def clone(target: Path) -> None:
    """A copy of the committed files, owned by the user."""
    target.mkdir()
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True).stdout
    subprocess.run(["tar", "-x", "-C", str(target)], input=archive, check=True)
    subprocess.run(["chown", "-R", f"{USER}:{USER}", str(target)], check=True)


def printed_command(text: str) -> str:
    """The one command that dev.py printed; empty where it printed none, or several."""
    found = [line.strip() for line in text.splitlines() if line.startswith("  ")]
    return found[0] if len(found) == 1 else ""


def readme_command(debian: BareDebian, words: str, holds: Callable[[Said], str]) -> float:
    """A command of README: it prints one command, root runs that, and then it works; the seconds that it took."""
    line = f"cd byom-gui && python3 dev.py {words}"
    first = debian.run(line)
    command = printed_command(first.text)
    short = "" if first.code and first.clear and command else "it did not end with one command to run"
    debian.note(f"`dev.py {words}` without the system packages", "as a user without sudo", first, short)
    if command:
        done = debian.run(command, admin=True)
        debian.note("the printed command", "as root", done, "it failed" if done.code else "")
    begin = time.monotonic()
    second = debian.run(line)
    seconds = time.monotonic() - begin
    if holds(second):
        print(second.text[-20_000:], flush=True)
    debian.note(f"`dev.py {words}` after the printed command", "as a user without sudo", second, holds(second))
    return seconds


def demo_holds(said: Said) -> str:
    """Why the offscreen demo fell short, or nothing."""
    return "" if said.code == 0 and said.clear and "byom-gui" in said.text.splitlines()[-1] else "it did not end well"


def tests_hold(said: Said) -> str:
    """Why the tests fell short, or nothing."""
    return "" if said.code == 0 and " passed" in said.text else "tests failed"


def interrupted(debian: BareDebian, whole: float, chance: random.Random) -> None:
    """Set-ups that were killed, deprived of pip or of the network: the next run has to recover by itself.

    Args:
        whole: the seconds that one took that nobody interrupted.
    """
    moments = sorted(chance.uniform(0.3, whole * 0.9) for _ in range(KILLS))
    debian.run("rm -rf byom-gui/.venv")
    for moment in moments:
        process = debian.start(DEMO)
        time.sleep(moment)
        kill(process)
        process.communicate()
    said = debian.run(DEMO)
    when = ", ".join(f"{moment:.1f}" for moment in moments)
    tried = f"kill -9 after {when} s, one after the other; then {AGAIN}"
    debian.note("set-up killed", tried, said, demo_holds(said), KILLS)
    damaged(debian, "`.venv` without pip", "cd byom-gui && rm -rf .venv && python3 -m venv --without-pip .venv")
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "1", "PIP_NO_CACHE_DIR": "1"}
    said = debian.run(f"rm -rf byom-gui/.venv; {DEMO}", nowhere)
    blamed = said.code == 1 and "No package index could be reached" in said.text
    debian.note("no network", "an index at a closed port", said, "" if blamed else "not said")
    said = debian.run(DEMO)
    debian.note("network back", f"then {AGAIN}", said, demo_holds(said))


def damaged(debian: BareDebian, name: str, damage: str, line: str = DEMO) -> None:
    """The demo after its environment was damaged."""
    made = debian.run(damage)
    said = debian.run(line) if made.code == 0 else made
    debian.note(name, f"then {AGAIN}", said, demo_holds(said))


def damages(debian: BareDebian) -> None:
    """Environments that were finished once, and are not what they were."""
    first = debian.run(DEMO)
    debian.run(printed_command(first.text) or "false", admin=True)
    debian.run(DEMO)
    half = "rm .venv/*.stamp && rm -r .venv/lib/python3*/site-packages/PySide6/*.so"
    damaged(debian, "half a package, set-up unfinished", f"cd byom-gui && {half}")
    links = "ln -sf /usr/bin/python3.0 .venv/bin/python && ln -sf python .venv/bin/python3"
    damaged(debian, "Python removed underneath", f"cd byom-gui && {links}")
    damaged(debian, "`.venv` moved", "mv byom-gui/.venv venv", f"export BYOM_VENV=$HOME/venv; {DEMO}")
    damaged(debian, "clone moved, `.venv` in it", "mv venv byom-gui/.venv && mv byom-gui moved",
            DEMO.replace("cd byom-gui", "cd moved"))  # fmt: skip


def installed(debian: BareDebian) -> None:
    """README's ways to install, on a Debian without Qt's system libraries; each command ends with a sentence."""
    plain = debian.run("cd byom-gui && python3 -m pip install . ")
    debian.note("`pip install .`", "outside any environment: README does not ask for it", plain)
    done = debian.run("apt-get install -y -qq --no-install-recommends pipx python3-venv >/dev/null", admin=True)
    pin = {"PIP_CONSTRAINT": "/home/user/byom-gui/constraints.txt"}
    said = debian.run("cd byom-gui && pipx install .", pin) if not done.code else done
    debian.note("`pipx install .`", "as a user", said, "" if said.code == 0 else "it failed")
    uv = "python3 -m venv uv && uv/bin/pip install -q uv && cd byom-gui && ../uv/bin/uv tool install --force ."
    said = debian.run(f"{uv} && ls -l ~/.local/bin/byom-gui", {"UV_CACHE_DIR": "/cache/uv", **index_of_pip()})
    debian.note("`uv tool install .`", "as a user", said, "" if said.code == 0 else "it failed")
    sentences: Mapping[str, tuple[str, Mapping[str, str], int]] = {
        "the window": ("byom-gui", {"DISPLAY": ":99"}, 2),
        "`demo --headless`": ("byom-gui demo --headless", {}, 2),
    }
    for name, (words, more, code) in sentences.items():
        said = debian.run(words, more)
        good = said.code == code and said.clear and "apt-get install" in said.text
        debian.note(f"{name} without Qt's libraries", "one sentence with the packages", said, "" if good else "no")
    said = debian.run(
        "byom-gui serve --port 0 >url 2>/dev/null & until [ -s url ]; do sleep 1; done; "
        'byom-gui infer "$(head -n 1 url)" byom-gui/resources/samples --out out; code=$?; kill $!; '
        "ls out; wc -l <out/answers.jsonl; exit $code"
    )
    images = len(list((ROOT / "resources" / "samples").glob("*.[pj]*g")))
    good = said.code == 0 and said.clear and said.text.strip().endswith(str(images)) and "No overlays" in said.text
    debian.note("`infer` without Qt's libraries", "all answers, and why there are no overlays", said,
                "" if good else "answers are missing")  # fmt: skip
    display(debian)


def display(debian: BareDebian) -> None:
    """A display that does not answer, with and without Qt's libraries for it."""
    words = " ".join(dict.fromkeys(names[0] for names in OFFSCREEN.values()))
    debian.run(f"apt-get install -y -qq --no-install-recommends {words} >/dev/null", admin=True)
    said = debian.run("byom-gui", {"DISPLAY": ":99"})
    good = said.code == 2 and said.clear and "libxcb-cursor0" in said.text
    debian.note("the window without libxcb-cursor0", "one sentence with the packages", said, "" if good else "no")
    command = re.search(r"apt-get update.*", said.text)
    done = debian.run(command.group() if command else "false", admin=True)
    said = debian.run("byom-gui", {"DISPLAY": ":99"}) if not done.code else done
    good = said.code == 2 and said.clear and "no X server" in said.text
    debian.note("the window on a dead display", "after the printed command", said, "" if good else "no")


def index_of_pip() -> dict[str, str]:
    """The index that pip is set to on this machine, for uv, which does not read pip's settings."""
    command = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    found = os.environ.get("PIP_INDEX_URL") or subprocess.run(command, capture_output=True, text=True).stdout.strip()
    return {"UV_NATIVE_TLS": "1", **({"UV_DEFAULT_INDEX": found} if found else {})}


def main() -> int:
    """Runs what is asked for, and writes the page; 1 where something fell short."""
    parser = argparse.ArgumentParser(prog="dev.py first", description=__doc__)
    parser.add_argument("suite", nargs="*", help=f"of {', '.join(SUITES)}; all where none is named")
    parser.add_argument("--place", type=Path, help="keeps the bare Debians there, so that they are made once")
    parser.add_argument("--part", choices=PARTS, action="append", help="only this part")
    arguments = parser.parse_args()
    unknown = [suite for suite in arguments.suite if suite not in SUITES]
    if unknown:
        parser.error(f"There is no suite {unknown[0]}. There are: {', '.join(SUITES)}.")
    if os.geteuid() != 0 or not shutil.which("debootstrap"):
        parser.error("This needs root and debootstrap.")
    short = False
    with tempfile.TemporaryDirectory(prefix="byom-first-") as scratch:
        place = arguments.place or Path(scratch)
        place.chmod(0o755)
        for suite in arguments.suite or SUITES:
            for part in arguments.part or PARTS:
                fresh = walk(suite, part, place)
                rows = {**load(RECORD), f"{suite} {part}": fresh}
                keep(dict(sorted(rows.items(), key=lambda each: list(SUITES).index(each[0].split()[0]))), RECORD)
                write_page(load(RECORD))
                short |= any(row.short for row in fresh)
    return int(short)


def walk(suite: str, part: str, place: Path) -> list[Row]:
    """One part in one Debian."""
    with bare_debian(suite, place) as debian:
        if part == "demo":
            whole = readme_command(debian, "demo --headless", demo_holds)
            interrupted(debian, whole, random.Random(f"{SEED} {suite}"))
        elif part == "damage":
            damages(debian)
        elif part == "test":
            readme_command(debian, "test", tests_hold)
        else:
            installed(debian)
        return debian.rows


def write_page(rows: Mapping[str, list[Row]]) -> None:
    """The table of the page; the words above it are written by people."""
    above = PAGE.read_text("utf-8").partition(HEADING)[0]
    lines = [f"{HEADING}", "| where | how | times | what happened |", "|---|---|---:|---|"]
    for row in (row for each in rows.values() for row in each):
        happened = f"{row.happened}. **Fell short:** {row.short}" if row.short else row.happened
        cells = (row.line, row.tried, f"{row.times}", happened)
        lines.append("| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |")
    PAGE.write_text(above + "\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
