"""What can go wrong with a bulletin.

NewsroomError
├── NotPublished
├── AlreadyWithdrawn
├── NothingChanged
├── ReasonNeeded
├── ReasonTooLong
├── NotReady               a page lacks what must be there before the public sees it
└── IntakeError            a folder handed to ``pregon publish``
    ├── BadFolder          something in it cannot be read as it should
    ├── Twin               another act is alike
    └── FolderChanged      it went out already, and now says something else
"""

from __future__ import annotations

from pathlib import Path

from pregon.core.errors import PregonError


class NewsroomError(PregonError):
    """No se pudo hacer eso con el boletín."""


class NotPublished(NewsroomError):
    """El boletín no está publicado: solo se corrige o se retira lo que ya salió."""


class AlreadyWithdrawn(NewsroomError):
    """El boletín ya fue retirado: escribe uno nuevo si hace falta."""


class NothingChanged(NewsroomError):
    """El texto es igual al publicado: no hay nada que corregir."""


class ReasonNeeded(NewsroomError):
    """Escribe qué cambió y por qué: la corrección se muestra a quien lee."""


class ReasonTooLong(NewsroomError):
    """Qué cambió y por qué caben en 500 letras cada uno: dilo en una frase."""


class NotReady(NewsroomError):
    """A la página le falta algo para publicarse."""


class IntakeError(NewsroomError):
    """La carpeta no se pudo publicar."""


class BadFolder(IntakeError):
    """La carpeta no está completa."""


class Twin(IntakeError):
    """Ya hay un acto igual."""


class FolderChanged(IntakeError):
    """La carpeta ya se publicó y su texto cambió."""

    def __init__(self, message: str, *, folder: Path) -> None:
        super().__init__(message)
        self.folder = folder
