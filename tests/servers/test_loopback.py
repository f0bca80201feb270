"""A test that reaches for the world fails; one that stays does not."""

from __future__ import annotations

import socket

import pytest

from servers.loopback import LeftTheMachine, stay_on_this_machine


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "10.0.0.1"])
def test_a_connection_to_elsewhere_is_refused(host: str) -> None:
    with pytest.raises(LeftTheMachine, match=host):
        stay_on_this_machine("socket.connect", (None, (host, 80)))


def test_the_hook_is_in_force() -> None:
    with socket.socket() as plug, pytest.raises(LeftTheMachine):
        plug.connect(("192.0.2.1", 9))


@pytest.mark.parametrize("address", [("127.0.0.1", 80), ("::1", 80), ("localhost", 80), "/tmp/socket"])
def test_this_machine_is_within_reach(address: object) -> None:
    stay_on_this_machine("socket.connect", (None, address))
