"""The teams of the V7 stand-in: each with a key of its own, what that key may do, and what the team holds."""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from byom_gui.core.errors import InputError

TEAM_ID = 4182
TEAM_SLUG = "practice"
TEAM_NAME = "Practice team"
RIGHTS = ("classes", "models")
"""What a key may change: the annotation classes, the registered models. Reading is always allowed."""


def fresh_key() -> str:
    """A key of the look that V7's keys have: seven characters, a dot, 32 more."""
    letters = string.ascii_letters + string.digits
    first, second = ("".join(secrets.choice(letters) for _ in range(count)) for count in (7, 32))
    return f"{first}.{second}"


@dataclass(slots=True)
class Team:
    """One team.

    Args:
        key: the one key that belongs to it; a fresh one where none is given.
        rights: of ``RIGHTS``.
    """

    slug: str = TEAM_SLUG
    name: str = TEAM_NAME
    id: int = TEAM_ID
    key: str = field(default_factory=fresh_key, repr=False)
    rights: tuple[str, ...] = RIGHTS
    models: list[dict[str, Any]] = field(default_factory=list)
    classes: list[dict[str, Any]] = field(default_factory=list)


def teams_named(words: Iterable[str], key: str) -> list[Team]:
    """Teams as ``sandbox --team`` names them: ``SLUG``, or ``SLUG:read`` for a key that may only read.

    Args:
        key: the first team's; empty makes a fresh one.

    Raises:
        InputError: a slug twice, none, or an unknown right.
    """
    made: list[Team] = []
    for number, word in enumerate(words):
        slug, colon, right = word.partition(":")
        if not slug or any(team.slug == slug for team in made):
            raise InputError(f"“{word}” is no team, or is named twice. Give each a slug of its own.", where="team")
        if colon and right not in ("read", *RIGHTS):
            raise InputError(f"“{right}” is no right. Give read, classes or models.", where="team")
        rights = RIGHTS if not colon else () if right == "read" else (right,)
        name = TEAM_NAME if slug == TEAM_SLUG else slug.replace("-", " ").capitalize()
        given = key if key and not number else fresh_key()
        made.append(Team(slug, name, TEAM_ID + number, given, rights))
    return made or [Team(key=key or fresh_key())]
