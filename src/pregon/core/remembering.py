"""What is asked again and again while nothing changes: remembered within a block, and never beyond it.

For whoever throws away what was made when something changed meanwhile, as the bakers of pages do.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")

_kept: ContextVar[dict[Hashable, Any] | None] = ContextVar("kept", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Within it every :func:`remembered` answer is made once."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def remembered(key: Hashable, make: Callable[[], T]) -> T:
    """What ``make`` answers; within :func:`remembering` only the first time."""
    kept = _kept.get()
    if kept is None:
        return make()
    if key not in kept:
        kept[key] = make()
    answer: T = kept[key]
    return answer


def recalled(key: Hashable) -> Any | None:
    """What was remembered under ``key``, for whoever could use it but would not have it made."""
    return (_kept.get() or {}).get(key)
