"""Secrets, untrusted text, untrusted files, and the host that lends images."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.torture.groups import Group, run_all
from benchmarks.torture.row import Row

GROUPS: tuple[Group, ...] = (
    ("secrets in the window", "every feature and failure, servers that gossip, a hostile netrc, a project changed "
     "to lead elsewhere; files, kept answers, clipboard and servers searched in seven spellings",
     ("tests/e2e/test_secrets_stay.py",)),
    ("secrets in the commands", "a whole script with all secrets on", ("tests/e2e/test_script.py",)),
    ("scrubbing", "plain, base64, Basic pairs, percent-encoded", ("tests/core/test_redact.py",)),
    ("the image host", "tokens, expiry, no listing, no traversal, methods", ("tests/services/test_image_host.py",)),
    ("untrusted text in the window", "markup in classes, answers, errors, file names and project: every label, text "
     "and tool-tip of every view looked at", ("tests/e2e/test_untrusted_text.py",)),
    ("untrusted text in reports", "markup, NUL, terminal escapes, half characters",
     ("tests/core/test_report.py", "tests/core/test_report_pictures.py")),
    ("untrusted text in exports and on terminals", "formulas in CSV; escapes in names",
     ("tests/core/test_pre_labels.py", "tests/commands/test_check.py", "-k", "formula or terminal or escape or nasty")),
    ("project files", "secrets refused, damage told with its place, nothing sent or read on opening",
     ("tests/core/test_project.py", "tests/services/test_files.py", "tests/ui/test_projects.py")),
)  # fmt: skip


def run(say: Callable[[str], None]) -> list[Row]:
    """All rows of this part."""
    return run_all(GROUPS, say)
