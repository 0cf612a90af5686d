"""The history of registrations, as the window asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from byom_gui.core.cancel import CancelToken
from byom_gui.core.endpoint import Origin
from byom_gui.core.ledger import Entry, Golden, Since
from byom_gui.core.preview import Preview, whole
from byom_gui.core.project import Settings
from byom_gui.ui.backend import LedgerBackend

if TYPE_CHECKING:
    from byom_gui.services.ledger import Ledger
    from byom_gui.services.model_server import ModelServer


def ledger_backend(
    server: Callable[[], ModelServer], agreed_part: Callable[[Origin, Settings], Settings]
) -> LedgerBackend:
    """The callables of the window; ``agreed_part`` leaves out what the user has not agreed to for an origin."""
    return LedgerBackend(
        lambda entry, previews: _ledger().keep_golden(entry, _golden(previews)),
        lambda entry, there: _ledger().settle(entry, there),
        lambda: _ledger().entries(),
        lambda id_: _ledger().forget(id_),
        lambda entry, settings, cancel, tell: _since(entry, server(), agreed_part, settings, cancel, tell),
    )


def _ledger() -> Ledger:
    # Imported when first asked: it brings the client and the image host, which no start needs.
    from byom_gui.services.ledger import Ledger

    return Ledger()


def _golden(previews: Iterable[Preview]) -> tuple[Golden, ...]:
    from byom_gui.services.ledger import golden_answers

    held = (each for each in previews if each.state == "done" and each.answered and each.ref.kind != "url")
    return golden_answers((each.ref.name, each.ref.place, whole(each).predictions) for each in held)


def _since(
    entry: Entry,
    server: ModelServer,
    agreed_part: Callable[[Origin, Settings], Settings],
    settings: Settings,
    cancel: CancelToken,
    tell: Callable[[int, int], None],
) -> Since:
    from byom_gui.services.ledger import since

    endpoint = entry.registration.endpoint
    if endpoint is not None:  # the settings are those of the open project, which may be for another server
        settings = agreed_part(endpoint.origin, settings)
    return since(entry, server, settings, cancel, tell)
