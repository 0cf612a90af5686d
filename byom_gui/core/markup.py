"""Text from outside, as XML and HTML may hold it."""

from __future__ import annotations

import re
from html import escape

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml(text: str) -> str:
    """Escaped text, without the characters that no XML may hold."""
    return escape(_NOT_XML.sub("?", text), quote=False)


def attribute(text: str) -> str:
    """The same as the value of an attribute, with its quotes."""
    # It brings the whole of urllib.request, and only a report needs it.
    from xml.sax.saxutils import quoteattr

    return quoteattr(_NOT_XML.sub("?", text))
