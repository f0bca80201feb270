from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pregon.library import captions
from pregon.library.captions import Chapter, Cue, Passage
from pregon.library.errors import BadCaptions

SUBRIP = (
    "1\r\n00:00:01,500 --> 00:00:03,000\r\n¿Qué es\r\nesto?\r\n\r\n"
    "2\r\n00:00:04,000 --> 00:00:05,000\r\nUn canal.\r\n"
)


def test_a_web_text_track_is_read_with_who_speaks() -> None:
    text = (
        "WEBVTT - Agua\n\nNOTE nada\nde esto\n\nSTYLE\n::cue { color: red }\n\nprimero\n"
        "00:01.000 --> 00:02.500 align:start line:0\n<v.fuerte Obras Públicas>El <i>agua</i> &amp; el\ndrenaje\n\n"
        "1:00:00.000 --> 1:00:01.000\nFin"
    )
    assert captions.parse(text) == [
        Cue(start=1, end=2.5, text="El agua & el drenaje", voice="Obras Públicas"),
        Cue(start=3600, end=3601, text="Fin"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_subrip_becomes_a_web_text_track(encoding: str) -> None:
    text = captions.from_file(SUBRIP.encode(encoding))
    assert captions.parse(text) == [
        Cue(start=1.5, end=3, text="¿Qué es esto?"),
        Cue(start=4, end=5, text="Un canal."),
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Hola", "Los subtítulos deben empezar con una línea que dice WEBVTT."),
        ("WEBVTT\n\n", "No hay ningún subtítulo: cada uno lleva su tiempo y, abajo, lo que se dice."),
        ("WEBVTT\n\nHola", "Línea 3: falta el tiempo, como «00:01.000 --> 00:04.000»."),
        (
            "WEBVTT\n\n00:01 --> 00:02\nHola",
            "Línea 3: el tiempo no se entiende; se escribe «00:01.000 --> 00:04.000».",
        ),
        (
            "WEBVTT\n\nuno\n00:03.000 --> 00:02.000\nHola",
            "Línea 4: el subtítulo termina antes de empezar.",
        ),
        (
            "WEBVTT\n\n00:03.000 --> 00:04.000\nHola\n\n00:01.000 --> 00:02.000\nAntes",
            "Línea 6: empieza antes que el subtítulo anterior.",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, sentence: str) -> None:
    with pytest.raises(BadCaptions) as refusal:
        captions.parse(text)
    assert str(refusal.value) == sentence


def test_a_file_of_another_kind_is_refused() -> None:
    with pytest.raises(BadCaptions, match=r"se esperaba WebVTT \(\.vtt\) o SubRip \(\.srt\)"):
        captions.from_file(b"\x00\x01\x02PK")


@given(
    st.lists(
        st.builds(
            Cue,
            start=st.integers(0, 9_000_000).map(lambda thousandths: thousandths / 1000),
            end=st.just(9_999.0),
            text=st.text("aé<>&\"'-ñ¿", min_size=1),
            voice=st.sampled_from(["", "Obras & <Agua>"]),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_what_is_written_is_read_back(cues: list[Cue]) -> None:
    ordered = sorted(cues, key=lambda cue: cue.start)
    assert captions.parse(captions.render(ordered)) == ordered


def test_a_paragraph_begins_with_another_voice_and_after_a_silence() -> None:
    cues = [
        Cue(start=0, end=2, text="¿Y el agua?", voice="A"),
        Cue(start=2, end=4, text="Llega", voice="B"),
        Cue(start=4, end=6, text="mañana.", voice="B"),
        Cue(start=20, end=21, text="Gracias."),
    ]
    assert captions.passages(cues) == [
        Passage(start=0, text="¿Y el agua?", voice="A"),
        Passage(start=2, text="Llega mañana.", voice="B"),
        Passage(start=20, text="Gracias."),
    ]


def test_chapters_are_lines_with_a_minute_and_a_title() -> None:
    assert captions.chapters("00:00 Inicio\n\n 62:05  La fuente \n1:10:00 Fin") == [
        Chapter(start=0, title="Inicio"),
        Chapter(start=3725, title="La fuente"),
        Chapter(start=4200, title="Fin"),
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Inicio", "Capítulos, línea 1: se escribe el minuto y el título, «02:15 Cómo se pide el agua»."),
        ("01:00 A\n01:00 B", "Capítulos, línea 2: empieza antes que el capítulo anterior."),
    ],
)
def test_a_wrong_chapter_is_named(text: str, sentence: str) -> None:
    with pytest.raises(BadCaptions) as refusal:
        captions.chapters(text)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize(("seconds", "said"), [(0, "0:00"), (65.9, "1:05"), (3725, "1:02:05")])
def test_a_moment_is_said_as_on_a_clock(seconds: float, said: str) -> None:
    assert captions.clock(seconds) == said
