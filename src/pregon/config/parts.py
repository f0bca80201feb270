"""The parts of a running office, each a plain function that works until it is told to stop: the same whether
the supervisor forks it or a person starts it alone."""

from __future__ import annotations

import errno
import signal
import socket
import threading
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import timedelta
from types import FrameType
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from pregon.core.errors import NotSo
from pregon.core.stirring import Stirring
from pregon.core.work import Clock, Lane, Worker

LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 8000
BACKLOG = 1024
GOODBYE = timedelta(seconds=6)
#: How often an idle worker asks whether anything stirred.
LISTENING = timedelta(milliseconds=100)


class CannotListen(NotSo):
    """No se puede abrir el puerto: elige otro con --port."""


def ask_for_port(parser: ArgumentParser) -> None:
    """``--host`` and ``--port``; the port of the office's own address where it names one."""
    address = urlsplit(settings.BASE_URL)
    parser.add_argument("--host", default=LOOPBACK, help="dirección en la que escucha (127.0.0.1)")
    parser.add_argument(
        "--port", type=int, default=address.port or DEFAULT_PORT, help="puerto en el que escucha (8000)"
    )


def listen(host: str, port: int) -> socket.socket:
    """Take the port before anything else is prepared. Raises :class:`CannotListen`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as problem:
        if problem.errno == errno.EADDRINUSE:
            sentence = _("El puerto %(port)s ya está ocupado: cierra lo que lo usa o elige otro con --port.")
        else:
            sentence = _(
                "No se puede escuchar en %(host)s, puerto %(port)s: elige otros con --host y --port."
            )
        raise CannotListen(sentence % {"host": host, "port": port}) from problem


def serve(listening: socket.socket) -> None:
    """The site and the desk."""
    import uvicorn  # only this part needs a server

    from pregon.config.asgi import application, doors, views
    from pregon.config.serving import Server

    trusted = settings.PREGON_TRUSTED_PROXIES
    config = uvicorn.Config(
        application,
        http="httptools",
        loop="uvloop",
        lifespan="off",
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=bool(trusted),
        forwarded_allow_ips=trusted or None,
        backlog=BACKLOG,
        timeout_graceful_shutdown=int(GOODBYE.total_seconds()),
    )
    # Uvicorn raises the signal again once it has closed; by then there is nothing left to stop.
    on_stop(lambda: None)
    Server(config, doors).run(sockets=[listening])
    if views:
        views.flush()


def work(lane: Lane) -> None:
    """One lane: woken through the broker where the office has one, and listening to the database where not."""
    stop = until_told()
    if settings.PREGON_QUEUE_URL:
        from pregon.config import queueing  # needs Celery, which one machine does not

        queueing.serve(lane, stop)
    else:
        Worker(lane, timezone.now, LISTENING, Stirring()).run(stop)


def keep_time() -> None:
    """The clock."""
    Clock(timezone.now).run(until_told())


class Told(threading.Event):
    """An event that a signal may set while the same thread waits for it: a plain one is locked by whoever waits at
    that moment, and is never set."""

    def __init__(self) -> None:
        super().__init__()
        self._cond = threading.Condition(threading.RLock())


def until_told() -> threading.Event:
    stop = Told()
    on_stop(stop.set)
    return stop


def on_stop(react: Callable[[], None]) -> None:
    def told(number: int, frame: FrameType | None) -> None:
        react()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told)
