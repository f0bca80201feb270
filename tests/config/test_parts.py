from __future__ import annotations

import signal
import socket
from argparse import ArgumentParser

import pytest
from pytest_django import Settings

from pregon.config import parts


def test_a_taken_port_is_told_before_anything_is_prepared() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(parts.CannotListen) as refusal:
        parts.listen("127.0.0.1", taken.getsockname()[1])
    assert "ya está ocupado" in str(refusal.value)


def test_an_address_that_is_not_of_this_machine_is_told_too() -> None:
    with pytest.raises(parts.CannotListen) as refusal:
        parts.listen("192.0.2.1", 8000)
    assert (
        str(refusal.value)
        == "No se puede escuchar en 192.0.2.1, puerto 8000: elige otros con --host y --port."
    )


@pytest.mark.parametrize(
    ("address", "port"), [("http://localhost:8123", 8123), ("https://prensa.muestra.example", 8000)]
)
def test_the_port_is_that_of_the_offices_address(settings: Settings, address: str, port: int) -> None:
    settings.BASE_URL = address
    parser = ArgumentParser()
    parts.ask_for_port(parser)
    assert parser.parse_args([]).port == port


def test_a_part_stops_when_it_is_told() -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        stop = parts.until_told()
        early = stop.is_set()
        signal.raise_signal(signal.SIGTERM)
        assert (early, stop.is_set()) == (False, True)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_a_part_that_is_told_in_the_moment_in_which_it_looks_stops_all_the_same() -> None:
    """Signals meet a thread that does nothing but look; with a plain event some of them would never come back."""
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGVTALRM)
    before = {number: signal.getsignal(number) for number in numbers}
    told = 0
    try:
        while told < 200:
            stop = parts.until_told()
            signal.signal(signal.SIGVTALRM, lambda number, frame: signal.raise_signal(signal.SIGTERM))
            signal.setitimer(signal.ITIMER_VIRTUAL, 0.001)
            while not stop.is_set():
                stop.wait(0)
            told += 1
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        for number, reaction in before.items():
            signal.signal(number, reaction)
    assert told == 200
