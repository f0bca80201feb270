"""Why a photo or a recording is not taken in.

LibraryError
├── Refused                  this file does not enter; nothing was stored
│   ├── NotAPhoto            its content is not JPEG, PNG, WebP, HEIC or TIFF
│   │   ├── VectorDrawing    an SVG, which may carry programs
│   │   └── RawNegative      a camera's negative, which nobody can publish as it is
│   ├── Incomplete           it ends before it should
│   ├── TooManyPixels        it would take more memory than one photo deserves
│   ├── TooHeavy             it weighs more than one photo may
│   ├── NotARecording        its content is no audio or video that browsers play
│   ├── UnplayableVideo      a video, in a form that many browsers do not play
│   └── WrongSuffix          its name says that it is another thing
├── BadCaptions              the captions or chapters of a recording cannot be read
└── CannotDevelop            the copies for publication could not be made
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from pregon.core.errors import PregonError


class LibraryError(PregonError):
    """No se pudo guardar la foto en la memoria."""


class Refused(LibraryError):
    """La foto no se aceptó."""

    def __init__(self, message: str, *, name: str) -> None:
        super().__init__(message % {"name": printable(name)})
        self.name = name


class NotAPhoto(Refused):
    """The content is none of the formats that are taken in."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("«%(name)s» no es una foto que se pueda leer: guárdala como JPEG, PNG, WebP, HEIC o TIFF."),
            name=name,
        )


class VectorDrawing(NotAPhoto):
    """An SVG is a program that draws."""

    def __init__(self, name: str) -> None:
        Refused.__init__(
            self,
            _("«%(name)s» es un dibujo SVG, que puede llevar programas dentro: expórtalo como PNG."),
            name=name,
        )


class RawNegative(NotAPhoto):
    """DNG, NEF, CR2 and their kin look like TIFF and hold only a thumbnail one could show."""

    def __init__(self, name: str) -> None:
        Refused.__init__(
            self,
            _("«%(name)s» es el negativo crudo de la cámara: revélalo y expórtalo como JPEG o TIFF."),
            name=name,
        )


class Incomplete(Refused):
    """The file was cut off on its way."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("«%(name)s» llegó incompleta o dañada: cópiala otra vez desde la cámara o el teléfono."),
            name=name,
        )


class TooManyPixels(Refused):
    """A small file that unfolds into gigabytes, or simply a photo larger than any press needs."""

    def __init__(self, name: str, *, limit: int) -> None:
        super().__init__(
            _("«%(name)s» tiene más de %(limit)s millones de píxeles: redúcela y vuelve a intentarlo.")
            % {"name": "%(name)s", "limit": millions(limit)},
            name=name,
        )
        self.limit = limit


class TooHeavy(Refused):
    """Told by the file system, before a byte is read."""

    def __init__(self, name: str, *, size: int, limit: int) -> None:
        super().__init__(
            _("«%(name)s» pesa %(size)s MB y el máximo es de %(limit)s MB: redúcela y vuelve a intentarlo.")
            % {"name": "%(name)s", "size": max(1, round(size / 1024**2)), "limit": max(1, limit // 1024**2)},
            name=name,
        )
        self.size, self.limit = size, limit


class NotARecording(Refused):
    """The content is none of the forms of sound and image that browsers play."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _(
                "«%(name)s» no se puede reproducir aquí: el audio se guarda como MP3 o M4A "
                "(o WAV, OGG, OPUS) y el video como MP4 o WEBM."
            ),
            name=name,
        )


class UnplayableVideo(Refused):
    """HEVC and its kin, which half of the phones do not show."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("«%(name)s» no usa H.264, y muchos teléfonos no lo mostrarían: expórtalo como MP4 con H.264."),
            name=name,
        )


class WrongSuffix(Refused):
    """The browser is told by the name what it gets."""

    def __init__(self, name: str, *, suffix: str) -> None:
        super().__init__(
            _("El nombre «%(name)s» dice otra cosa que su contenido: cámbiale la terminación por %(suffix)s.")
            % {"name": "%(name)s", "suffix": suffix},
            name=name,
        )


class BadCaptions(LibraryError):
    """Los subtítulos no se pueden leer."""


class CannotDevelop(LibraryError):
    """No se pudieron preparar las copias de la foto: expórtala de nuevo como JPEG y vuelve a subirla."""


def printable(name: str) -> str:
    """A file's name as it may be shown: a name can hold line feeds and terminal codes."""
    return "".join(character for character in name if character.isprintable())


def millions(count: int) -> str:
    whole = count / 1_000_000
    return f"{whole:.0f}" if whole >= 1 else f"{whole:.2f}"
