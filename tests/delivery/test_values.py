"""What is stored of a message and an audience is what comes back."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from factories.delivery import message, picture, video
from pregon.delivery.enums import MessageKind
from pregon.delivery.values import Audience, Block, Message, Tally

WORDS = st.text(st.characters(exclude_categories=["Cs"]))
IDS = st.lists(st.integers(1, 10**9)).map(tuple)


@given(
    kind=st.sampled_from(MessageKind),
    headline=WORDS,
    blocks=st.lists(st.builds(Block, kind=WORDS, text=WORDS, label=WORDS)).map(tuple),
    photos=st.integers(0, 3),
    filmed=st.booleans(),
)
def test_a_message_comes_back_from_json(
    kind: MessageKind, headline: str, blocks: tuple[Block, ...], photos: int, filmed: bool
) -> None:
    album = tuple(picture(alt=f"Foto {number}") for number in range(photos))
    given_ = message(
        kind,
        headline=headline,
        blocks=blocks,
        picture=album[0] if album else None,
        pictures=album,
        video=video() if filmed else None,
    )
    back = Message.from_json(json.loads(json.dumps(given_.to_json())))
    assert (back, hash(back)) == (given_, hash(given_))


def test_a_message_written_before_there_were_videos_is_still_read() -> None:
    old = message().to_json()
    del old["video"]
    assert Message.from_json(old) == message()


def test_an_album_is_all_that_goes_along_be_it_one_picture() -> None:
    one, two = picture(), picture(alt="Otra")
    messages = (message(), message(picture=one), message(picture=one, pictures=(one, two)))
    assert [given_.album for given_ in messages] == [(), (one,), (one, two)]


@given(
    topics=IDS,
    localities=IDS,
    channels=st.lists(WORDS).map(tuple),
    receivers_of=IDS,
    subscribers=IDS,
    frequency=WORDS,
)
def test_an_audience_comes_back_from_json(
    topics: tuple[int, ...],
    localities: tuple[int, ...],
    channels: tuple[str, ...],
    receivers_of: tuple[int, ...],
    subscribers: tuple[int, ...],
    frequency: str,
) -> None:
    given_ = Audience(
        topics=topics,
        localities=localities,
        channels=channels,
        receivers_of=receivers_of,
        subscribers=subscribers,
        frequency=frequency,
    )
    assert Audience.from_json(json.loads(json.dumps(given_.to_json()))) == given_


def test_a_tally_counts_what_is_settled() -> None:
    tally = Tally(due=8, sent=4, failed=1, waiting=3)
    assert (tally.settled, tally.percent, Tally().percent) == (5, 62, 100)


def test_links_to_our_own_pages_say_by_which_channel_they_were_followed() -> None:
    site = "https://muestra.example"
    message = Message(
        kind=MessageKind.NEWS,
        headline="Resumen",
        url=f"{site}/",
        blocks=(
            Block(kind="paragraph", text=f"{site}/boletines/pozo/"),
            Block(kind="paragraph", text=f"Lee {site}/boletines/pozo/"),
            Block(kind="paragraph", text="https://muestra.example.ejemplo.invalid/"),
            Block(kind="video", text="Video", label=f"{site}/documentos/1/video.mp4"),
        ),
    )
    marked = message.marked("correo", site=site)
    assert (marked.url, *(block.text for block in marked.blocks)) == (
        f"{site}/?de=correo",
        f"{site}/boletines/pozo/?de=correo",
        f"Lee {site}/boletines/pozo/",
        "https://muestra.example.ejemplo.invalid/",
        "Video",
    )
    assert message.marked("", site=site) is message
