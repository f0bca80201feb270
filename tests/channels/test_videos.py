"""What a video shows is always said, and its words keep their link."""

from __future__ import annotations

from factories.delivery import message, video
from pregon.channels.fitting import text_of
from pregon.channels.videos import described, shown
from pregon.delivery.values import Block

SHOWS = "En el video: Recorrido por el andador de punta a punta"
LINK = "https://muestra.example/boletines/2026-001/"


def test_what_a_video_shows_stands_whole_before_the_link_and_once() -> None:
    told = message(video=video(), blocks=(Block(kind="paragraph", text="palabra " * 100),))
    words = described(told, video(), LINK, limit=500)
    assert (len(words) <= 500, words.endswith(f"palabra…\n\n{SHOWS}\n\n{LINK}"), words.count(SHOWS)) == (
        True,
        True,
        1,
    )
    assert described(told, video(), "", limit=500).endswith(SHOWS)


def test_where_the_video_stays_behind_the_text_says_what_it_shows() -> None:
    assert text_of(message(video=video())).endswith(f"\n\n{SHOWS}")


def test_a_preview_names_the_video() -> None:
    assert shown(video()) == "[Video: Recorrido por el andador de punta a punta]"
