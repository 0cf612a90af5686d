"""``python -m byom_gui.sandbox.faults_page docs/faults.md`` writes the page of faults, from the faults themselves."""

from __future__ import annotations

import sys
from pathlib import Path

from byom_gui.core.diagnosis.catalogue import CATALOGUE
from byom_gui.sandbox.faults import FAULTS, NOT_OF_A_SERVER, words_of

_HEAD = """\
# Faults to rehearse with

`byom-gui serve --fault NAME` starts the built-in model server with one thing wrong, to see what the
diagnosis makes of it:

```
byom-gui serve --fault units.normalised
byom-gui check http://127.0.0.1:PORT/api/infer
```

A fault has the id of the finding that it should bring (`findings.md`), and where there are several, a variant behind a
colon. Some have a plainer word as well. Several joined by `+` are one server with all of them:
`--fault classes.form+confidence.percent`. `yolo` stands for normalised centre boxes, which are two causes.
`@N` after a name lets a fault begin after N requests, as when a token expires or a limit is reached in the middle of a
check: `--fault auth.rejected@30`, `--fault http.server-error:cuda@21`, `--fault net.died@20`.

Servers with a fault of TLS answer at `https://`; `--write-ca FILE` leaves the certificate of their authority for
`check --ca FILE`, so that what is wrong besides the authority can be seen alone.

This page is written by `python -m byom_gui.sandbox.faults_page docs/faults.md`.

| finding | `--fault` | what the server does |
|---|---|---|
"""
_SOUND = """
## Sound, and a little odd
Nothing is wrong with these; a finding that one of them brings would be a false alarm.

| `--fault` | what the server does |
|---|---|
"""
_REST = """
## Not of a server
| finding | how to see it |
|---|---|
"""


def page() -> str:
    """The page as Markdown: the ids in the order of the catalogue, each with its faults."""
    rows = [
        f"| `{id}` | {_names(name)} | {fault.does} |\n"
        for id in CATALOGUE
        for name, fault in FAULTS.items()
        if fault.id == id
    ]
    rest = [f"| `{id}` | {why} |\n" for id, why in NOT_OF_A_SERVER.items()]
    sound = [f"| {_names(name)} | {fault.does} |\n" for name, fault in FAULTS.items() if not fault.ids]
    return "".join((_HEAD, *rows, _SOUND, *sound, _REST, *rest))


def _names(name: str) -> str:
    return ", ".join(f"`{each}`" for each in (name, *words_of(FAULTS[name])))


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8", newline="\n")
