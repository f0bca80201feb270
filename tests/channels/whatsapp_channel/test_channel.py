"""What a person pastes: whole, within the limits, with its photo beside it."""

from __future__ import annotations

import pytest

from factories.delivery import message, parcel, picture
from pregon.channels.fitting import units
from pregon.channels.whatsapp_channel.channel import ByHandChannel
from pregon.delivery import registry
from pregon.delivery.contract import Parcel
from pregon.delivery.enums import MessageKind
from pregon.delivery.errors import Rejected

PLACE = "https://whatsapp.com/channel/0029VaMuestra123456789"


@pytest.fixture
def by_hand() -> ByHandChannel:
    built = registry.build("whatsapp_channel", {})
    assert isinstance(built, ByHandChannel)
    return built


def posted(kind: MessageKind = MessageKind.NEWS, **fields: object) -> Parcel:
    return parcel(message(kind, **fields), destination=PLACE, preferences_url="", unsubscribe_url="")


def test_the_text_is_ready_to_paste(by_hand: ByHandChannel) -> None:
    short = posted(picture=picture(), blocks=(), dek="Tres meses de obra.")
    assert by_hand.preview(short).text == (
        "*Reabre el andador con empedrado nuevo*\n\n_Tres meses de obra._\n\n"
        "En la foto: Vecinas y vecinos caminan por el andador\n"
        "https://muestra.example/boletines/2026-001/"
    )


@pytest.mark.parametrize(("photo", "limit"), [(None, 4096), (picture(), 1024)])
def test_a_long_bulletin_is_fitted_and_keeps_its_link(
    by_hand: ByHandChannel, photo: object, limit: int
) -> None:
    text = by_hand.preview(posted(picture=photo, blocks=message().blocks * 60)).text
    assert (limit - 200 < units(text) <= limit, text.endswith("/boletines/2026-001/")) == (True, True)


def test_the_photo_stands_above_and_can_be_taken(by_hand: ByHandChannel) -> None:
    html = by_hand.preview(posted(picture=picture())).html
    assert '<a href="https://muestra.example/fotos/1/960.jpg" download>' in html
    assert 'alt="Vecinas y vecinos caminan por el andador"' in html
    assert "<img" not in by_hand.preview(posted()).html


def test_a_withdrawal_says_what_happened(by_hand: ByHandChannel) -> None:
    gone = posted(
        MessageKind.WITHDRAWAL,
        headline="Se retira el boletín",
        url="",
        dek="",
        blocks=(),
        notice="Se pospuso.",
    )
    assert by_hand.preview(gone).text == "*Se retira el boletín*\n\nSe pospuso."


def test_nothing_is_sent_by_a_program(by_hand: ByHandChannel) -> None:
    with pytest.raises(Rejected, match="copia el texto y pégalo"):
        by_hand.send(posted())
    assert by_hand.limits.by_hand


@pytest.mark.parametrize(
    "typed",
    [
        PLACE,
        "whatsapp.com/channel/0029VaMuestra123456789",
        "https://www.whatsapp.com/channel/0029VaMuestra123456789/",
        "https://whatsapp.com/channel/0029VaMuestra123456789?utm=1",
    ],
)
def test_a_channel_is_kept_in_one_spelling(by_hand: ByHandChannel, typed: str) -> None:
    assert by_hand.normalise(typed) == PLACE


@pytest.mark.parametrize(
    "typed", ["0029VaMuestra123456789", "https://chat.whatsapp.com/ABCDEFGHIJKL", "+523331234567"]
)
def test_what_is_no_channel_is_refused(by_hand: ByHandChannel, typed: str) -> None:
    with pytest.raises(Rejected):
        by_hand.normalise(typed)
