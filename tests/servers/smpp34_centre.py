"""The message centre of somebody else: the package ``smpp34``, which only the environment of the peers holds.

Run as a program with a port. It takes every message and sends a receipt for those that ask for one to whoever listens;
numbers that end in 58 are throttled, and those that end in 11 do not exist. What it took it writes down, a line each.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

THROTTLED, INVALID_DESTINATION = 0x58, 0x0B
REFUSED = {"58": THROTTLED, "11": INVALID_DESTINATION}


async def centre(port: int) -> None:
    import smpp34  # of the peers' environment

    server = smpp34.Server(host="127.0.0.1", port=port, system_id="AJENO")
    await server.start()
    sessions, receipts, numbers, told = {}, [], count(1), set()
    while True:
        event = await server.next()
        if isinstance(event, smpp34.Esme):
            sessions[event.session_id] = event
        elif isinstance(event, smpp34.Unbound):
            sessions.pop(event.session_id, None)
        elif status := REFUSED.get(event.destination_addr[-2:]):
            event.reject(status)
        else:
            number = f"ajeno-{next(numbers)}"
            write_down(event, number)
            event.accept(message_id=number)
            if event.registered_delivery:
                receipts.append((event.destination_addr, number))
        for session in [session for session in sessions.values() if session.can_receive]:
            while receipts:  # each waits for its own answer, while the others go on
                told.add(asyncio.create_task(deliver(session, *receipts.pop(0))))


async def deliver(session: Any, to: str, number: str) -> None:
    text = f"id:{number} sub:001 dlvrd:001 submit date:2611201800 done date:2611201801 stat:DELIVRD err:000"
    await session.deliver_sm("28282", text.encode(), source_addr=to, source_addr_ton=1, esm_class=0x04)


def write_down(event: Any, number: str) -> None:
    taken = {
        "number": number,
        "to": event.destination_addr,
        "sender": [event.source_addr_ton, event.source_addr_npi, event.source_addr],
        "esm_class": event.esm_class,
        "data_coding": event.data_coding,
        "message": event.short_message.hex(),
        "payload": "".join(tlv.value.hex() for tlv in event.tlvs if tlv.tag == 0x0424),
    }
    print(json.dumps(taken), flush=True)  # noqa: T201 - a program's output


@contextmanager
def smpp34_serving(folder: Path) -> Iterator[tuple[int, Path]]:
    """Its port, and the file of what it took."""
    from servers.command import eventually, free_port
    from servers.mastodon_mock import PEERS

    port, taken = free_port(), folder / "taken.jsonl"
    with taken.open("wb") as output:
        process = subprocess.Popen(
            [str(PEERS / "bin" / "python"), __file__, str(port)],
            stdout=output,
            env={"PATH": os.environ["PATH"]},
        )
    try:
        assert eventually(lambda: listens(port)), "smpp34 did not start."
        yield port, taken
    finally:
        process.terminate()
        process.wait()


def listens(port: int) -> bool:
    import socket

    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    asyncio.run(centre(int(sys.argv[1])))
