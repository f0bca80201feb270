"""What a channel says in words is drawn as its receiver sees it, and nothing of it can act."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from pytest_django import Settings

from factories.delivery import SpokenChannel, message, picture, video
from pregon.delivery.contract import Limits, Manner, Parcel, Preview, Price
from pregon.delivery.errors import Rejected, UnknownChannel
from pregon.delivery.previews import Seen, as_it_stands, sample_parcel, seen_on, with_its_place

pytestmark = pytest.mark.django_db


def seen(text: str, html: str = "") -> Seen:
    return Seen(
        kind="spoken", preview=Preview(subject="S", text=text, html=html), pictures=(picture(), picture())
    )


def test_a_picture_named_in_words_becomes_one_again() -> None:
    one = seen("[Foto: El andador]\n\nYa abre.\n")
    assert (len(one.shown_pictures), one.notes, one.body) == (1, [], "<p>Ya abre.</p>")


def test_a_picture_that_the_channel_does_not_take_is_not_shown() -> None:
    assert seen("Ya abre.").shown_pictures == ()


def test_what_is_neither_words_nor_picture_is_small_print() -> None:
    one = seen("Ya abre.\n\n[2 SMS · 305 de 306 letras]\n")
    assert (one.notes, one.body) == (["2 SMS · 305 de 306 letras"], "<p>Ya abre.</p>")


def test_a_photo_that_is_private_still_leaves_its_place(settings: Settings) -> None:
    one = seen("[Foto: El andador]\n\nYa abre.\n")
    private = as_it_stands(message(picture=picture()))
    place = settings.HOME.baked / picture().path
    place.parent.mkdir(parents=True)
    place.write_bytes(b"jpeg")
    public = as_it_stands(message(picture=picture()))
    assert (private.album, public.album, one.album) == ((), (picture(),), [(picture(), True)])


def test_a_letter_draws_a_frame_where_a_private_photo_comes(settings: Settings) -> None:
    hostile = picture(alt='<b>El "andador" & su gente</b>')
    [framed] = with_its_place(message(picture=hostile)).album
    drawing = unquote(framed.url.removeprefix("data:image/svg+xml,"))
    words = "".join(ElementTree.fromstring(drawing).itertext())
    assert words == f"Aquí va la foto: {hostile.alt}"
    place = settings.HOME.baked / picture().path
    place.parent.mkdir(parents=True)
    place.write_bytes(b"jpeg")
    assert with_its_place(message(picture=hostile)).album == (hostile,)


def test_a_video_named_in_words_is_a_drawn_frame() -> None:
    preview = Preview(subject="S", text="[Video: El andador]\n\nYa abre.\n", html="")
    one = Seen(kind="spoken", preview=preview, video=video())
    frame = render_to_string("delivery/desk/seen_message.html", {"seen": one, "sender": "Oficina"})
    assert (one.shown_video, one.notes, one.body) == (video(), [], "<p>Ya abre.</p>")
    assert "Aquí va el video: Recorrido por el andador de punta a punta" in " ".join(frame.split())
    assert "desk-film" not in render_to_string("delivery/desk/seen_message.html", {"seen": seen("Ya abre.")})


def test_a_video_stands_once_the_public_can_fetch_it(settings: Settings) -> None:
    elsewhere = message(video=video(url="https://video.example/1.mp4", path=""))
    private = as_it_stands(message(video=video()))
    place = settings.HOME.baked / video().path
    place.parent.mkdir(parents=True)
    place.write_bytes(b"mp4")
    public = as_it_stands(message(video=video()))
    assert (private.video, public.video, as_it_stands(elsewhere)) == (None, video(), elsewhere)


def test_marks_are_kept_and_asides_are_not_said_twice() -> None:
    one = seen("[Foto: El andador]\n\nYa abre.", "[Foto: El andador]<br><br><b>Ya</b> abre.<br>[hoy] no")
    assert one.body == "<b>Ya</b> abre.<br/>[hoy] no"


def test_a_drawn_picture_stands_above_the_words() -> None:
    one = seen("Ya abre.", '<p><img src="https://muestra.example/1.jpg" alt=""></p><p>Ya abre.</p>')
    assert (len(one.shown_pictures), "<img" in one.body) == (1, False)


def test_where_a_drawn_picture_stood_no_gap_is_left() -> None:
    drawn = '<img src="https://muestra.example/1.jpg" alt="">'
    for gap in (f"<p>{drawn}</p>", f'<p><a href="https://muestra.example/1.jpg" download>{drawn}</a></p>\n'):
        assert seen("Ya abre.", f"{gap}<p>Ya abre.</p>").body == "<p>Ya abre.</p>"


def test_where_the_pictures_stood_last_the_words_end() -> None:
    assert seen("Ya abre.", "<p>Ya abre.</p><br><br>[Foto: x]").body == "<p>Ya abre.</p>"


def test_an_address_in_plain_words_is_a_link() -> None:
    link = '<a href="https://muestra.example/1/">https://muestra.example/1/</a>'
    assert seen("Ya abre: https://muestra.example/1/").body == f"<p>Ya abre: {link}</p>"
    assert seen("Ya", "Ya<br>https://muestra.example/1/").body == f"Ya<br/>{link}"


def test_of_many_pictures_the_last_says_how_many_more() -> None:
    photos = "[Foto: El andador]\n\n" * 6
    preview = Preview(subject="S", text=f"{photos}Ya abre.")
    assert Seen(kind="spoken", preview=preview, pictures=(picture(),) * 6).beyond == 2
    assert seen("[Foto: El andador]\n\nYa abre.").beyond == 0


def test_what_only_shows_when_asked_for_is_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    words = "[Foto: El andador]\n\nYa abre.\n"
    assert not seen(words).folded
    monkeypatch.setattr(SpokenChannel, "limits", Limits(fold=8))
    assert not seen(words).folded  # asides are not read there
    monkeypatch.setattr(SpokenChannel, "limits", Limits(fold=7))
    assert seen(words).folded


def test_nothing_in_the_words_can_act() -> None:
    acting = '<script>alert(1)</script><b onclick="x()">Ya</b> <a href="javascript:x()">abre</a>'
    assert seen("Ya", acting).body == "alert(1)<b>Ya</b> <a>abre</a>"
    assert seen("<script>x()</script>").body == "<p>&lt;script&gt;x()&lt;/script&gt;</p>"


def test_a_whole_page_is_looked_at_through_a_frame() -> None:
    one = seen("[Foto: x]", "<html><body>Hola</body></html>")
    assert (one.is_page, one.shown_pictures) == (True, ())


def test_a_message_is_seen_with_its_price(monkeypatch: pytest.MonkeyPatch) -> None:
    price = Price(amount=Decimal("0.015"), currency="USD")
    monkeypatch.setattr(SpokenChannel, "price", lambda channel, parcel: price)
    one = seen_on("spoken", message(picture=picture()))
    assert (one.price, one.label, one.manner, one.pictures, one.problem) == (
        price,
        "De viva voz",
        Manner.CHAT,
        (picture(),),
        "",
    )


def test_a_refusal_is_part_of_what_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(channel: SpokenChannel, parcel: Parcel) -> Preview:
        raise Rejected("Sin foto no se publica.")

    monkeypatch.setattr(SpokenChannel, "preview", refuse)
    one = seen_on("spoken", message())
    assert (one.problem, one.body, one.notes, one.is_page) == ("Sin foto no se publica.", "", [], False)


def test_an_unknown_channel_shows_nothing() -> None:
    with pytest.raises(UnknownChannel):
        seen_on("smoke", message())


def test_nobodys_own_links_are_shown() -> None:
    parcel = sample_parcel(message())
    assert parcel.unsubscribe_url.endswith("/suscripcion/muestra/baja/")
