"""What the environment sets. Secrets come from there alone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Settings:
    """Where it listens, whom it answers, and how much it takes."""

    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 4
    basic_user: str = ""
    basic_password: str = field(default="", repr=False)
    secret_header: str = ""
    secret: str = field(default="", repr=False)
    max_body_bytes: int = 32 * MEGABYTE
    max_image_bytes: int = 24 * MEGABYTE
    max_pixels: int = 50_000_000
    fetch_seconds: float = 10.0
    allow_loopback: bool = False
    """Whether 'url' may lead to this machine. For trying it out only."""

    @property
    def asks_for_credentials(self) -> bool:
        """Whether a caller has to show a password or a secret."""
        return bool(self.basic_user or self.secret_header)

    @classmethod
    def from_environment(cls, values: Mapping[str, str] = os.environ) -> Settings:
        """Reads the environment.

        Raises:
            ValueError: half of a pair is missing, or a number is none. A server that seems
                to be locked and is not would be worse than one that does not start.
        """
        user, password = values.get("BASIC_USER", ""), values.get("BASIC_PASSWORD", "")
        header, secret = values.get("SECRET_HEADER", ""), values.get("SECRET", "")
        if bool(user) != bool(password):
            raise ValueError("Set BASIC_USER and BASIC_PASSWORD both, or neither.")
        if bool(header) != bool(secret):
            raise ValueError("Set SECRET_HEADER and SECRET both, or neither.")
        max_image_bytes = _number(values, "MAX_IMAGE_MB", 24) * MEGABYTE
        return cls(
            host=values.get("HOST", "127.0.0.1"),
            port=_number(values, "PORT", 8000),
            threads=_number(values, "THREADS", 4),
            basic_user=user,
            basic_password=password,
            secret_header=header,
            secret=secret,
            # base64 makes four bytes of three
            max_body_bytes=max_image_bytes * 4 // 3 + MEGABYTE,
            max_image_bytes=max_image_bytes,
            max_pixels=_number(values, "MAX_MEGAPIXELS", 50) * 1_000_000,
        )


def _number(values: Mapping[str, str], name: str, default: int) -> int:
    text = values.get(name, "") or str(default)
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise ValueError(f"{name} has to be a whole number from 1 to 65535.")
    return int(text)
