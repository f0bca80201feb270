"""The root of every error that Pregón raises on purpose.

PregonError
├── NotSo            the thing asked for is not so: exit code 1, one sentence for a person
└── (each app hangs its own tree under PregonError)

The message of such an error is always a whole Spanish sentence that says what to do: it is shown as it is.
"""

from __future__ import annotations


class PregonError(Exception):
    """No se pudo hacer lo que se pidió."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (self.__doc__ or "").strip())


class NotSo(PregonError):
    """Lo que se pidió no es posible tal como está."""
