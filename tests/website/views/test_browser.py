"""A browser subscribes by itself, from our page alone, and leaves when its owner says so."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from factories.delivery import live
from factories.newsroom import town
from pregon.accounts.models import Locality, Office, Topic
from pregon.delivery import actions as delivery
from pregon.delivery.enums import Mode, Standing
from pregon.delivery.models import ChannelAccount, Subscriber

pytestmark = pytest.mark.django_db
SAME = {"Sec-Fetch-Site": "same-origin"}
PRIVATE_KEY = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
PUBLIC_KEY = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}


@pytest.fixture(autouse=True)
def office() -> Office:
    return town()


@pytest.fixture
def strict() -> Client:
    return Client(enforce_csrf_checks=True)


def subscription(name: str = "uno", **fields: Any) -> dict[str, Any]:
    """As ``PushSubscription.toJSON()`` gives it."""
    return {
        "endpoint": f"https://push.example/p/{name}",
        "expirationTime": None,
        "keys": KEYS,
        **fields,
    }


def address(name: str = "uno") -> str:
    return f"https://push.example/p/{name}#{KEYS['p256dh']}.{KEYS['auth']}"


def post(client: Client, path: str, told: Any, **headers: str) -> Any:
    return client.post(path, json.dumps(told), content_type="application/json", headers=headers or SAME)


def on() -> ChannelAccount:
    return live("webpush", private_key=PRIVATE_KEY)


def test_the_button_waits_hidden_on_the_page_with_the_key_of_the_office(client: Client) -> None:
    assert "data-push-key" not in client.get("/suscripcion/").content.decode()
    account = on()
    page = client.get("/suscripcion/").content.decode()
    assert f'data-push-key="{PUBLIC_KEY}" hidden' in page
    assert (PRIVATE_KEY in page, "push" in page.split("<script", 1)[1]) == (False, True)
    account.mode = Mode.OFF
    account.save()
    assert "data-push-key" not in client.get("/suscripcion/").content.decode()


def test_a_key_that_cannot_be_opened_takes_the_button_away_and_nothing_else(client: Client) -> None:
    account = on()
    ChannelAccount.objects.filter(pk=account.pk).update(sealed_options="de otra oficina")
    answer = client.get("/suscripcion/")
    assert (answer.status_code, "data-push-key" in answer.content.decode()) == (200, False)


def test_the_worker_is_a_script_at_the_top_of_the_site(client: Client, office: Office) -> None:
    office.name = 'Comunicación "Social"</script>'
    office.save()
    answer = client.get("/avisos.js")
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert (
        'const office = "Comunicación \\u0022Social\\u0022\\u003C/script\\u003E";' in answer.content.decode()
    )
    assert answer.cookies == {}


def test_a_browser_that_asks_receives_from_now_on_what_was_chosen(strict: Client) -> None:
    on()
    topic, locality = Topic.objects.get(name="Salud"), Locality.objects.get(name="La Loma")
    told = {"subscription": subscription(), "temas": [str(topic.pk)], "localidades": [str(locality.pk)]}
    answer = post(strict, "/suscripcion/avisos/", told)
    found = Subscriber.objects.get()
    assert (answer.status_code, answer["Cache-Control"], answer.cookies) == (201, "no-store", {})
    assert (found.channel, found.address, found.standing) == ("webpush", address(), Standing.CONFIRMED)
    assert (list(found.topics.all()), list(found.localities.all())) == ([topic], [locality])
    assert found.consent.startswith("Acepto que la oficina mande avisos")
    page = strict.get(answer.json()["preferencias"].removeprefix("http://testserver"))
    assert list(page.context["form"].initial["temas"]) == [topic]


def test_asking_twice_is_one_subscription(strict: Client) -> None:
    on()
    answers = [post(strict, "/suscripcion/avisos/", {"subscription": subscription()}) for _ in range(2)]
    assert ([answer.status_code for answer in answers], Subscriber.objects.count()) == ([201, 201], 1)


def test_a_new_address_of_a_browser_keeps_what_its_owner_chose(strict: Client) -> None:
    on()
    topic = Topic.objects.get(name="Salud")
    post(strict, "/suscripcion/avisos/", {"subscription": subscription(), "temas": [topic.pk]})
    told = {"subscription": subscription("dos"), "former": subscription()}
    assert post(strict, "/suscripcion/avisos/", told).status_code == 201
    assert {(one.address, one.standing) for one in Subscriber.objects.all()} == {
        (address(), Standing.LEFT),
        (address("dos"), Standing.CONFIRMED),
    }
    assert list(Subscriber.objects.get(address=address("dos")).topics.all()) == [topic]


@pytest.mark.parametrize("former", [None, {}, {"keys": KEYS}, "uno", subscription("nadie")])
def test_a_former_address_that_was_none_changes_nothing(strict: Client, former: Any) -> None:
    on()
    told = {"subscription": subscription(), "former": former}
    assert post(strict, "/suscripcion/avisos/", told).status_code == 201


def test_leaving_is_at_once_and_tells_nobody_whether_it_was_known(strict: Client) -> None:
    on()
    delivery.subscribe_directly(address(), channel="webpush", name="", consent="Sí.", at=timezone.now())
    answers = [
        post(strict, "/suscripcion/avisos/baja/", {"subscription": subscription(name)})
        for name in ("uno", "dos")
    ]
    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b""), (204, b"")]
    assert Subscriber.objects.get().standing == Standing.LEFT


def test_who_knows_the_address_without_its_keys_ends_nothing(strict: Client) -> None:
    on()
    delivery.subscribe_directly(address(), channel="webpush", name="", consent="Sí.", at=timezone.now())
    keys = KEYS | {"auth": "AAAAAAAAAAAAAAAAAAAAAA"}
    post(strict, "/suscripcion/avisos/baja/", {"subscription": subscription(keys=keys)})
    assert Subscriber.objects.get().standing == Standing.CONFIRMED


@pytest.mark.parametrize("path", ["/suscripcion/avisos/", "/suscripcion/avisos/baja/"])
@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://otra.example"}])
def test_only_a_page_of_this_site_may_ask(strict: Client, path: str, headers: dict[str, str]) -> None:
    on()
    answer = post(strict, path, {"subscription": subscription()}, **headers)
    assert (answer.status_code, answer.json()["error"]) == (403, "Suscríbete desde la página de este sitio.")
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize("path", ["/suscripcion/avisos/", "/suscripcion/avisos/baja/"])
@pytest.mark.parametrize(
    "told",
    [
        [],
        {},
        "uno",
        {"subscription": None},
        {"subscription": {"endpoint": "https://push.example/p"}},
        {"subscription": subscription(endpoint="http://push.example/p")},
        {"subscription": subscription(endpoint="https://push.example/" + "p" * 1000)},
        {"subscription": subscription(keys={**KEYS, "p256dh": "B" + "A" * 86})},
        {"subscription": subscription(), "rest": "p" * 9000},
    ],
)
def test_what_is_no_subscription_is_refused_in_a_sentence(strict: Client, path: str, told: Any) -> None:
    on()
    answer = post(strict, path, told)
    assert (answer.status_code, answer.json()["error"][-1]) == (422, ".")
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize("path", ["/suscripcion/avisos/", "/suscripcion/avisos/baja/"])
def test_what_is_nested_without_end_is_refused_in_a_sentence(strict: Client, path: str) -> None:
    answer = strict.post(path, "[" * 8000, content_type="application/json", headers=SAME)
    assert (answer.status_code, answer.json()["error"][-1]) == (422, ".")


def test_topics_that_are_gone_are_named(strict: Client) -> None:
    on()
    answer = post(strict, "/suscripcion/avisos/", {"subscription": subscription(), "temas": ["99999"]})
    assert (answer.status_code, "recarga la página" in answer.json()["error"]) == (422, True)


def test_nobody_subscribes_to_a_channel_that_is_off(strict: Client) -> None:
    ChannelAccount.objects.create(kind="webpush", mode=Mode.OFF)
    answer = post(strict, "/suscripcion/avisos/", {"subscription": subscription()})
    assert (answer.status_code, Subscriber.objects.exists()) == (404, False)


def test_whoever_asks_for_one_topic_more_keeps_those_chosen_before(strict: Client) -> None:
    on()
    first, second = Topic.objects.get(name="Salud"), Topic.objects.get(name="Obra pública")
    post(strict, "/suscripcion/avisos/", {"subscription": subscription(), "temas": [first.pk]})
    post(strict, "/suscripcion/avisos/", {"subscription": subscription(), "temas": [second.pk], "add": True})
    assert set(Subscriber.objects.get().topics.all()) == {first, second}
    assert Subscriber.objects.get().every_locality


def test_whoever_receives_all_receives_no_less_for_asking_for_one_topic(strict: Client) -> None:
    on()
    post(strict, "/suscripcion/avisos/", {"subscription": subscription()})
    topic = Topic.objects.get(name="Salud")
    post(strict, "/suscripcion/avisos/", {"subscription": subscription(), "temas": [topic.pk], "add": True})
    assert Subscriber.objects.get().every_topic


def test_adding_at_an_address_that_left_begins_anew(strict: Client) -> None:
    on()
    first, second = Topic.objects.get(name="Salud"), Topic.objects.get(name="Obra pública")
    post(strict, "/suscripcion/avisos/", {"subscription": subscription(), "temas": [first.pk]})
    post(strict, "/suscripcion/avisos/baja/", {"subscription": subscription()})
    post(strict, "/suscripcion/avisos/", {"subscription": subscription(), "temas": [second.pk], "add": True})
    assert list(Subscriber.objects.get().topics.all()) == [second]


def test_the_key_is_offered_while_the_channel_is_open(client: Client) -> None:
    account = on()
    offered = client.get("/suscripcion/avisos.json").json()
    account.mode = Mode.OFF
    account.save()
    assert (offered, client.get("/suscripcion/avisos.json").json()) == ({"key": PUBLIC_KEY}, {"key": ""})


def test_the_version_of_the_worker_is_that_of_its_text(client: Client, office: Office) -> None:
    def version() -> str:
        return re.findall(r'const version = "(\w{12})";', client.get("/avisos.js").content.decode())[0]

    before, again = version(), version()
    office.name = "Dirección de Comunicación"
    office.save()
    assert (before == again, before == version()) == (True, False)
