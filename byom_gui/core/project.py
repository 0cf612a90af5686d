"""A project: all that a user would save. Never a secret. Its JSON form is ``byom-project/1``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from byom_gui.core.image import ImageRef
from byom_gui.core.registration import Registration

FORMAT = "byom-project/1"
SUFFIX = ".byom.json"


@dataclass(frozen=True, slots=True)
class Settings:
    """How to call the server and how to show its answers. Times are seconds.

    ``proxy`` is an address without user or password, empty for none; it is bypassed for loopback.
    ``confidence`` hides predictions below it, 0 to 1. ``budget_ms`` of 0 means none given.
    ``override_reason``: why a blocking finding was overridden; empty where none was.
    """

    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    concurrency: int = 2
    way: str = "base64"
    ca_file: str = ""
    insecure: bool = False
    proxy: str = ""
    confidence: float = 0.0
    budget_ms: float = 0.0
    keep_answers: bool = True
    image_host_interface: str = "127.0.0.1"
    override_reason: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Project:
    """Registration, images and settings. ``extra`` keeps unknown keys of a read file."""

    registration: Registration = Registration()
    images: tuple[ImageRef, ...] = ()
    settings: Settings = Settings()
    extra: Mapping[str, Any] = field(default_factory=dict)
