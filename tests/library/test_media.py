"""Headers of each form by hand, as its description says: https://www.rfc-editor.org/rfc/rfc3533 (Ogg),
https://www.rfc-editor.org/rfc/rfc7845 (Opus), ISO/IEC 14496-12 (MP4), ISO/IEC 11172-3 (MP3)."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pregon.config.demo.recordings import chimes, webm
from pregon.library import media
from pregon.library.errors import LibraryError, NotARecording, UnplayableVideo, WrongSuffix
from pregon.library.media import Kind
from pregon.website.front import content_type


def box(kind: bytes, *inside: bytes) -> bytes:
    data = b"".join(inside)
    return struct.pack(">I4s", 8 + len(data), kind) + data


def track(shows: bytes, form: bytes) -> bytes:
    handler = box(b"hdlr", b"\0" * 8 + shows + b"\0" * 12)
    described = box(b"stsd", b"\0" * 4 + struct.pack(">I", 1) + struct.pack(">I", 16) + form + b"\0" * 8)
    return box(b"trak", box(b"mdia", handler, box(b"minf", box(b"stbl", described))))


def mp4(*tracks: bytes, seconds: int = 7) -> bytes:
    length = box(b"mvhd", b"\0" * 12 + struct.pack(">II", 1000, seconds * 1000) + b"\0" * 80)
    return box(b"ftyp", b"isom") + box(b"mdat", b"\0" * 50) + box(b"moov", length, *tracks)


def mp3(*, frames: int = 0, tag: int = 0) -> bytes:
    """MPEG 1, layer III, 128 kbit/s at 44.1 kHz; with ``frames`` the first frame says how many there are."""
    first = b"\xff\xfb\x90\x00" + b"\0" * 32
    said = b"Xing\0\0\0\x01" + struct.pack(">I", frames) if frames else b""
    head = b"ID3\x04\0\0" + bytes([0, 0, tag >> 7, tag & 0x7F]) + b"\0" * tag if tag else b""
    return head + (first + said).ljust(32_000, b"\0")


def opus(*, seconds: int) -> bytes:
    first = b"OggS\0\x02" + b"\0" * 22 + b"OpusHead\x01\x01" + struct.pack("<H", 312) + b"\0" * 7
    last = b"OggS\0\x04" + struct.pack("<q", 48_000 * seconds + 312) + b"\0" * 14
    return first + b"\0" * 500 + last


VIDEO = mp4(track(b"vide", b"avc1"), track(b"soun", b"mp4a"))


@pytest.mark.parametrize(
    ("data", "name", "kind", "seconds"),
    [
        (chimes(seconds=2), "a.wav", Kind.AUDIO, 2),
        (mp3(), "a.mp3", Kind.AUDIO, 2),
        (mp3(frames=1000, tag=300), "a.MP3", Kind.AUDIO, 1000 * 1152 / 44100),
        (opus(seconds=3), "a.opus", Kind.AUDIO, 3),
        (opus(seconds=3), "a.ogg", Kind.AUDIO, 3),
        (mp4(track(b"soun", b"mp4a")), "a.m4a", Kind.AUDIO, 7),
        (VIDEO, "a.mp4", Kind.VIDEO, 7),
        (webm([b"\0"] * 4, size=(16, 16), pace=500), "a.webm", Kind.VIDEO, 2),
    ],
)
def test_what_browsers_play_is_known_with_its_length(
    data: bytes, name: str, kind: Kind, seconds: float
) -> None:
    facts = media.inspect(io.BytesIO(data), name=name, wanted=kind)
    assert facts.seconds == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("data", "name", "wanted", "refusal"),
    [
        (b"", "a.mp3", Kind.AUDIO, NotARecording),
        (b"%PDF-1.7", "a.mp3", Kind.AUDIO, NotARecording),
        (VIDEO, "a.mp4", Kind.AUDIO, NotARecording),
        (chimes(seconds=1), "a.wav", Kind.VIDEO, NotARecording),
        (chimes(seconds=1)[:20], "a.wav", Kind.AUDIO, NotARecording),
        (chimes(seconds=1)[:16] + b"\xff" * 400, "a.wav", Kind.AUDIO, NotARecording),
        (mp4(track(b"vide", b"hvc1")), "a.mp4", Kind.VIDEO, UnplayableVideo),
        (chimes(seconds=1), "a.mp3", Kind.AUDIO, WrongSuffix),
        (VIDEO, "a.html", Kind.VIDEO, WrongSuffix),
    ],
)
def test_what_they_do_not_play_is_refused(
    data: bytes, name: str, wanted: Kind, refusal: type[LibraryError]
) -> None:
    with pytest.raises(refusal, match=name):
        media.inspect(io.BytesIO(data), name=name, wanted=wanted)


def test_a_wrong_name_is_told_the_right_one() -> None:
    with pytest.raises(WrongSuffix) as refusal:
        media.inspect(io.BytesIO(VIDEO), name="paseo.webm", wanted=Kind.VIDEO)
    assert str(refusal.value) == (
        "El nombre «paseo.webm» dice otra cosa que su contenido: cámbiale la terminación por .mp4."
    )


@given(st.sampled_from([VIDEO, mp3(frames=5), opus(seconds=1), chimes(seconds=1)[:400]]), st.data())
def test_damage_never_does_more_than_refuse(whole: bytes, data: st.DataObject) -> None:
    damaged = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
    for place in data.draw(st.lists(st.integers(0, max(0, len(damaged) - 1)), max_size=8)):
        if damaged:
            damaged[place] = data.draw(st.integers(0, 255))
    try:
        media.inspect(io.BytesIO(bytes(damaged)), name="a.mp4", wanted=Kind.VIDEO)
    except LibraryError as refusal:
        assert "a.mp4" in str(refusal)


def test_the_door_of_the_site_gives_the_same_types() -> None:
    assert {suffix: content_type(f"/x{suffix}") for suffix in media.TYPES} == media.TYPES
