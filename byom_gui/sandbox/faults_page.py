"""``python -m byom_gui.sandbox.faults_page docs/faults.md`` writes the page of faults, from the faults themselves."""

from __future__ import annotations

import sys
from pathlib import Path

from byom_gui.core.diagnosis.catalogue import CATALOGUE
from byom_gui.sandbox.faults import FAULTS, NOT_OF_A_SERVER, words_of

_HEAD = """\
# Faults to simulate

`byom-gui serve --fault NAME` starts the built-in model server with one thing wrong, to see what the
diagnosis reports:

```
byom-gui serve --fault units.normalised
byom-gui check http://127.0.0.1:PORT/api/infer
```

A fault has the id of the finding that it should cause (`findings.md`) and, if there are several, a variant after a
colon. Some have a simpler alias. Join several with `+` for one server with all of them:
`--fault classes.form+confidence.percent`. `yolo` means normalized center boxes, which are two causes.
`@N` after a name starts the fault after N requests, as when a token expires or a limit is reached during a
check: `--fault auth.rejected@30`, `--fault http.server-error:cuda@21`, `--fault net.died@20`.

Servers with a TLS fault use `https://`; `--write-ca FILE` writes their certificate authority's certificate for
`check --ca FILE`, so that only the other faults remain.

This page is written by `python -m byom_gui.sandbox.faults_page docs/faults.md`.

| finding | `--fault` | what the server does |
|---|---|---|
"""
_SOUND = """
## Valid, but unusual
Nothing is wrong with these; a finding for one of them is a false alarm.

| `--fault` | what the server does |
|---|---|
"""
_REST = """
## Not caused by a server
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
