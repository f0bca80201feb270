"""What Telegram shows fits, keeps its link, and is never markup of somebody else's."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from factories.delivery import message, parcel, picture
from pregon.channels.telegram.wording import worded
from pregon.delivery.enums import MessageKind
from pregon.delivery.values import Block
from servers.telegram_text import length, plain

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=400)


@given(TEXT, TEXT, TEXT, st.sampled_from([1024, 4096]), st.none() | TEXT)
def test_any_message_fits_and_reads_as_it_says(
    headline: str, dek: str, body: str, limit: int, alt: str | None
) -> None:
    shown = None if alt is None else picture(alt=alt)
    blocks = tuple(Block(kind="paragraph", text=body) for _one in range(12))
    wording = worded(parcel(message(headline=headline, dek=dek, blocks=blocks)), limit=limit, picture=shown)
    assert (plain(wording.marked), length(wording.seen) <= limit) == (wording.seen, True)
    assert wording.seen.endswith("Leer en el sitio · Preferencias")


def test_a_bulletin_in_full() -> None:
    assert worded(parcel(), limit=4096).marked == (
        "<b>Reabre el andador con empedrado nuevo</b>\n\n"
        "<i>Tres meses de obra en el corazón del pueblo.</i>\n\n"
        "Villa de Muestra, Jalisco. El andador quedó abierto este viernes al paso peatonal.\n\n"
        "320 m de empedrado\n\n18 luminarias\n\n"
        "«La calle es de quien la camina» — Dirección de Obras Públicas\n\n"
        "• Jardineras en diciembre\n\n"
        '<a href="https://muestra.example/boletines/2026-001/">Leer en el sitio</a> · '
        '<a href="https://muestra.example/suscripcion/ficha/">Preferencias</a>'
    )


def test_a_correction_says_what_changed_before_the_text() -> None:
    seen = worded(parcel(message(MessageKind.CORRECTION, notice="Eran dieciocho.")), limit=4096).seen
    assert seen.startswith("Corrección: Reabre el andador con empedrado nuevo\n\nEran dieciocho.")


def test_a_service_message_is_plain() -> None:
    service = message(MessageKind.SERVICE, dek="", dateline="", url="", blocks=(), action="Elegir mis temas")
    assert worded(parcel(service), limit=4096).marked == (
        "<b>Reabre el andador con empedrado nuevo</b>\n\n"
        '<a href="https://muestra.example/suscripcion/ficha/">Elegir mis temas</a>'
    )
