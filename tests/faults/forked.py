"""A job in a process of its own, as workers are, to be stopped, woken and ended."""

from __future__ import annotations

import os
import signal
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connections

from servers.forking import close_every_connection

PATIENCE = 60.0


class Forked:
    """A child of this process."""

    def __init__(self, pid: int) -> None:
        self.pid, self.over = pid, False

    def wait(self) -> int:
        """How it ended."""
        status = os.waitpid(self.pid, 0)[1]
        self.over = True
        return os.waitstatus_to_exitcode(status)

    def wait_until_stopped(self) -> None:
        assert os.WIFSTOPPED(os.waitpid(self.pid, os.WUNTRACED)[1])

    def wake(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def end(self) -> None:
        os.kill(self.pid, signal.SIGTERM)


@contextmanager
def forked(job: Callable[[], object]) -> Iterator[Forked]:
    """``job`` in a child, which does not outlive the block."""
    close_every_connection()  # each process opens its own
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
        child = os.fork()
    if not child:
        status = 1
        try:
            job()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            connections.close_all()
            os._exit(status)
    process = Forked(child)
    try:
        yield process
    finally:
        if not process.over:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def until(so: Callable[[], bool]) -> None:
    """Wait until it is so."""
    end = time.monotonic() + PATIENCE
    while not so():
        if time.monotonic() > end:
            pytest.fail("It never came to be so.")
        time.sleep(0.005)
