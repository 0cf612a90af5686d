"""Which names of query values say that the value is a secret."""

from __future__ import annotations

import re

_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
_SECRET_WORDS = frozenset(
    [
        "access",
        "apikey",
        "auth",
        "authorization",
        "bearer",
        "code",
        "cookie",
        "cred",
        "creds",
        "credential",
        "credentials",
        "hmac",
        "jwt",
        "key",
        "otp",
        "pass",
        "passcode",
        "passphrase",
        "passwd",
        "password",
        "pw",
        "pwd",
        "sas",
        "secret",
        "session",
        "sessionid",
        "sid",
        "sig",
        "sign",
        "signature",
        "token",
    ]
)
"""``code`` is the key of Azure Functions, ``sas`` and ``sig`` sign addresses in Azure Storage."""
_SECRET_ENDS = (
    "accesskey",
    "apikey",
    "appkey",
    "authkey",
    "clientkey",
    "functionkey",
    "licensekey",
    "privatekey",
    "secretkey",
    "sharedkey",
    "subscriptionkey",
    "credential",
    "credentials",
    "password",
    "passwd",
    "secret",
    "signature",
    "token",
)


def is_secret_name(name: str) -> bool:
    """Whether a query value of this name is a secret: ``api_key``, ``accessToken``, ``X-Amz-Signature``, ``sig``."""
    words = [word.lower() for word in _WORDS.findall(name)]
    return not _SECRET_WORDS.isdisjoint(words) or any(word.endswith(_SECRET_ENDS) for word in words)
