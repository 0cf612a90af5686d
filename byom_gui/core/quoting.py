"""Names from outside (classes, files, teams, hosts) in a sentence that people read, whatever their reading direction.

Not for exports, JSON or logs: there a name stays as it is.
"""

from __future__ import annotations

from byom_gui.core.class_names import visible


def isolated(name: object) -> str:
    """The name between U+2068 and U+2069, so that a right-to-left name does not turn the sentence around."""
    return f"\u2068{visible(str(name))}\u2069"


def quoted(name: object) -> str:
    """The name in quotation marks, isolated."""
    return f"“{isolated(name)}”"
