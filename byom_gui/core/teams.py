"""The teams whose keys were given: which V7, which team, whether it is for staging or production. No key is here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from byom_gui.core.endpoint import Origin, SecretRef

FORMAT = "byom-teams/1"
Environment = Literal["", "staging", "production"]
ENVIRONMENTS: tuple[Environment, ...] = ("", "staging", "production")
WORDS: dict[Environment, str] = {"": "no label", "staging": "staging", "production": "production"}


@dataclass(frozen=True, slots=True)
class KnownTeam:
    """A team of a V7 host, with a key of its own in the keyring."""

    host: str
    slug: str
    name: str
    environment: Environment = ""

    @property
    def title(self) -> str:
        """Its name, and what it is for, in words."""
        return f"{self.name} · {self.environment}" if self.environment else self.name


def team_ref(host: Origin, slug: str) -> SecretRef:
    """Where the key of one team is kept, beside the key that is in use."""
    return SecretRef("v7-key", host, slug)


def put(teams: Sequence[KnownTeam], team: KnownTeam) -> tuple[KnownTeam, ...]:
    """With this team; one that is there keeps its label and its place."""
    known = find(teams, team.host, team.slug)
    if known is None:
        return (*teams, team)
    newer = replace(team, environment=team.environment or known.environment)
    return tuple(newer if each is known else each for each in teams)


def drop(teams: Sequence[KnownTeam], host: str, slug: str) -> tuple[KnownTeam, ...]:
    """Without this team."""
    return tuple(each for each in teams if (each.host, each.slug) != (host, slug))


def label(teams: Sequence[KnownTeam], host: str, slug: str, environment: Environment) -> tuple[KnownTeam, ...]:
    """With another label for this team."""
    return tuple(
        replace(each, environment=environment) if (each.host, each.slug) == (host, slug) else each for each in teams
    )


def find(teams: Iterable[KnownTeam], host: str, slug: str) -> KnownTeam | None:
    """The team, None where it is not known."""
    return next((each for each in teams if (each.host, each.slug) == (host, slug)), None)


def teams_to_json(teams: Iterable[KnownTeam]) -> dict[str, Any]:
    """The JSON form."""
    rows = [{"host": one.host, "slug": one.slug, "name": one.name, "environment": one.environment} for one in teams]
    return {"format": FORMAT, "teams": rows}


def teams_from_json(value: Any) -> tuple[KnownTeam, ...]:
    """The teams of a file; what is of another form is left out."""
    rows = value.get("teams") if isinstance(value, dict) and value.get("format") == FORMAT else None
    found: tuple[KnownTeam, ...] = ()
    for row in rows if isinstance(rows, list) else []:
        texts = [row.get(key) for key in ("host", "slug", "name")] if isinstance(row, dict) else [None]
        if all(isinstance(text, str) and text for text in texts):
            said = row.get("environment")
            environment = cast(Environment, said) if said in ENVIRONMENTS else ""
            host, slug, name = (str(text) for text in texts)
            found = put(found, KnownTeam(host, slug, name, environment))
    return found
