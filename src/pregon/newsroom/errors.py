"""What can go wrong with a bulletin or a live coverage.

NewsroomError
├── NotPublished
├── AlreadyWithdrawn
├── NothingChanged
├── ReasonNeeded
├── ReasonTooLong
├── NotReady               a page lacks what must be there before the public sees it
├── LiveError
│   ├── NotAnnounced       the act is not public
│   ├── LiveOver           the coverage is closed
│   ├── NothingToPost
│   ├── PersonWithoutWords
│   ├── PhotoWithoutWords
│   ├── NoteNeeded
│   └── EditedMeanwhile    somebody else changed it since it was opened
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

    def __init__(self, message: str, *, page: int) -> None:
        super().__init__(message)
        self.page = page


class LiveError(NewsroomError):
    """No se pudo hacer eso con la cobertura en vivo."""


class NotAnnounced(LiveError):
    """El acto no se anuncia al público todavía: cámbialo en la agenda y abre entonces la cobertura."""


class LiveOver(LiveError):
    """La cobertura ya se cerró: lo que falta se escribe en el boletín."""


class NothingToPost(LiveError):
    """Escribe algo, o elige una foto: la publicación está vacía."""


class PersonWithoutWords(LiveError):
    """Escribe en «Qué pasa» lo que dijo esa persona, o deja vacío «Quién lo dijo»."""


class PhotoWithoutWords(LiveError):
    """Di qué se ve en la foto: así la conoce quien no puede verla."""


class NoteNeeded(LiveError):
    """Di en una frase qué cambió: quien ya lo leyó tiene que saberlo."""


class EditedMeanwhile(LiveError):
    """Alguien más lo cambió mientras escribías: mira cómo quedó y vuelve a hacer tu cambio."""


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
