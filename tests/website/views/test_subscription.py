"""Nobody learns from these pages who is subscribed, and no scanner of mail can say yes or no for a person."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from factories.delivery import live
from factories.newsroom import town
from factories.website import HOSTILE
from pregon.accounts.models import Locality, Topic
from pregon.core.home import Home
from pregon.delivery import actions as delivery
from pregon.delivery.enums import Frequency, Mode, Standing
from pregon.delivery.links import CONFIRM_WITHIN, Links
from pregon.delivery.models import ChannelAccount, Dispatch, Subscriber

pytestmark = pytest.mark.django_db
SAME = {"Sec-Fetch-Site": "same-origin"}
PUSH_KEY = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
WISH = {"correo": "vecina@muestra.example", "acepto": "on"}


@pytest.fixture(autouse=True)
def mail() -> ChannelAccount:
    """An office that really sends letters."""
    town()
    return live("email")


def in_mode(kind: str, mode: Mode) -> None:
    ChannelAccount.objects.update_or_create(kind=kind, defaults={"mode": mode})


@pytest.fixture
def strict() -> Client:
    """A browser without our cookies, on a site that checks for forged posts."""
    return Client(enforce_csrf_checks=True)


def subscriber(standing: Standing = Standing.PENDING, **fields: object) -> Subscriber:
    given = {"address": f"{secrets.token_hex(4)}@muestra.example", "asked_at": timezone.now(), **fields}
    return Subscriber.objects.create(channel="email", standing=standing, **given)


def path(url: str) -> str:
    return url.removeprefix("http://testserver")


# --- Asking -------------------------------------------------------------------------------------------------


def test_the_form_is_the_same_for_everyone(client: Client) -> None:
    first, second = client.get("/suscripcion/"), client.get("/suscripcion/")
    assert first.content == second.content
    assert first.cookies == {}
    assert "csrf" not in first.content.decode()


def test_a_wish_is_noted_with_its_choices_and_a_letter_is_on_its_way(strict: Client) -> None:
    topic, locality = Topic.objects.get(name="Salud"), Locality.objects.get(name="La Loma")
    answer = strict.post(
        "/suscripcion/",
        {**WISH, "correo": " Vecina@Muestra.example ", "temas": [topic.pk], "localidades": [locality.pk]},
        headers=SAME,
    )
    assert (answer.status_code, answer["Location"]) == (303, "/suscripcion/gracias/")
    found = Subscriber.objects.get()
    assert (found.address, found.standing) == ("vecina@muestra.example", Standing.PENDING)
    assert (list(found.topics.all()), list(found.localities.all())) == ([topic], [locality])
    assert found.consent.startswith("Acepto que la oficina use mi correo")
    assert Dispatch.objects.count() == 1


@pytest.mark.parametrize("standing", [None, *Standing])
def test_known_and_unknown_addresses_get_the_same_answer_byte_for_byte(
    strict: Client, standing: Standing | None
) -> None:
    if standing:
        subscriber(standing, address="conocida@muestra.example", confirmed_at=timezone.now())
    answers = [
        strict.post("/suscripcion/", {**WISH, "correo": address}, headers=SAME)
        for address in ("conocida@muestra.example", "nueva@muestra.example")
    ]
    one, other = ((a.status_code, a.content, dict(a.headers), a.cookies.output()) for a in answers)
    assert one == other
    assert strict.get("/suscripcion/gracias/").cookies == {}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://testserver"}, 303),
        ({"Origin": "https://otra.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://[::1"}, 403),
        ({}, 403),
    ],
)
def test_only_a_page_of_this_site_may_post_the_form(
    strict: Client, headers: dict[str, str], status: int
) -> None:
    assert strict.post("/suscripcion/", WISH, headers=headers).status_code == status
    assert Subscriber.objects.exists() is (status == 303)


def test_a_program_that_fills_every_field_is_thanked_and_forgotten(strict: Client) -> None:
    answer = strict.post("/suscripcion/", {**WISH, "sitio": "https://spam.example"}, headers=SAME)
    assert answer.status_code == 303
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"correo": "vecina", "acepto": "on"}, "Ese correo no está completo"),
        ({"correo": "", "acepto": "on"}, "Escribe tu correo electrónico."),
        ({"correo": "vecina@muestra.example"}, "Marca la casilla para que podamos escribirte."),
    ],
)
def test_what_is_missing_is_said(strict: Client, wish: dict[str, str], sentence: str) -> None:
    answer = strict.post("/suscripcion/", wish, headers=SAME)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Subscriber.objects.exists()


def test_a_hostile_address_stays_words(strict: Client) -> None:
    page = strict.post("/suscripcion/", {**WISH, "correo": HOSTILE}, headers=SAME).content.decode()
    assert "<script>alert" not in page


def test_the_offices_own_telegram_channel_is_offered_while_it_is_live(client: Client) -> None:
    delivery.add_office_channel("@muestra_avisos", channel="telegram", name="Canal", at=timezone.now())
    shown = {}
    for mode in Mode:
        in_mode("telegram", mode)
        shown[mode] = "https://t.me/muestra_avisos" in client.get("/suscripcion/").content.decode()
    assert shown == {Mode.OFF: False, Mode.SANDBOX: False, Mode.LIVE: True}


@pytest.mark.parametrize("mode", [Mode.OFF, Mode.SANDBOX])
def test_no_letter_is_promised_that_does_not_leave(strict: Client, mode: Mode) -> None:
    in_mode("email", mode)
    for page in ("/suscripcion/", "/suscripcion/gracias/"):
        shown = strict.get(page).content.decode()
        assert ("La suscripción por correo se abre pronto" in shown, 'name="correo"' in shown) == (
            True,
            False,
        )
        assert ("Te enviamos" in shown, shown.count('"/rss.xml">RSS')) == (False, 2)
    answer = strict.post("/suscripcion/", WISH, headers=SAME)
    assert (answer.status_code, Subscriber.objects.exists()) == (409, False)
    assert "se abre pronto" in answer.content.decode()


def test_who_subscribes_their_browser_may_choose_before_mail_is_open(client: Client) -> None:
    in_mode("email", Mode.SANDBOX)
    live("webpush", private_key=PUSH_KEY)
    shown = client.get("/suscripcion/").content.decode()
    assert ("data-push-key" in shown, 'name="temas"' in shown, 'name="correo"' in shown) == (
        True,
        True,
        False,
    )


def test_a_sample_office_shows_the_way_in_and_says_that_it_rehearses(strict: Client, home: Home) -> None:
    in_mode("email", Mode.SANDBOX)
    home.sample.touch()
    shown = strict.get("/suscripcion/").content.decode()
    assert ('name="correo"' in shown, "está de ensayo" in shown) == (True, True)
    assert strict.post("/suscripcion/", WISH, headers=SAME).status_code == 303
    thanks = strict.get("/suscripcion/gracias/").content.decode()
    assert ("se guardó en su bandeja" in thanks, "Te enviamos" in thanks) == (True, False)
    in_mode("email", Mode.LIVE)
    assert "está de ensayo" not in strict.get("/suscripcion/").content.decode()


# --- Confirming ---------------------------------------------------------------------------------------------


def test_opening_the_link_shows_a_button_and_changes_nothing(strict: Client) -> None:
    asked = subscriber()
    answer = strict.get(path(Links(asked).confirm))
    asked.refresh_from_db()
    assert (answer.status_code, asked.standing) == (200, Standing.PENDING)
    assert "<button" in answer.content.decode()


def test_pressing_the_button_confirms_and_twice_does_no_harm(strict: Client) -> None:
    asked = subscriber()
    link = path(Links(asked).confirm)
    assert [strict.post(link).status_code for _ in range(2)] == [200, 200]
    asked.refresh_from_db()
    assert asked.standing == Standing.CONFIRMED


def test_a_late_link_says_so_and_confirms_nothing(strict: Client) -> None:
    asked = subscriber()
    link = path(Links(asked).confirm)
    with time_machine.travel(timezone.now() + CONFIRM_WITHIN + timedelta(minutes=1)):
        answer = strict.post(link)
    asked.refresh_from_db()
    assert (answer.status_code, asked.standing) == (404, Standing.PENDING)


def test_a_link_from_before_leaving_confirms_no_more_until_asking_again(strict: Client) -> None:
    asked = subscriber(address=WISH["correo"], asked_at=timezone.now() - timedelta(days=1))
    old = path(Links(asked).confirm)
    delivery.leave(asked, at=timezone.now())
    answers = [strict.get(old), strict.post(old)]
    asked.refresh_from_db()
    assert ([answer.status_code for answer in answers], asked.standing) == ([404, 404], Standing.LEFT)
    strict.post("/suscripcion/", WISH, headers=SAME)
    asked.refresh_from_db()
    assert [strict.post(link).status_code for link in (old, path(Links(asked).confirm))] == [404, 200]
    asked.refresh_from_db()
    assert asked.standing == Standing.CONFIRMED


# --- Preferences and leaving --------------------------------------------------------------------------------


def test_preferences_show_what_was_chosen_and_keep_what_is_changed(strict: Client) -> None:
    kept = subscriber(Standing.CONFIRMED)
    health, works = Topic.objects.get(name="Salud"), Topic.objects.get(name="Obra pública")
    delivery.choose(kept, topics=[health], localities=[])
    link = path(Links(kept).preferences)
    shown = strict.get(link)
    assert list(shown.context["form"].initial["temas"]) == [health]
    assert kept.address not in shown.content.decode()
    assert strict.post(link, {"temas": [works.pk]}).status_code == 200
    assert list(kept.topics.all()) == [works]
    strict.post(link, {})
    kept.refresh_from_db()
    assert kept.every_topic is True


@pytest.mark.parametrize("standing", [Standing.LEFT, Standing.GONE])
def test_who_is_out_is_told_so_and_keeps_no_preferences(strict: Client, standing: Standing) -> None:
    gone = subscriber(standing, frequency=Frequency.EACH)
    link = path(Links(gone).preferences)
    for answer in (strict.get(link), strict.post(link, {"frecuencia": "daily"})):
        shown = answer.content.decode()
        assert ("Ya no te escribimos" in shown, "Guardado." in shown) == (True, False)
        assert answer["X-Robots-Tag"] == "noindex"
    gone.refresh_from_db()
    assert (gone.standing, gone.frequency) == (standing, Frequency.EACH)


def test_opening_the_way_out_changes_nothing(strict: Client) -> None:
    kept = subscriber(Standing.CONFIRMED)
    answer = strict.get(path(Links(kept).unsubscribe))
    kept.refresh_from_db()
    assert (answer.status_code, kept.standing) == (200, Standing.CONFIRMED)


def test_one_click_leaves_at_once_without_redirect_or_cookie(strict: Client) -> None:
    kept = subscriber(Standing.CONFIRMED)
    answer = strict.post(path(Links(kept).unsubscribe), {"List-Unsubscribe": "One-Click"})
    kept.refresh_from_db()
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert answer.content.decode() == "Listo: ya no te escribiremos."
    assert (answer.cookies, kept.standing) == ({}, Standing.LEFT)


def test_one_click_may_come_as_a_form_of_many_parts(strict: Client) -> None:
    kept = subscriber(Standing.CONFIRMED)
    body = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    link = path(Links(kept).unsubscribe)
    answer = strict.post(link, body, content_type="multipart/form-data; boundary=x")
    kept.refresh_from_db()
    assert (answer["Content-Type"], kept.standing) == ("text/plain; charset=utf-8", Standing.LEFT)


def test_pressing_the_button_leaves_and_shows_a_page(strict: Client) -> None:
    kept = subscriber(Standing.CONFIRMED)
    answer = strict.post(path(Links(kept).unsubscribe))
    kept.refresh_from_db()
    assert "Listo: ya no te escribiremos" in answer.content.decode()
    assert kept.standing == Standing.LEFT


@pytest.mark.parametrize("page", ["/suscripcion/{}/", "/suscripcion/{}/baja/", "/suscripcion/confirmar/{}/"])
@pytest.mark.parametrize("token", ["x", "a.b.c", "WyIxLjEiXQ.1abc.firma-falsa"])
def test_a_forged_link_opens_nothing(strict: Client, page: str, token: str) -> None:
    for answer in (strict.get(page.format(token)), strict.post(page.format(token))):
        assert answer.status_code == 404
        assert answer.cookies == {}


def test_a_link_opens_only_what_it_is_for(strict: Client) -> None:
    kept = subscriber()
    token = path(Links(kept).preferences).split("/")[2]
    assert strict.post(f"/suscripcion/confirmar/{token}/").status_code == 404


def test_pages_behind_a_link_tell_nobody_their_address(strict: Client) -> None:
    links = Links(subscriber(Standing.CONFIRMED))
    for url in (links.confirm, links.preferences, links.unsubscribe):
        answer = strict.get(path(url))
        assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == ("no-referrer", "noindex")
        assert "no-store" in answer["Cache-Control"]
        assert answer.cookies == {}


def test_a_form_too_large_to_be_one_is_answered_in_our_words(client: Client, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 5
    answer = client.post("/suscripcion/", {f"dato{number}": "1" for number in range(9)}, headers=SAME)
    assert (answer.status_code, "La petición no se entiende" in answer.content.decode()) == (400, True)


# --- How often ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "frequency"),
    [
        ({}, Frequency.EACH),
        ({"frecuencia": "daily"}, Frequency.DAILY),
        ({"frecuencia": "weekly"}, Frequency.WEEKLY),
    ],
)
def test_who_subscribes_says_how_often(strict: Client, told: dict[str, str], frequency: Frequency) -> None:
    assert strict.post("/suscripcion/", {**WISH, **told}, headers=SAME).status_code == 303
    assert Subscriber.objects.get().frequency == frequency


def test_a_frequency_that_is_none_is_refused(strict: Client) -> None:
    answer = strict.post("/suscripcion/", {**WISH, "frecuencia": "a veces"}, headers=SAME)
    assert (answer.status_code, Subscriber.objects.exists()) == (422, False)


def test_how_often_is_shown_and_changed_with_the_preferences(strict: Client) -> None:
    kept = subscriber(Standing.CONFIRMED, frequency=Frequency.WEEKLY)
    link = path(Links(kept).preferences)
    shown = strict.get(link).content.decode()
    assert re.findall(r'value="(\w+)"[^>]*checked', shown) == ["weekly"]
    strict.post(link, {"frecuencia": "daily"})
    kept.refresh_from_db()
    assert kept.frequency == Frequency.DAILY
    assert strict.post(link, {"frecuencia": "a veces"}).status_code == 200
    kept.refresh_from_db()
    assert kept.frequency == Frequency.DAILY


def test_a_stranger_does_not_change_how_often_somebody_is_written_to(strict: Client) -> None:
    kept = subscriber(Standing.CONFIRMED, address=WISH["correo"], frequency=Frequency.WEEKLY)
    strict.post("/suscripcion/", {**WISH, "frecuencia": "each"}, headers=SAME)
    kept.refresh_from_db()
    assert kept.frequency == Frequency.WEEKLY
