"""The words of a recording with their times: WebVTT read, SubRip turned into it, and both read with sentences that say
which line to mend. One text gives the captions, the transcript and what a search finds.

https://www.w3.org/TR/webvtt1/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape, unescape

from django.utils.translation import gettext as _

from pregon.library.errors import BadCaptions

MOST_CUES = 20_000
#: A silence after which a new paragraph begins, and the length from which one ends with its sentence.
SILENCE = 2.5
LONG = 200
_moment = r"(?:(\d{1,3}):)?([0-5]\d):([0-5]\d)[.,](\d{3})"
_timing = re.compile(rf"\s*{_moment}\s+-->\s+{_moment}(?:\s.*)?")
_voice = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>")
_tag = re.compile(r"</?[A-Za-z0-9:.][^>]*>|</>")
_unseen = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_chapter = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):([0-5]\d)\s+(\S.*)")
#: Parts of the format that carry looks and notes, no words.
WORDLESS = ("NOTE", "STYLE", "REGION")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """What is said between two moments, in seconds."""

    start: float
    end: float
    text: str
    voice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A paragraph of the transcript, and when it begins."""

    start: float
    text: str
    voice: str = ""

    @property
    def clock(self) -> str:
        return clock(self.start)

    @property
    def second(self) -> int:
        """Where a player starts to hear it whole."""
        return int(self.start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    start: int
    title: str

    @property
    def clock(self) -> str:
        return clock(self.start)


def clock(seconds: float) -> str:
    """ "2:05", "1:02:05"."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def from_file(data: bytes) -> str:
    """The captions in a file, as WebVTT; SubRip is turned into it."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")  # what older programs write
    if "\x00" in text:
        raise BadCaptions(_("Ese archivo no es de subtítulos: se esperaba WebVTT (.vtt) o SubRip (.srt)."))
    return render(read(text))


def parse(text: str) -> list[Cue]:
    """The cues of a WebVTT text."""
    if not plain(text).startswith("WEBVTT"):
        raise BadCaptions(_("Los subtítulos deben empezar con una línea que dice WEBVTT."))
    return read(text)


def read(text: str) -> list[Cue]:
    cues: list[Cue] = []
    for number, block in blocks(plain(text)):
        if block[0].startswith(("WEBVTT", *WORDLESS)):
            continue
        at = next((index for index, line in enumerate(block[:2]) if "-->" in line), None)
        if at is None:
            raise BadCaptions(
                _("Línea %(line)d: falta el tiempo, como «00:01.000 --> 00:04.000».") % {"line": number}
            )
        cue = cue_of(block[at], block[at + 1 :], line=number + at)
        if cues and cue.start < cues[-1].start:
            raise BadCaptions(
                _("Línea %(line)d: empieza antes que el subtítulo anterior.") % {"line": number + at}
            )
        if cue.text:
            cues.append(cue)
        if len(cues) > MOST_CUES:
            raise BadCaptions(_("Son demasiados subtítulos: a lo más %(most)d.") % {"most": MOST_CUES})
    if not cues:
        raise BadCaptions(_("No hay ningún subtítulo: cada uno lleva su tiempo y, abajo, lo que se dice."))
    return cues


def plain(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").lstrip("\n")


def blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines between empty ones, with the number of the first."""
    block: list[str] = []
    number = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []
    if block:
        yield number - len(block) + 1, block


def cue_of(timing: str, lines: list[str], *, line: int) -> Cue:
    found = _timing.fullmatch(timing)
    if found is None:
        raise BadCaptions(
            _("Línea %(line)d: el tiempo no se entiende; se escribe «00:01.000 --> 00:04.000».")
            % {"line": line}
        )
    start, end = seconds(found.groups()[:4]), seconds(found.groups()[4:])
    if end <= start:
        raise BadCaptions(_("Línea %(line)d: el subtítulo termina antes de empezar.") % {"line": line})
    whole = " ".join(lines)
    voice = _voice.search(whole)
    return Cue(start=start, end=end, text=words(whole), voice=words(voice[1]) if voice else "")


def words(text: str) -> str:
    """``text`` without its marks, in one line."""
    return " ".join(_unseen.sub("", unescape(_tag.sub("", text))).split())


def seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, whole, thousandths = (int(part or 0) for part in parts)
    return ((hours * 3600 + minutes * 60 + whole) * 1000 + thousandths) / 1000


def render(cues: list[Cue]) -> str:
    """The cues as WebVTT, with nothing in it but times, words and who says them."""
    said = ["WEBVTT\n"]
    for cue in cues:
        voice = f"<v {escape(cue.voice, quote=False)}>" if cue.voice else ""
        text = escape(cue.text, quote=False)
        said.append(f"{moment(cue.start)} --> {moment(cue.end)}\n{voice}{text}\n")
    return "\n".join(said)


def moment(time: float) -> str:
    thousandths = round(time * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}.{rest % 1000:03d}"


def passages(cues: list[Cue]) -> list[Passage]:
    """The cues as paragraphs: a new one where somebody else speaks, after a silence, or after a long sentence."""
    found: list[list[Cue]] = []
    for cue in cues:
        before = found[-1][-1] if found else None
        length = sum(len(one.text) for one in found[-1]) if found else 0
        if (
            before is None
            or (cue.voice and cue.voice != before.voice)
            or cue.start - before.end > SILENCE
            or (length > LONG and before.text.endswith((".", "?", "!", "…")))
        ):
            found.append([])
        found[-1].append(cue)
    return [
        Passage(start=group[0].start, voice=group[0].voice, text=" ".join(cue.text for cue in group))
        for group in found
    ]


def chapters(text: str) -> list[Chapter]:
    """One chapter a line: «02:15 Cómo se pide el agua»."""
    found: list[Chapter] = []
    for number, line in enumerate(plain(text).split("\n"), start=1):
        if not line.strip():
            continue
        told = _chapter.fullmatch(line.strip())
        if told is None:
            raise BadCaptions(
                _(
                    "Capítulos, línea %(line)d: se escribe el minuto y el título, «02:15 Cómo se pide el agua»."
                )
                % {"line": number}
            )
        start = int(told[1] or 0) * 3600 + int(told[2]) * 60 + int(told[3])
        if found and start <= found[-1].start:
            raise BadCaptions(
                _("Capítulos, línea %(line)d: empieza antes que el capítulo anterior.") % {"line": number}
            )
        found.append(Chapter(start=start, title=words(told[4])))
    return found
