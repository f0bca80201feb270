"""What an audio or video file is and how long it lasts, read from its content: no program outside, and nothing of the
sound or the image is decoded. Files are served as they came, so only what browsers play is taken in."""

from __future__ import annotations

import re
import struct
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePath
from typing import IO

from pregon.library.errors import NotARecording, UnplayableVideo, WrongSuffix


class Kind(Enum):
    AUDIO = "audio"
    VIDEO = "video"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFacts:
    kind: Kind
    #: The suffixes that tell a browser what it is.
    suffixes: tuple[str, ...]
    seconds: float | None


TYPES = {
    ".m4a": "audio/x-m4a",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
    ".webm": "video/webm",
}
#: How far into a file its beginning reaches, and its end.
HEAD, TAIL = 256 * 1024, 128 * 1024
MOST_BOXES = 10_000
H264 = {b"avc1", b"avc3"}
#: How ``wave`` says that a file is none, the last of a part that claims to be longer than the file.
DAMAGED = (wave.Error, EOFError, RuntimeError)
#: Kilobits of the second: MPEG 1 layer III, and MPEG 2 and 2.5.
BITRATES = (
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0),
)
RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def content_type(name: str) -> str:
    return TYPES.get(PurePath(name).suffix.lower(), "application/octet-stream")


def inspect(stream: IO[bytes], *, name: str, wanted: Kind) -> MediaFacts:
    """What the file is; refused when it is not ``wanted``, or its name says another thing than its content."""
    try:
        facts = examine(stream, name=name)
    except (*DAMAGED, struct.error, IndexError, ValueError, ZeroDivisionError) as problem:
        raise NotARecording(name) from problem
    if facts is None or facts.kind != wanted:
        raise NotARecording(name)
    if PurePath(name).suffix.lower() not in facts.suffixes:
        raise WrongSuffix(name, suffix=facts.suffixes[0])
    return facts


def examine(stream: IO[bytes], *, name: str) -> MediaFacts | None:
    head = stream.read(HEAD)
    size = stream.seek(0, 2)
    stream.seek(0)
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        with wave.open(stream) as sound:
            return audio(".wav", seconds=sound.getnframes() / sound.getframerate())
    if head[:4] == b"OggS":
        return ogg(stream, head, size)
    if head[4:8] == b"ftyp":
        return mp4(stream, size, name=name)
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return webm(head)
    return mp3(stream, head, size)


def audio(*suffixes: str, seconds: float | None) -> MediaFacts:
    return MediaFacts(kind=Kind.AUDIO, suffixes=suffixes, seconds=seconds)


# --- Ogg ----------------------------------------------------------------------------------------------------


def ogg(stream: IO[bytes], head: bytes, size: int) -> MediaFacts | None:
    """Its last page says how many samples there are."""
    first = head[:128]
    if b"OpusHead" in first:
        at = first.index(b"OpusHead")
        rate, skipped = 48000, struct.unpack_from("<H", first, at + 10)[0]
    elif b"\x01vorbis" in first:
        rate, skipped = struct.unpack_from("<I", first, first.index(b"\x01vorbis") + 12)[0], 0
    else:
        return None
    stream.seek(max(0, size - TAIL))
    end = stream.read()
    last = end.rfind(b"OggS")
    samples = struct.unpack_from("<q", end, last + 6)[0] if last >= 0 else 0
    return audio(".opus", ".ogg", seconds=max(0, samples - skipped) / rate or None)


# --- MP3 ----------------------------------------------------------------------------------------------------


def mp3(stream: IO[bytes], head: bytes, size: int) -> MediaFacts | None:
    start = 0
    if head[:3] == b"ID3":
        start = 10 + sum(
            (byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True)
        )
        stream.seek(start)
        head = stream.read(4096)
    if (
        len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2
    ):  # layer III, and the sign that begins a frame
        return None
    version = head[1] >> 3 & 3
    rate = RATES[version][head[2] >> 2 & 3]
    kilobits = BITRATES[0 if version == 3 else 1][head[2] >> 4]
    samples = 1152 if version == 3 else 576
    if found := re.search(rb"(?:Xing|Info)\x00\x00\x00[\x01\x03\x05\x07\x09\x0b\x0d\x0f]", head[:256]):
        return audio(".mp3", seconds=struct.unpack_from(">I", head, found.end())[0] * samples / rate)
    return audio(".mp3", seconds=(size - start) / (kilobits * 125))


# --- MP4 ----------------------------------------------------------------------------------------------------


def boxes(stream: IO[bytes], start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, beginning and end of what each box between two places holds."""
    for _turn in range(MOST_BOXES):
        if start + 8 > end:
            return
        stream.seek(start)
        length, kind = struct.unpack(">I4s", stream.read(8))
        inside = start + 8
        if length == 1:
            length, inside = struct.unpack(">Q", stream.read(8))[0], start + 16
        elif length == 0:
            length = end - start
        if length < inside - start or start + length > end:
            return
        yield kind, inside, start + length
        start += length


def within(stream: IO[bytes], place: tuple[int, int], *kinds: bytes) -> tuple[int, int] | None:
    """The box that a path of kinds leads to."""
    for kind in kinds:
        found = next((box[1:] for box in boxes(stream, *place) if box[0] == kind), None)
        if found is None:
            return None
        place = found
    return place


def mp4(stream: IO[bytes], size: int, *, name: str) -> MediaFacts | None:
    film = within(stream, (0, size), b"moov")
    length = film and within(stream, film, b"mvhd")
    if not film or not length:
        return None
    stream.seek(length[0])
    data = stream.read(32)
    scale, units = struct.unpack_from(*((">IQ", data, 20) if data[0] else (">II", data, 12)))
    tracks: dict[bytes, bytes] = {}
    for kind, *place in boxes(stream, *film):
        if kind != b"trak":
            continue
        handler = within(stream, (place[0], place[1]), b"mdia", b"hdlr")
        described = within(stream, (place[0], place[1]), b"mdia", b"minf", b"stbl", b"stsd")
        if handler and described:
            stream.seek(handler[0] + 8)
            shows = stream.read(4)
            stream.seek(described[0] + 12)
            tracks[shows] = stream.read(4)
    seconds = units / scale if units else None
    if b"vide" in tracks:
        if tracks[b"vide"] not in H264:
            raise UnplayableVideo(name)
        return MediaFacts(kind=Kind.VIDEO, suffixes=(".mp4",), seconds=seconds)
    return audio(".m4a", seconds=seconds) if tracks.get(b"soun") == b"mp4a" else None


# --- WebM ---------------------------------------------------------------------------------------------------


def webm(head: bytes) -> MediaFacts | None:
    """Its information stands near the beginning; what is not there is not looked for."""
    if not re.search(rb"\x42\x82[\x81-\xff]webm", head[:1024]):
        return None
    scale = 1_000_000
    if found := re.search(rb"\x2a\xd7\xb1([\x81-\x84])", head):
        length = found[1][0] & 0x7F
        scale = int.from_bytes(head[found.end() : found.end() + length], "big")
    seconds = None
    if found := re.search(rb"\x44\x89([\x84\x88])", head):
        form = ">f" if found[1] == b"\x84" else ">d"
        seconds = struct.unpack_from(form, head, found.end())[0] * scale / 1_000_000_000
    return MediaFacts(kind=Kind.VIDEO, suffixes=(".webm",), seconds=seconds)
