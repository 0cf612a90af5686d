"""The teams whose keys were given, as the window asks for them. Keys stay in here and in the keyring."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from byom_gui.core.cancel import CancelToken
from byom_gui.core.endpoint import Origin, SecretPlace, SecretRef, parse_address
from byom_gui.core.errors import InputError
from byom_gui.core.ledger import Entry, now
from byom_gui.core.profile import ApiProfile, plan_request
from byom_gui.core.quoting import quoted
from byom_gui.core.registering import RegisterOutcome, TeamInfo
from byom_gui.core.registration import Registration
from byom_gui.core.teams import Environment, KnownTeam, drop, label, put, team_ref
from byom_gui.ui.backend import TeamsBackend

if TYPE_CHECKING:
    from byom_gui.app.world import World


def teams_backend(world: World) -> TeamsBackend:
    """The callables of the window."""
    return TeamsBackend(
        _known,
        lambda team: _remember(world, team),
        _set_label,
        lambda team: _forget(world, team),
        lambda team: _use(world, team),
        lambda team: world.secrets.place(_ref(team)),
        lambda team, registration, profile, cancel: _register(world, team, registration, profile, cancel),
    )


def _origin(team: KnownTeam) -> Origin:
    return parse_address(team.host).address.origin


def _ref(team: KnownTeam) -> SecretRef:
    return team_ref(_origin(team), team.slug)


def _known() -> tuple[KnownTeam, ...]:
    from byom_gui.services.stores import load_teams

    return load_teams()


def _remember(world: World, team: TeamInfo) -> None:
    """Keeps the key in use as the team's own, too; the stand-in of practice is no team."""
    from byom_gui.services.stores import load_teams, save_teams

    ref = world.key_ref()
    key = None if world.practising else world.secrets.get(ref)
    if not key:
        return
    host = str(ref.origin)
    own = team_ref(ref.origin, team.slug)
    if world.secrets.get(own) != key:
        world.secrets.set(own, key)
    teams = load_teams()
    kept = put(teams, KnownTeam(host, team.slug, team.name))
    if kept != teams:
        save_teams(kept)


def _set_label(team: KnownTeam, environment: Environment) -> None:
    from byom_gui.services.stores import load_teams, save_teams

    save_teams(label(load_teams(), team.host, team.slug, environment))


def _forget(world: World, team: KnownTeam) -> None:
    from byom_gui.services.stores import load_teams, save_teams

    world.secrets.forget(_ref(team))
    save_teams(drop(load_teams(), team.host, team.slug))


def _use(world: World, team: KnownTeam) -> SecretPlace:
    """Makes the team's key the one in use."""
    return world.secrets.set(world.key_ref(), _key(world, team))


def _key(world: World, team: KnownTeam) -> str:
    if _origin(team) != world.v7_host():
        raise InputError(
            f"{quoted(team.name)} is a team of {team.host}, but V7's address is now {world.v7_host()}.", where="team"
        )
    key = world.secrets.get(_ref(team))
    if not key and world.secrets.unreadable:
        raise InputError(
            f"The key of {quoted(team.name)} could not be read: {world.secrets.unreadable}. "
            "Unlock your keyring and try again.",
            where="team",
        )
    if not key:
        raise InputError(
            f"The key of {quoted(team.name)} is no longer stored. Enter it again under Team.", where="team"
        )
    return key


def _register(
    world: World, team: KnownTeam, registration: Registration, profile: ApiProfile, cancel: CancelToken
) -> RegisterOutcome:
    from byom_gui.services.submission import submit

    started = time.time()
    key = _key(world, team)
    v7 = world.v7()
    info = v7.token_info(key, cancel)
    if info.slug != team.slug:
        raise InputError(
            f"The key now belongs to the team {quoted(info.slug)}, not to {quoted(team.slug)}.", where="team"
        )
    request = plan_request(profile, registration, info, v7.host)
    return submit(
        Entry(now(), team.host, team.slug, team.name, "unknown", registration),
        lambda: v7.register(request, world.secrets.get, key, cancel),
        started,
    )
