"""Never wrong, never silent: what was promised of responses, verdicts, secrets and registrations, point by point."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.torture.groups import Group, run_all
from benchmarks.torture.row import Row

GROUPS: tuple[Group, ...] = (
    (
        "1. what a server said is never altered",
        "passwords that are class names, numbers, JSON words and single letters: findings and every "
        "export compared byte by byte; "
        "secrets repeated in 16 forms at 5 places",
        (
            "tests/core/test_redact.py",
            "tests/core/test_unescape.py",
            "tests/core/test_masking.py",
            "tests/core/test_masked_answers.py",
            "tests/commands/test_secret_words.py",
            "tests/commands/test_query_values.py",
        ),
    ),
    (
        "2. a response belongs to its request",
        "8 kinds of interim response, 6 of surplus bytes, bodies where none belong, oversize, cancel, 48 "
        "calls from 6 threads",
        ("tests/services/test_http_belonging.py",),
    ),
    (
        "3. a verdict says what was really checked",
        "a server that dies, limits, expires or turns into a page, at each call of a check; redirects, "
        "greetings of other "
        "protocols, false encodings and lengths, drips, proxies; exit codes",
        (
            "tests/services/test_check_interrupted.py",
            "tests/services/test_call_gate.py",
            "tests/core/test_diagnosis_outage.py",
            "tests/services/test_http_blame.py",
            "tests/services/test_content_encoding.py",
            "tests/core/test_diagnosis_wire.py",
            "tests/core/test_protocols.py",
            "tests/commands/test_exit_codes.py",
        ),
    ),
    (
        "4. one bad file never stops the rest",
        "10 formats cut, flipped, overwritten and shortened; 15 types of exception, early and late; "
        "mixed folders; memory of 13 files "
        "in a process each",
        (
            "tests/services/test_decoding.py",
            "tests/core/test_file_kinds.py",
            "tests/core/test_png.py",
            "tests/services/test_images.py",
            "tests/commands/test_infer.py",
        ),
    ),
    (
        "5. class lists as people have them",
        "some 190 lists, refusals and odd files; names that cannot work; files of other tools",
        (
            "tests/core/test_class_formats.py",
            "tests/core/test_class_text.py",
            "tests/core/test_class_names.py",
            "tests/core/test_diagnosis_classes.py",
            "tests/core/test_reconcile.py",
            "tests/services/test_judging.py",
            "tests/commands/test_files.py",
            "tests/ui/test_class_files.py",
            "tests/ui/test_paste_dialog.py",
        ),
    ),
    (
        "6. a secret goes only where the user agreed",
        "a proxy that decrypts, with a CA of its own; the window, the services and 7 commands; spellings of interfaces",
        (
            "tests/e2e/test_consent.py",
            "tests/commands/test_consent.py",
            "tests/services/test_consents.py",
            "tests/core/test_consent.py",
            "tests/ui/test_trust_rows.py",
        ),
    ),
    (
        "7. a registration in flight leaves a trace",
        "INT, TERM and KILL at 12 moments; two processes, threads, window and command at once",
        ("tests/commands/test_in_flight.py", "tests/services/test_submission.py"),
    ),
    (
        "8. a keyring may take its time",
        "a Secret Service that never answers, answers late, or is dismissed: 13 forms of command and the window",
        ("tests/services/test_keyring_locked.py", "tests/services/test_secrets.py", "tests/e2e/test_keyring_waits.py"),
    ),
    (
        "9. files and processes",
        "devices, pipes, folders, NUL and long paths as input and output; closed, full and abandoned "
        "streams; umask 000; the written "
        "model server under 160 half-sent bodies and JSON bombs",
        (
            "tests/commands/test_special_files.py",
            "tests/commands/test_umask.py",
            "tests/services/test_private.py",
            "tests/services/test_scaffold_server.py",
        ),
    ),
    (
        "10. tests that would have seen it",
        "redirects from https to http, a ping that meets 401 and 403; docs/mutants.md has the share of "
        "small faults that the tests notice",
        ("tests/services/test_http.py", "tests/services/test_pinging.py", "tests/benchmarks/test_mutants.py"),
    ),
    (
        "11. the first minute on any machine",
        "package managers, kills at each step of the set-up, damage, missing libraries, dead displays; "
        "docs/platforms.md has the bare systems",
        ("tests/benchmarks/test_dev.py", "tests/commands/test_setup.py"),
    ),
)


def run(say: Callable[[str], None]) -> list[Row]:
    """A row for each point."""
    return run_all(GROUPS, say)
