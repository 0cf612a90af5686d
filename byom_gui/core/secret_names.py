"""Which names of query values say that the value is a secret."""

from __future__ import annotations

import re

_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
_SECRET_WORDS = frozenset(
    [
        "access",
        "apikey",
        "auth",
        "authcode",
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
        "tkn",
        "tok",
        "token",
    ]
)
"""``code`` is the key of Azure Functions, ``sas`` and ``sig`` sign addresses in Azure Storage."""
_PLAIN_BESIDE = {
    "access": frozenset(["level", "mode", "type"]),
    "code": frozenset(
        [
            "area",
            "class",
            "color",
            "colour",
            "country",
            "currency",
            "error",
            "exit",
            "lang",
            "language",
            "page",
            "postal",
            "product",
            "region",
            "source",
            "status",
            "type",
            "zip",
        ]
    ),
    "key": frozenset(["frame", "frames", "point", "points", "word", "words"]),
}
"""Words next to which a word is no secret: ``country_code``, ``keyPoints``."""
_SECRET_ENDS = (
    "accesskey",
    "accesskeyid",
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
    "userkey",
    "credential",
    "credentials",
    "password",
    "passwd",
    "secret",
    "sessid",
    "sessionid",
    "signature",
    "token",
)


def is_secret_name(name: str) -> bool:
    """Whether a query value of this name is a secret: ``api_key``, ``accessToken``, ``X-Amz-Signature``, ``sig``."""
    words = [word.lower() for word in _WORDS.findall(name)]
    if any(word.endswith(_SECRET_ENDS) for word in words):
        return True
    return any(word in _SECRET_WORDS and _PLAIN_BESIDE.get(word, frozenset()).isdisjoint(words) for word in words)
