from __future__ import annotations

import io
import struct
import wave

import pytest
import pyvips

from pregon.config.demo.recordings import chimes, passing_by, vp8, webm
from pregon.library import media
from pregon.library.media import Kind


def test_chimes_last_as_long_as_asked() -> None:
    with wave.open(io.BytesIO(chimes(seconds=3))) as sound:
        assert (sound.getnframes() / sound.getframerate(), sound.getnchannels()) == (3, 1)


def test_a_drawing_that_passes_by_is_a_video_that_browsers_play() -> None:
    drawing = pyvips.Image.black(900, 600).gaussblur(1).pngsave_buffer()
    film = passing_by(drawing, seconds=2)
    facts = media.inspect(io.BytesIO(film), name="a.webm", wanted=Kind.VIDEO)
    assert facts.seconds == 2
    assert film.count(b"\x1f\x43\xb6\x75") == 10


def test_each_frame_begins_as_a_key_frame_of_vp8() -> None:
    frame = vp8(pyvips.Image.black(64, 32).webpsave_buffer(Q=50, strip=True))
    assert frame[3:6] == b"\x9d\x01\x2a"
    assert struct.unpack_from("<HH", frame, 6) == (64, 32)


def test_a_picture_without_such_a_frame_is_refused() -> None:
    with pytest.raises(ValueError, match="no frame of VP8"):
        vp8(b"RIFF\0\0\0\0WEBPVP8L\x02\0\0\0\0\0")


def test_the_table_of_places_points_at_the_clusters() -> None:
    film = webm([b"a" * 300, b"b" * 20_000, b"c"], size=(16, 16), pace=200)
    segment = film.index(b"\x18\x53\x80\x67")
    start = segment + 4 + 3  # its name, and a length of three bytes
    table = film[: film.index(b"\x1f\x43\xb6\x75")]
    places = [
        struct.unpack_from(">Q", table, at + 2)[0]
        for at in range(len(table))
        if table[at : at + 2] == b"\xf1\x88"
    ]
    assert [film[start + place : start + place + 4] for place in places] == [b"\x1f\x43\xb6\x75"] * 3
