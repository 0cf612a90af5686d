"""The model's classes beside those of the V7 key's team, for ``classes --mapping``."""

from __future__ import annotations

from datetime import UTC, datetime

from byom_gui import __version__
from byom_gui.commands.common import environment, json_text, say, v7_key, write_text
from byom_gui.commands.register import exit_code
from byom_gui.core.cancel import CancelToken
from byom_gui.core.class_mapping import MATCH_WORDS, map_classes, mapping_json, open_rows
from byom_gui.core.classes import ClassList
from byom_gui.core.endpoint import SecretRef
from byom_gui.core.reconcile import rows
from byom_gui.core.registering import V7Error
from byom_gui.services import http
from byom_gui.services.secrets import SecretStore
from byom_gui.services.v7 import V7, v7_host
from byom_gui.services.wire import Options


def write_mapping(target: str, listed: ClassList, model: str, store: SecretStore, token: CancelToken) -> int:
    """Writes the mapping; 0 where every class has one of the team, 1 where not, 4 and 5 as ``register``."""
    host = v7_host(environment())
    key = v7_key(store, SecretRef("v7-key", host))
    client = V7(host, http.send, Options())
    try:
        team = client.token_info(key, token)
        known = client.team_classes(key, team.slug, token)
    except V7Error as error:
        say(error.sentence)
        return exit_code(error.kind)
    mapped = map_classes(rows(listed, None, (), known), known)
    for each in mapped:
        to = f" → {each.target.name}" if each.target else ""
        say(f"{MATCH_WORDS[each.match]}: {each.name}{to}. {each.problem}".strip())
    created = datetime.now(UTC).isoformat(timespec="seconds")
    made = mapping_json(mapped, team, str(host), model, created, f"byom-gui {__version__}")
    write_text(target, json_text(made))
    left = len(open_rows(mapped))
    say(f"{len(mapped) - left} of {len(mapped)} classes have one in the team {team.name}.")
    return 1 if left or not mapped else 0
