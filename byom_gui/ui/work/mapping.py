"""Where each class of the model goes in the team, as it is now: for the mapping view, and for what is exported."""

from __future__ import annotations

from collections.abc import Callable

from byom_gui.core.class_mapping import MappedClass, chosen_in, map_classes
from byom_gui.core.preview import count_seen
from byom_gui.core.reconcile import SeenClass, rows
from byom_gui.ui.session import Session
from byom_gui.ui.works import Works

MANY = 2000


def is_large(session: Session) -> bool:
    """Whether the reckoning takes so long that it belongs in a worker."""
    return len(session.classes) + len(session.team_classes or ()) >= MANY


def reckoning(works: Works) -> Callable[[], tuple[MappedClass, ...]]:
    """The work on what is so now, to be done anywhere; no class where the team's are not known."""
    session = works.session
    team, known = session.team, session.team_classes
    if team is None or known is None:
        return lambda: ()
    seen = [SeenClass(name, shape, count) for (name, shape), count in count_seen(session.previews.values()).items()]
    listed, served = session.classes, session.served_entries
    chosen = chosen_in(session.project, str(works.backend.v7.host()), team.slug)
    return lambda: map_classes(rows(listed, served, seen, known), known, chosen)
