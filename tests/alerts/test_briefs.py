from __future__ import annotations

import pytest
from django.utils import timezone

from factories.accounts import LocalityFactory
from factories.alerts import draft, minor, person, sent
from pregon.alerts import actions as alerts
from pregon.alerts.briefs import (
    DRILL,
    area_of,
    audience_of,
    banner_of,
    headline_of,
    marked,
    message_about,
    notice_of,
)
from pregon.alerts.enums import Status
from pregon.delivery.previews import seen_on
from pregon.delivery.registry import kinds

pytestmark = pytest.mark.django_db


def test_a_real_alert_says_what_to_do_before_what_happens() -> None:
    message = message_about(minor())
    said = [block.text for block in message.blocks]
    assert (message.headline, message.notice) == ("Alerta: Corte de agua en La Loma", "")
    assert said[0].startswith("Junta agua") and said[1].startswith("No habrá agua")
    assert DRILL not in str(message)


@pytest.mark.parametrize("kind", kinds())
def test_a_drill_says_so_at_both_ends_on_every_channel(kind: str) -> None:
    seen = seen_on(kind, message_about(sent(status=Status.EXERCISE)))
    if seen.preview is None:  # it takes no text without a photo, drill or not
        assert kind == "instagram"
        return
    first = next(line for line in seen.words.splitlines() if line.strip())
    assert DRILL in f"{seen.preview.subject} {first}"
    assert seen.words.count(DRILL) >= 2


def test_a_title_of_the_longest_kind_keeps_both_ends_on_a_locked_phone() -> None:
    alert = sent("tormenta", status=Status.EXERCISE, headline="T" * 80)
    seen = seen_on("webpush", message_about(alert))
    assert seen.preview is not None
    title = seen.words.splitlines()[0]
    assert title.startswith(DRILL) and title.endswith(DRILL)


def test_an_sms_of_a_drill_is_cut_and_still_says_so_twice() -> None:
    seen = seen_on("sms", message_about(sent("incendio-forestal", status=Status.EXERCISE)))
    assert seen.words.split("\n")[0].count(DRILL) == 2


def test_what_follows_says_what_it_takes_the_place_of() -> None:
    first = minor()
    update, end = (verb(first, by=person(), at=timezone.now()) for verb in (alerts.update, alerts.cancel))
    assert notice_of(update).startswith("Sustituye a la alerta «Corte de agua en La Loma»")
    assert notice_of(end).startswith("Cancela la alerta «Corte de agua en La Loma»")
    assert (headline_of(update), headline_of(end)) == (
        "Actualización: Corte de agua en La Loma",
        "Cancelada: Corte de agua en La Loma",
    )


def test_where_it_holds_in_words() -> None:
    place = LocalityFactory.create(name="La Cofradía")
    assert area_of(draft()) == "Municipio de Villa de Muestra, Jalisco"
    assert area_of(draft(localities=(place,), area="El arroyo")) == "La Cofradía, El arroyo"


def test_a_zone_without_words_is_told_by_what_is_near_and_is_not_the_whole_town() -> None:
    drawn = draft(polygon="19.91,-103.02 19.92,-103.03 19.93,-103.02 19.91,-103.02")
    assert area_of(drawn) == "Zona marcada por coordenadas"
    LocalityFactory.create(name="Lejos", latitude="20.915300", longitude="-103.020800")
    assert area_of(drawn) == "Zona marcada por coordenadas"
    LocalityFactory.create(name="Cerca", latitude="19.915300", longitude="-103.020800")
    assert area_of(drawn) == "Zona cerca de Cerca"
    assert area_of(draft(circle="19.9,-103.0 2")) == "Zona cerca de Cerca"
    assert area_of(draft(circle="1")) == "Municipio de Villa de Muestra, Jalisco"


def test_what_went_out_keeps_the_words_of_its_zone() -> None:
    LocalityFactory.create(name="Cerca", latitude="19.915300", longitude="-103.020800")
    out = minor(circle="19.9,-103.0 2")
    LocalityFactory.create(name="Más cerca", latitude="19.900000", longitude="-103.000000")
    out.refresh_from_db()
    assert area_of(out) == "Zona cerca de Cerca"
    assert "<areaDesc>Zona cerca de Cerca</areaDesc>" in out.xml


def test_the_word_of_a_drill_stands_at_both_ends_of_its_kicker_and_nowhere_else() -> None:
    kicker = message_about(sent(status=Status.EXERCISE)).kicker
    assert (kicker.count("SIMULACRO"), kicker[:9], kicker[-9:]) == (2, "SIMULACRO", "SIMULACRO")


def test_what_follows_reaches_whoever_the_first_one_was_for() -> None:
    one, other = LocalityFactory.create(), LocalityFactory.create()
    first = minor(localities=(one,))
    update = alerts.update(first, by=person(), at=timezone.now())
    update.localities.set([other])
    assert (audience_of(first).localities, audience_of(update).localities) == (
        (one.pk,),
        tuple(sorted((one.pk, other.pk))),
    )
    update.localities.clear()
    assert audience_of(update).localities == ()


def test_the_banner_tells_what_a_page_needs() -> None:
    alert = sent(status=Status.EXERCISE)
    told = banner_of(alert)
    assert list(told) == ["url", "headline", "severity", "drill", "until"]
    assert (told["drill"], told["headline"].startswith(DRILL), told["url"]) == (
        True,
        True,
        alert.get_absolute_url(),
    )


def test_nothing_is_marked_that_says_nothing() -> None:
    assert marked("  ", draft(status=Status.EXERCISE)) == "  "
