"""A registration: what V7 is told of a model. Its JSON form is ``byom-registration/1``; it holds no secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from byom_gui.core.classes import ClassList
from byom_gui.core.endpoint import Endpoint

FORMAT = "byom-registration/1"


@dataclass(frozen=True, slots=True)
class Registration:
    """Name, endpoint and classes. ``extra`` keeps unknown keys of a read file, so that they survive.

    ``created`` is an ISO 8601 time in UTC, ``tool`` names the program that wrote it.
    """

    name: str = ""
    endpoint: Endpoint | None = None
    classes: ClassList = ClassList()
    created: str = ""
    tool: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
