"""The two ways in which V7 can say who it is: HTTP Basic, and a secret in a header. Both may be set."""

from __future__ import annotations

import hmac

from flask import Request

from server.settings import Settings


def may(request: Request, settings: Settings) -> bool:
    """Whether the caller has shown all that the settings ask for."""
    return _basic(request, settings) and _header(request, settings)


def _basic(request: Request, settings: Settings) -> bool:
    if not settings.basic_user:
        return True
    given = request.authorization
    if given is None or given.type != "basic":
        return False
    user = _same(given.username or "", settings.basic_user)
    return _same(given.password or "", settings.basic_password) and user


def _header(request: Request, settings: Settings) -> bool:
    if not settings.secret_header:
        return True
    return _same(request.headers.get(settings.secret_header, ""), settings.secret)


def _same(given: str, right: str) -> bool:
    """Takes as long for a wrong first letter as for a wrong last one."""
    return hmac.compare_digest(given.encode(), right.encode())
