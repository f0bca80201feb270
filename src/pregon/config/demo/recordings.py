"""Sound and moving pictures for the demo offices, made on the spot without any program for video: chimes in a WAV,
and a drawing that passes by in a WebM. A frame of VP8 is what a WebP holds, so a WebM is drawn pictures in a row.

https://www.matroska.org/technical/elements.html, https://developers.google.com/speed/webp/docs/riff_container
"""

from __future__ import annotations

import io
import math
import struct
import wave
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

RATE = 8000
#: A pentatonic scale, in hertz, in the order in which the chimes are struck.
CHIMES = (523.25, 659.26, 783.99, 880.0, 783.99, 659.26, 587.33, 523.25)
WIDTH, HEIGHT = 640, 360
FRAMES_A_SECOND = 5


def chimes(*, seconds: int) -> bytes:
    """Chimes that die away, as a WAV of 8 bits."""
    beat = RATE // 2
    struck = (CHIMES[sample // beat % len(CHIMES)] for sample in range(seconds * RATE))
    samples = bytes(
        round(128 + 70 * math.sin(math.tau * pitch * n / RATE) * math.exp(-4 * (n % beat) / beat))
        for n, pitch in enumerate(struck)
    )
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(RATE)
        sound.writeframes(samples)
    return file.getvalue()


def passing_by(drawing: bytes, *, seconds: int) -> bytes:
    """A picture, larger than the frame, that passes by from one side to the other."""
    import pyvips  # heavy, and only the demo draws

    vips: Any = pyvips
    whole = vips.Image.new_from_buffer(drawing, "")
    whole = whole.resize(1.5 * WIDTH / whole.width).copy_memory()
    count = seconds * FRAMES_A_SECOND
    room, top = whole.width - WIDTH, max(0, (whole.height - HEIGHT) // 2)
    frames = (
        whole.crop(room * number // max(1, count - 1), top, WIDTH, min(HEIGHT, whole.height - top))
        .gravity("centre", WIDTH, HEIGHT)
        .webpsave_buffer(Q=45, strip=True)
        for number in range(count)
    )
    return webm([vp8(frame) for frame in frames], size=(WIDTH, HEIGHT), pace=1000 // FRAMES_A_SECOND)


def vp8(webp: bytes) -> bytes:
    """The frame inside a WebP."""
    at = 12
    while at < len(webp):
        kind, length = struct.unpack_from("<4sI", webp, at)
        if kind == b"VP8 ":
            return webp[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
    raise ValueError("That WebP holds no frame of VP8.")


def webm(frames: Sequence[bytes], *, size: tuple[int, int], pace: int) -> bytes:
    """``frames`` one after the other, each for ``pace`` milliseconds; a table of places lets a player jump."""
    head = element(
        0x1A45DFA3,
        element(0x4286, number(1)),
        element(0x42F7, number(1)),
        element(0x42F2, number(4)),
        element(0x42F3, number(8)),
        element(0x4282, b"webm"),
        element(0x4287, number(2)),
        element(0x4285, number(2)),
    )
    info = element(
        0x1549A966,
        element(0x2AD7B1, number(1_000_000)),
        element(0x4489, struct.pack(">d", len(frames) * pace)),
        element(0x4D80, b"Pregon"),
        element(0x5741, b"Pregon"),
    )
    track = element(
        0xAE,
        element(0xD7, number(1)),
        element(0x73C5, number(1)),
        element(0x83, number(1)),
        element(0x86, b"V_VP8"),
        element(0xE0, element(0xB0, number(size[0])), element(0xBA, number(size[1]))),
    )
    tracks = element(0x1654AE6B, track)
    clusters = [
        element(0x1F43B675, element(0xE7, number(place * pace)), element(0xA3, b"\x81\x00\x00\x80" + frame))
        for place, frame in enumerate(frames)
    ]
    # Every number of the table is eight bytes long, so its length is known before what it says.
    first = len(info) + len(tracks) + len(cues([0] * len(clusters), pace=pace))
    places = accumulate([first, *(len(cluster) for cluster in clusters[:-1])])
    table = cues(places, pace=pace)
    return head + element(0x18538067, info, tracks, table, *clusters)


def cues(places: Iterable[int], *, pace: int) -> bytes:
    points = (
        element(
            0xBB,
            element(0xB3, struct.pack(">Q", place * pace)),
            element(0xB7, element(0xF7, number(1)), element(0xF1, struct.pack(">Q", where))),
        )
        for place, where in enumerate(places)
    )
    return element(0x1C53BB6B, *points)


def element(name: int, *parts: bytes) -> bytes:
    """One element of EBML: its name, its length in as few bytes as hold it, and what it holds."""
    data = b"".join(parts)
    width = next(width for width in range(1, 9) if len(data) < (1 << 7 * width) - 1)
    length = (1 << 7 * width | len(data)).to_bytes(width, "big")
    return name.to_bytes((name.bit_length() + 7) // 8, "big") + length + data


def number(value: int) -> bytes:
    return value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big")
