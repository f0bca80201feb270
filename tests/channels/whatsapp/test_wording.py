"""What is written freely: the headline in bold, the links in full, how to leave."""

from __future__ import annotations

from factories.delivery import message, parcel, picture
from pregon.channels.whatsapp.wording import foot_of, worded
from pregon.delivery.enums import MessageKind


def test_a_bulletin_reads_on_at_the_site_and_says_how_to_leave() -> None:
    lines = worded(parcel(), limit=4096, pictured=False).split("\n\n")
    assert (lines[0], lines[1]) == (
        "*Reabre el andador con empedrado nuevo*",
        "_Tres meses de obra en el corazón del pueblo._",
    )
    assert lines[-1] == (
        "Leer en el sitio: https://muestra.example/boletines/2026-001/\n"
        "Para dejar de recibir estos avisos, responde BAJA."
    )


def test_what_the_photo_shows_goes_along() -> None:
    given = parcel(message(picture=picture()))
    assert foot_of(given, pictured=True).startswith("En la foto: Vecinas y vecinos caminan por el andador\n")
    assert "En la foto" not in foot_of(given, pictured=False)


def test_a_letter_about_the_subscription_has_its_one_link() -> None:
    about = message(MessageKind.SERVICE, url="", action="Confirmar mi suscripción")
    given = parcel(about, confirm_url="https://muestra.example/si/")
    assert foot_of(given, pictured=False) == "Confirmar mi suscripción: https://muestra.example/si/"
    assert foot_of(parcel(message(MessageKind.SERVICE, url="", action="")), pictured=False) == ""


def test_the_notice_comes_first_in_a_withdrawal() -> None:
    gone = message(
        MessageKind.WITHDRAWAL,
        headline="Se retira el boletín",
        url="",
        dek="",
        blocks=(),
        notice="Se pospuso.",
    )
    assert worded(parcel(gone, unsubscribe_url=""), limit=4096, pictured=False) == (
        "*Se retira el boletín*\n\nSe pospuso."
    )
