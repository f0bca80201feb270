"""``pregon up``: everything in one command.

Django is loaded once, then the parts are forked from it and share its memory. A part that dies is started again;
when this process ends, however it ends, no part outlives it.
"""

from __future__ import annotations

import ctypes
import gc
import http.client
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import NoReturn, TextIO
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connections
from django.utils import timezone
from django.utils.translation import gettext as _

from pregon.config import parts
from pregon.core.files import write_atomically
from pregon.core.work import Lane

PATIENCE = timedelta(seconds=8)
SHORTEST_REST, LONGEST_REST = 0.5, 30.0
#: A part that lived this long was well: its next death is a first one again.
WELL = timedelta(minutes=1)
LOOK = 0.5
PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15
WATCHED = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT}

Part = Callable[[], None]


@dataclass(slots=True)
class Child:
    """One part and the process it runs in."""

    name: str
    part: Part
    pid: int = 0
    since: float = 0.0
    rest: float = 0.0
    again_at: float = 0.0


@dataclass(slots=True)
class Supervisor:
    """Keeps the parts running until it is told to stop."""

    parts: Mapping[str, Part]
    #: Runs beside the parts once, in a process of its own, and is not started again.
    greeting: Part | None = None
    children: list[Child] = field(default_factory=list)
    greeter: int = 0

    def run(self) -> None:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
        try:
            self.children = [Child(name, part) for name, part in self.parts.items()]
            for child in self.children:
                self.start(child)
            if self.greeting:
                self.greeter = fork("saludo", self.greeting)
            self.watch()
        finally:
            self.stop()
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def watch(self) -> None:
        while True:
            told = signal.sigtimedwait(WATCHED, LOOK)
            if told and told.si_signo != signal.SIGCHLD:
                return
            self.reap()
            now = time.monotonic()
            for child in self.children:
                if not child.pid and now >= child.again_at:
                    self.start(child)

    def start(self, child: Child) -> None:
        child.pid, child.since = fork(child.name, child.part), time.monotonic()
        mark = {"part": child.name, "pid": child.pid, "since": timezone.now().isoformat()}
        write_atomically(settings.HOME.run / f"{child.name}.json", json.dumps(mark).encode())

    def reap(self) -> None:
        """Take note of who ended, and when to start it again."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            for child in self.children:
                if child.pid == pid:
                    self.note_death(child, os.waitstatus_to_exitcode(status))

    def note_death(self, child: Child, code: int) -> None:
        lived = time.monotonic() - child.since
        child.rest = SHORTEST_REST if lived > WELL.total_seconds() or not child.rest else child.rest * 2
        child.rest = min(child.rest, LONGEST_REST)
        child.pid, child.again_at = 0, time.monotonic() + child.rest
        sentence = _("La parte «%(part)s» terminó (código %(code)s): se vuelve a encender en %(rest).1f s.")
        say(sentence % {"part": child.name, "code": code, "rest": child.rest}, to=sys.stderr)

    def stop(self) -> None:
        """End every part, gently first; nobody is left behind."""
        running = {child.pid for child in self.children if child.pid} | (
            {self.greeter} if self.greeter else set()
        )
        for pid in running:
            end(pid, signal.SIGTERM)
        until = time.monotonic() + PATIENCE.total_seconds()
        while running := {pid for pid in running if not gone(pid)}:
            if time.monotonic() > until:
                for pid in running:
                    end(pid, signal.SIGKILL)
            time.sleep(0.02)
        for child in self.children:
            (settings.HOME.run / f"{child.name}.json").unlink(missing_ok=True)


# --- Processes ----------------------------------------------------------------------------------------------


def fork(name: str, part: Part) -> int:
    """Run ``part`` in a process of its own that dies with this one."""
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        become_part(name, parent)
        part()
        code = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        leave(code)


def become_part(name: str, parent: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(PR_SET_NAME, f"pregon:{name.removeprefix('worker-')}".encode()[:15], 0, 0, 0)
    if os.getppid() != parent:  # it died before it could be watched
        leave(1)
    for number in WATCHED:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)


def leave(code: int) -> NoReturn:
    """End a child without the parent's farewells."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def end(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def gone(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True


# --- The whole ----------------------------------------------------------------------------------------------


def up(*, host: str, port: int) -> None:
    """Everything, until SIGTERM or Ctrl+C."""
    listening = parts.listen(host, port)
    warm()
    lanes = {f"worker-{lane.value}": partial(parts.work, lane) for lane in Lane}
    supervisor = Supervisor(
        {
            "web": partial(parts.serve, listening),
            **{name: without(listening, part) for name, part in lanes.items()},
            "clock": without(listening, parts.keep_time),
        },
        greeting=without(listening, partial(greet, host, port)),
    )
    try:
        supervisor.run()
    finally:
        listening.close()


def warm() -> None:
    """Load what every part needs while there is one process, and leave no connection open across the fork."""
    import uvicorn  # noqa: F401 - shared by being loaded here
    from django.template import engines
    from django.urls import get_resolver

    from pregon.config import asgi  # noqa: F401 - the same

    engines.all()
    get_resolver()._populate()  # noqa: SLF001 - otherwise every part would read all routes for itself
    settings.HOME.prepare()
    connections.close_all()
    spare_garbage_collection()


def spare_garbage_collection() -> None:
    """What is loaded stays, and is not looked through again for garbage. Nothing old seems left then, so Python would
    look through all that is young with every page or turn: a tenth of their time, and little is found."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)


def without(listening: socket.socket, part: Part) -> Part:
    """``part`` with the port closed: only the web part answers there."""

    def alone() -> None:
        listening.close()
        part()

    return alone


def greet(host: str, port: int) -> None:
    """Say where the office is once its first page answers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    base = urlsplit(settings.BASE_URL)
    reach = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 - read, not bound
    for _attempt in range(60):
        connection = http.client.HTTPConnection(reach, port, timeout=30)
        try:
            connection.request("GET", "/", headers={"Host": base.netloc})
            status = connection.getresponse().status
        except OSError:
            status = 0
        finally:
            connection.close()
        if status == http.client.OK:
            words = {"site": settings.BASE_URL, "desk": f"{settings.BASE_URL}/escritorio/"}
            say(_("Pregón está en %(site)s · escritorio en %(desk)s") % words, to=sys.stdout)
            return
        time.sleep(LOOK)
    say(_("El sitio no responde todavía: «pregon doctor» dice qué le falta."), to=sys.stderr)


def say(sentence: str, *, to: TextIO) -> None:
    to.write(f"{sentence}\n")
    to.flush()
