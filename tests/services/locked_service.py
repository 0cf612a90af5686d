"""A Secret Service whose one collection is locked, and whose prompt nobody answers. Run on a session bus of its own.

It prints a line once it has its name, then each call's member. ``Dismissed`` as an argument ends each prompt at once.
"""

from __future__ import annotations

import sys
from typing import Any

from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_error, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection

COLLECTION = "/org/freedesktop/secrets/collection/desk"
PROMPT = "/org/freedesktop/secrets/prompt/p7"
PROPERTIES: dict[str, tuple[str, Any]] = {
    "Locked": ("b", True),
    "Label": ("s", "Desk"),
    "Collections": ("ao", [COLLECTION]),
    "Items": ("ao", []),
}


def reply(call: Message) -> Message:
    """What the service says to a call."""
    member, path = call.header.fields.get(HeaderFields.member), call.header.fields.get(HeaderFields.path)
    if member == "Get" and call.body[1] in PROPERTIES:
        return new_method_return(call, "v", (PROPERTIES[call.body[1]],))
    if member == "OpenSession" and call.body[0] == "plain":
        return new_method_return(call, "vo", (("s", ""), "/org/freedesktop/secrets/session/s1"))
    if member == "ReadAlias":
        return new_method_return(call, "o", (COLLECTION,))
    if member == "Unlock":
        return new_method_return(call, "aoo", ([], PROMPT))
    if member == "Prompt":
        return new_method_return(call)
    if member == "SearchItems":
        return new_method_return(call, "ao", ([],)) if path == COLLECTION else new_method_return(call, "aoao", ([], []))
    return new_error(call, "org.freedesktop.DBus.Error.UnknownMethod", "s", (f"no {member}",))


def main() -> None:
    """Answers until its bus ends."""
    connection = open_dbus_connection(bus="SESSION")
    connection.send_and_get_reply(message_bus.RequestName("org.freedesktop.secrets"))
    print("ready", flush=True)
    while True:
        call = connection.receive()
        if call.header.message_type is not MessageType.method_call:
            continue
        connection.send(reply(call))
        member = call.header.fields.get(HeaderFields.member)
        print(member, flush=True)
        if member == "Prompt" and "Dismissed" in sys.argv:
            prompt = DBusAddress(PROMPT, interface="org.freedesktop.Secret.Prompt")
            connection.send(new_signal(prompt, "Completed", "bv", (True, ("ao", []))))


if __name__ == "__main__":
    main()
