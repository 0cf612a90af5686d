"""``byom-gui serve``: the built-in model server, correct or with a named fault."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from byom_gui.commands.common import cancel_on_interrupt, environment, port, say
from byom_gui.core.cancel import CancelToken
from byom_gui.core.errors import InputError
from byom_gui.services.files import atomic_write


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--port", type=port, default=0, metavar="N", help="port on loopback; 0 takes a free one")
    parser.add_argument("--fault", metavar="NAME", help="respond with this fault; join several with +")
    parser.add_argument("--list-faults", action="store_true", help="list the faults and exit")
    parser.add_argument(
        "--write-ca", metavar="FILE", help="with a TLS fault: write its certificate authority's certificate there"
    )
    parser.add_argument("--user", metavar="NAME", help="require HTTP Basic (password: BYOM_ENDPOINT_PASSWORD)")
    parser.add_argument("--secret-header", metavar="NAME", help="require a header (secret: BYOM_ENDPOINT_SECRET)")


def run(arguments: argparse.Namespace) -> int:
    """Serves until Ctrl+C or SIGTERM. The address is the only line on stdout."""
    from byom_gui.sandbox.faults import find_fault
    from byom_gui.sandbox.model_server import ModelServer

    if arguments.list_faults:
        _list_faults()
        return 0
    with ModelServer(
        port=arguments.port,
        fault=find_fault(arguments.fault) if arguments.fault else None,
        user=arguments.user or "",
        password=_secret(arguments.user, "BYOM_ENDPOINT_PASSWORD", "--user"),
        secret_header=arguments.secret_header or "",
        secret=_secret(arguments.secret_header, "BYOM_ENDPOINT_SECRET", "--secret-header"),
    ) as server:
        if arguments.write_ca:
            _write_ca(arguments.write_ca, server.ca_pem)
        print(server.url, flush=True)
        say("The built-in model server is running. Ctrl+C stops it.")
        wait(cancel_on_interrupt())
    return 0


def _list_faults() -> None:
    """One fault per line: its name, a tab, what it does."""
    from byom_gui.sandbox.faults import FAULTS, words_of

    for name, fault in FAULTS.items():
        also = f" (also: {', '.join(words_of(fault))})" if words_of(fault) else ""
        print(f"{name}\t{fault.does}{also}")


def _write_ca(file: str, pem: bytes) -> None:
    if not pem:
        raise InputError("--write-ca needs a TLS fault with a certificate, such as --fault tls.expired.")
    atomic_write(Path(file), pem)


def _secret(name: str | None, variable: str, option: str) -> str:
    if not name:
        return ""
    value = environment().get(variable, "")
    if not value:
        raise InputError(f"{option} needs a secret in {variable}.")
    return value


def wait(token: CancelToken) -> None:
    """Until Ctrl+C or SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: token.cancel())
    while not token.wait(0.5):
        pass  # in short turns: on Windows a signal is only seen between two waits
    print("Stopped.", file=sys.stderr)
