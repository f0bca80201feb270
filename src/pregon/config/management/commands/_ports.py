"""Where the commands that open a port find their default."""

from __future__ import annotations

from argparse import ArgumentParser
from urllib.parse import urlsplit

from django.conf import settings

LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 8000


def add_port(parser: ArgumentParser) -> None:
    """``--host`` and ``--port``; the port of the office's own address where it names one."""
    address = urlsplit(settings.BASE_URL)
    parser.add_argument("--host", default=LOOPBACK, help="dirección en la que escucha (127.0.0.1)")
    parser.add_argument(
        "--port", type=int, default=address.port or DEFAULT_PORT, help="puerto en el que escucha (8000)"
    )
