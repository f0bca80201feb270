"""What every channel does with words: none is cut in two, a link least of all, and what is said of a photo leaves."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote, unquote_plus

import httpx2
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as st

from channels.conftest import recorded
from factories.delivery import message, parcel, picture
from pregon.core.http import client
from pregon.core.text import fold
from pregon.delivery import registry
from pregon.delivery.contract import Parcel, Preview
from pregon.delivery.values import Block, Message

each = pytest.mark.parametrize("kind", registry.kinds())

WORD = st.text("abemnorsuzáéíóúñüÁÑ", min_size=1, max_size=14)
PATH = st.lists(
    st.sampled_from(
        ["plan_de_obra", "_a_", "*b*", "~c", "(norte)", "sesión", "?q=", "?b", "&d=1", "%20", "#", "@e", "-"]
    ),
    max_size=14,
).map("".join)
LINK = st.builds(
    "{}muestra.example/{}{}".format, st.sampled_from(["https://", "http://www.", ""]), PATH, st.just("/")
)
STARRED = WORD.map(lambda word: f"*{word}*")
SPOKEN = st.lists(st.one_of(WORD, WORD, WORD, WORD, STARRED, LINK), min_size=1, max_size=30)
#: As much of what a channel takes, so that each has to cut, and how far.
SHARES = st.sampled_from([0.1, 0.9, 1.1, 2.0])
#: Signs that a channel takes off a word before its …, or puts around it.
AROUND = "*_,;:.…«»\"'()-"
#: Words of a channel's own that stand only where it had to cut, or speak of what it counts.
OWN = {"email": "El texto sigue en el sitio.", "sms": "el enlace no cabe en menos"}


@pytest.fixture
def photos() -> list[Path]:
    """Two photos in the baked site, told apart by what is in them."""
    return [baked(f"fotos/{number}/960.jpg", f"photo number {number}") for number in (1, 2)]


def baked(name: str, content: str) -> Path:
    path: Path = settings.HOME.baked / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\xff\xd8\xff" + content.encode())
    return path


def parcel_for(kind: str, given: Message, **fields: Any) -> Parcel:
    return parcel(given, destination=recorded(kind, "setup")["destination"], **fields)


# --- Whole words --------------------------------------------------------------------------------------------


def shown(kind: str, given: Message, *, heard: bool) -> Preview:
    at = datetime.now(UTC) if heard else None
    return registry.rehearse(kind, {}).preview(parcel_for(kind, given, last_heard_at=at))


def tokens(kind: str, preview: Preview) -> list[str]:
    """What a person or a program reads there, piece by piece."""
    if kind == "webhook":
        return " ".join(strings(json.loads(preview.text))).split()
    if kind == "sms":
        return preview.text.rpartition("\n[")[0].split()
    if kind == "email":
        mail = message_from_bytes(preview.raw, policy=policy.default)
        text = mail.get_body(("plain",))
        assert text is not None
        return [*str(mail["Subject"]).split(), *text.get_content().split()]
    return preview.text.split()


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [found for one in value for found in strings(one)]
    return [str(value)]


def likeness(token: str, *, kind: str) -> str:
    """The same for two spellings of one token: signs around it apart, a link with its octets read, and for the
    alphabet of a telephone a word without its accents."""
    if "/" in token:
        return (
            unquote(token).strip(AROUND).removeprefix("https://")
        )  # which a letter gives to an address without it
    bare = token.strip(AROUND)
    return fold(bare) if kind == "sms" else bare


def bulletin(headline: list[str], dek: list[str], paragraph: list[str], *, times: int) -> Message:
    blocks = (Block(kind="paragraph", text=" ".join(paragraph)),) * times
    return message(headline=" ".join(headline), dek=" ".join(dek), blocks=blocks, picture=picture())


@each
@given(
    headline=SPOKEN, dek=SPOKEN, paragraph=SPOKEN, share=SHARES, pictured=st.booleans(), heard=st.booleans()
)
@trying(max_examples=40)
def test_no_word_and_no_link_is_ever_cut(
    kind: str,
    headline: list[str],
    dek: list[str],
    paragraph: list[str],
    share: float,
    pictured: bool,
    heard: bool,
) -> None:
    baked(picture().path, "photo")
    room = (registry.channel_class(kind).limits.body or 3000) * share
    given_ = bulletin(headline, dek, paragraph, times=int(room / (len(" ".join(paragraph)) + 2)) + 1)
    said = replace(given_, picture=given_.picture if pictured else None)
    plain = replace(said, headline="Aviso", dek="Aviso", blocks=(Block(kind="paragraph", text="Aviso"),))
    own = [*tokens(kind, shown(kind, plain, heard=heard)), *OWN.get(kind, "").split()]
    known = {likeness(token, kind=kind) for token in [*headline, *dek, *paragraph, *own]}
    read = [likeness(token, kind=kind) for token in tokens(kind, shown(kind, said, heard=heard))]
    assert [token for token in read if token.strip("=") and token not in known] == []


def cut_by(kind: str, given_: Message) -> str:
    return " ".join(tokens(kind, shown(kind, given_, heard=True)))


@each
def test_a_headline_of_one_endless_word_is_still_said(kind: str) -> None:
    said = cut_by(kind, message(headline="x" * 1200, dek="", blocks=()))
    assert re.search(r"x{100,1199}(…|\.\.\.)|x{1200}", said)


@each
def test_an_endless_link_is_whole_or_is_not_there(kind: str) -> None:
    link = f"https://muestra.example/{'obra_' * 2000}"
    for given_ in (
        message(headline=link),
        message(dek=link),
        message(blocks=(Block(kind="paragraph", text=link),)),
    ):
        assert "obra_obra" not in cut_by(kind, given_).replace(link, "")


#: Where words are few, or each link costs.
WITHOUT_VIDEOS = {"sms", "webpush", "x"}


@each
def test_a_video_elsewhere_is_told_with_its_whole_address(kind: str) -> None:
    address = "https://video.example/recorrido_a_pie?v=2&t=1"
    blocks = (
        Block(kind="paragraph", text="El andador quedó abierto."),
        Block(kind="video", text="De punta a punta", label=address),
    )
    said = cut_by(kind, message(dek="", blocks=blocks))
    assert ("De punta a punta" in said, address in said) == (kind not in WITHOUT_VIDEOS,) * 2


# --- Photos -------------------------------------------------------------------------------------------------


def provider(kind: str, seen: list[httpx2.Request]) -> Callable[[httpx2.Request], httpx2.Response]:
    """Says yes to whatever is asked: all that was recorded of this provider, in one answer."""
    accepted = recorded(kind, "accepted")
    steps = accepted.get("steps", [accepted])
    body = {name: value for step in steps for name, value in (step.get("body") or {}).items()}
    headers = {name: value for step in steps for name, value in step.get("headers", {}).items()}

    def answer(request: httpx2.Request) -> httpx2.Response:
        request.read()
        seen.append(request)
        content = json.dumps({"id": "1", "blob": {"ref": "1"}} | body)
        return httpx2.Response(steps[0]["status"], headers=headers, content=content)

    return answer


def left(kind: str, given_: Parcel) -> str:
    """All that goes over the wire for it; for a letter its parts, and by hand what a person pastes."""
    options = recorded(kind, "setup")["options"] if (kind != "whatsapp_channel") else {}
    if kind in {"email", "sms", "whatsapp_channel"}:
        preview = registry.rehearse(kind, {}).preview(given_)
        mail = message_from_bytes(preview.raw, policy=policy.default)
        parts = [str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text"]
        return "\n".join(parts) if kind == "email" else preview.text + preview.html
    seen: list[httpx2.Request] = []
    prepared = registry.channel_class(kind).options_class.prepared(options)
    channel = registry.build(
        kind, prepared, http=client(transport=httpx2.MockTransport(provider(kind, seen)))
    )
    channel.send(given_)
    return unquote_plus("\n".join(request.content.decode(errors="replace") for request in seen))


#: Channels that send no photo at all.
WITHOUT_PHOTOS = {"sms", "webpush"}


@each
@pytest.mark.parametrize("heard", [False, True])
def test_of_every_photo_that_leaves_there_leaves_what_it_shows(
    kind: str, heard: bool, photos: list[Path]
) -> None:
    first = picture(alt="Niñas y niños en el quiosco")
    second = picture(
        url="https://muestra.example/fotos/2/960.jpg", path="fotos/2/960.jpg", alt="La banda <municipal>"
    )
    at = datetime.now(UTC) if heard else None
    album = message().with_pictures((first, second))
    said = left(kind, parcel_for(kind, album, last_heard_at=at))
    gone = [
        one
        for number, one in enumerate((first, second), 1)
        if one.url in said or f"photo number {number}" in said
    ]
    assert ([one.alt for one in gone if one.alt not in unescape(said)], bool(gone)) == (
        [],
        kind not in WITHOUT_PHOTOS,
    )
