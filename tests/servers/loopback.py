"""No test leaves the machine: what it talks to is started by a fixture."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any


class LeftTheMachine(BaseException):
    """A connection to elsewhere. No handler of errors may take it for a server that is down."""


def stay_on_this_machine(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook of the interpreter: it hears of every connection before it is made."""
    if event != "socket.connect" or not isinstance(arguments[1], tuple):
        return
    host = arguments[1][0]
    if host != "localhost" and not ip_address(host.partition("%")[0]).is_loopback:
        msg = f"A test tried to connect to {host}."
        raise LeftTheMachine(msg)
