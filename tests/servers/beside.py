"""Several processes at work at the same moment, as workers, clocks and people are, on the database of the test."""

from __future__ import annotations

import multiprocessing
import traceback
import warnings
from collections.abc import Callable, Sequence
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier

from django.db import connections

from servers.forking import close_every_connection

PATIENCE = 150  # seconds


def beside(jobs: Sequence[Callable[[], object]]) -> list[str]:
    """Do every one of ``jobs`` in a process of its own, all from the same moment; what was raised in them."""
    context = multiprocessing.get_context("fork")
    together, problems = context.Barrier(len(jobs)), context.Queue()
    close_every_connection()  # each process opens its own
    processes = [context.Process(target=_alone, args=(job, together, problems)) for job in jobs]
    with warnings.catch_warnings():
        # The threads of the servers of the test are not needed on the other side.
        warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
        for process in processes:
            process.start()
    told = [problems.get(timeout=PATIENCE) for _process in processes]
    for process in processes:
        process.join()
    return [problem for problem in told if problem]


def _alone(job: Callable[[], object], together: Barrier, problems: Queue[str]) -> None:
    try:
        together.wait(timeout=PATIENCE)
        job()
    except BaseException:
        problems.put(traceback.format_exc())
    else:
        problems.put("")
    finally:
        connections.close_all()
