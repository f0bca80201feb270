"""The office before a server of the fediverse: from the first Follow to the account that is no more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from unittest.mock import ANY

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings

from factories.delivery import Hands, SubscriberFactory, ask, message, parcel, picture, run
from pregon.channels.activitypub import channel as module
from pregon.channels.activitypub import places, signatures
from pregon.channels.activitypub.channel import ActivityPubChannel, ActivityPubOptions
from pregon.channels.activitypub.people import NotFound
from pregon.delivery import registry
from pregon.delivery.contract import Parcel
from pregon.delivery.enums import MessageKind, Mode, Standing, State
from pregon.delivery.errors import DestinationGone, Misconfigured, Postponed, Rejected
from pregon.delivery.models import ChannelAccount, Delivery, Subscriber
from pregon.delivery.values import Picture
from servers.fediverse import Fediverse
from servers.http import serving

NOTE = places.note("1")
INBOX = "/entrada/activitypub/"


@lru_cache
def key() -> str:
    return signatures.draw()


def office_options(**options: Any) -> dict[str, Any]:
    return {"private_key": key(), "username": "boletines", "allow_private": True} | options


def office(**options: Any) -> ActivityPubChannel:
    built = registry.build("activitypub", office_options(**options))
    assert isinstance(built, ActivityPubChannel)
    return built


@pytest.fixture(autouse=True)
def known(fediverse: Fediverse) -> None:
    fediverse.keys[places.key()] = signatures.public_half(key())


def to(fediverse: Fediverse, name: str = "vecina", **fields: Any) -> Parcel:
    return parcel(**({"message_": message(picture=picture()), "destination": fediverse.id_of(name)} | fields))


def follow_up(fediverse: Fediverse, kind: MessageKind, reference: str = NOTE, **fields: Any) -> Parcel:
    said = message(kind, **({"notice": "Eran dieciocho luminarias."} | fields))
    return to(fediverse, message_=said, key="3-4", in_reply_to=reference)


def posts(fediverse: Fediverse) -> list[str]:
    return [call for call in fediverse.calls if call.startswith("POST")]


# --- Out ----------------------------------------------------------------------------------------------------


def test_a_bulletin_arrives_signed_as_a_note(fediverse: Fediverse) -> None:
    receipt = office().send(to(fediverse))
    assert (receipt.reference, receipt.url, posts(fediverse)) == (
        NOTE,
        "https://muestra.example/boletines/2026-001/",
        ["POST /inbox 202"],
    )
    note = fediverse.notes[NOTE]
    assert ("empedrado nuevo" in note["content"], note["attachment"][0]["name"]) == (
        True,
        "Vecinas y vecinos caminan por el andador",
    )


def test_one_post_serves_all_who_share_an_inbox(fediverse: Fediverse) -> None:
    fediverse.people |= {"otra", "tercera"}
    channel = office()
    receipts = {channel.send(to(fediverse, name)).reference for name in ("vecina", "otra", "tercera")}
    office().send(to(fediverse, "cuarta"))  # the next batch knows it too
    assert (receipts, posts(fediverse)) == ({NOTE}, ["POST /inbox 202"])


def test_without_a_shared_inbox_each_gets_their_own(fediverse: Fediverse) -> None:
    fediverse.shared, fediverse.people = False, {"vecina", "otra"}
    channel = office()
    for name in ("vecina", "otra"):
        channel.send(to(fediverse, name))
    assert posts(fediverse) == ["POST /users/vecina/inbox 202", "POST /users/otra/inbox 202"]


def test_what_is_sent_again_is_there_once(fediverse: Fediverse) -> None:
    fediverse.script = ["lost"]
    with pytest.raises(Postponed):
        office().send(to(fediverse))
    office().send(to(fediverse))
    assert (posts(fediverse), list(fediverse.heard)) == (
        ["POST /inbox lost", "POST /inbox 202"],
        [f"{NOTE}#nueva"],
    )


def test_a_correction_changes_the_very_note(fediverse: Fediverse) -> None:
    office().send(to(fediverse))
    receipt = office().send(follow_up(fediverse, MessageKind.CORRECTION))
    assert (receipt.reference, list(fediverse.notes)) == (NOTE, [NOTE])
    note = fediverse.notes[NOTE]
    assert ("Eran dieciocho" in note["content"], "updated" in note, "published" in note) == (
        True,
        True,
        False,
    )


@pytest.mark.parametrize("instead", [None, picture(url="https://muestra.example/fotos/2/960.jpg")])
def test_a_photo_that_was_taken_away_stays_in_no_history_of_a_changed_note(
    fediverse: Fediverse, instead: Picture | None
) -> None:
    told = to(fediverse)
    office().send(told)
    given = follow_up(fediverse, MessageKind.CORRECTION, picture=instead)
    receipt = office().send(replace(given, before=told.message))
    [(id_, note)] = fediverse.notes.items()
    assert (receipt.reference, id_) == (places.note("3"), places.note("3"))
    assert [shown["url"] for shown in note["attachment"]] == ([instead.url] if instead else [])
    assert list(fediverse.heard) == [f"{NOTE}#nueva", f"{NOTE}#retirada", f"{places.note('3')}#nueva"]


def test_a_correction_with_the_same_photos_changes_the_very_note(fediverse: Fediverse) -> None:
    told = to(fediverse)
    office().send(told)
    given = follow_up(fediverse, MessageKind.CORRECTION, picture=picture(alt="Otra descripción"))
    office().send(replace(given, before=told.message))
    assert [each["name"] for each in fediverse.notes[NOTE]["attachment"]] == ["Otra descripción"]


def test_a_withdrawal_takes_the_note_back(fediverse: Fediverse) -> None:
    office().send(to(fediverse))
    receipt = office().send(follow_up(fediverse, MessageKind.WITHDRAWAL, url=""))
    assert (receipt.reference, fediverse.notes) == (NOTE, {})


@pytest.mark.parametrize("kind", [MessageKind.CORRECTION, MessageKind.WITHDRAWAL])
def test_a_follow_up_to_what_never_came_is_a_note(kind: MessageKind, fediverse: Fediverse) -> None:
    receipt = office().send(follow_up(fediverse, kind, reference="otra cosa"))
    assert (receipt.reference, list(fediverse.notes)) == (places.note("3"), [places.note("3")])


def test_a_letter_is_for_one_reader_at_their_own_inbox(fediverse: Fediverse) -> None:
    letter = message(MessageKind.SERVICE, url="", action="Elegir mis temas")
    receipt = office().send(to(fediverse, message_=letter))
    [note] = fediverse.notes.values()
    assert (receipt.reference, note["to"], "suscripcion/ficha" in note["content"], posts(fediverse)) == (
        f"{places.actor()}#recado-1-2#nueva",
        [fediverse.id_of("vecina")],
        True,
        ["POST /users/vecina/inbox 202"],
    )


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (410, DestinationGone),
        (401, Rejected),
        (403, Rejected),
        (422, Rejected),
        (301, Rejected),
        (408, Postponed),
        (429, Postponed),
        (500, Postponed),
        (503, Postponed),
    ],
)
def test_each_answer_has_its_name(status: int, error: type[Exception], fediverse: Fediverse) -> None:
    fediverse.shared, fediverse.script, fediverse.retry_after = False, [status], "90"
    with pytest.raises(Rejected if issubclass(error, Rejected) else Postponed) as refusal:
        office().send(to(fediverse))
    assert (refusal.type, str(refusal.value)[-1]) == (error, ".")
    if isinstance(refusal.value, Postponed):
        assert (refusal.value.wait, refusal.value.whole) == (timedelta(seconds=90), False)


def test_where_the_shared_inbox_is_gone_the_own_one_serves(fediverse: Fediverse) -> None:
    fediverse.script = [404]
    office().send(to(fediverse))
    assert posts(fediverse) == ["POST /inbox 404", "POST /users/vecina/inbox 202"]


def test_a_server_that_knows_nobody_for_a_while_loses_nobody(fediverse: Fediverse) -> None:
    """Neither an inbox that is not found nor a person who is not; and one who is not found holds up nobody else."""
    channel = office()
    fediverse.people, fediverse.shared = {"vecina", "otra"}, False
    fediverse.script = [404]
    with pytest.raises(NotFound):
        channel.send(to(fediverse))
    fediverse.asked = [404]
    with pytest.raises(NotFound):
        channel.send(to(fediverse, "otra"))
    assert channel.send(to(fediverse, "otra")).reference == NOTE


def test_a_server_in_trouble_is_left_alone_for_the_rest_of_the_batch(fediverse: Fediverse) -> None:
    fediverse.shared, fediverse.people, fediverse.script = False, {"vecina", "otra"}, [503]
    channel = office()
    for name in ("vecina", "otra"):
        with pytest.raises(Postponed):
            channel.send(to(fediverse, name))
    assert posts(fediverse) == ["POST /users/vecina/inbox 503"]


def test_a_server_that_is_down_is_waited_for() -> None:
    with serving(lambda request: pytest.fail("Nobody asks")) as url:  # a port that nobody holds any more
        pass
    with pytest.raises(Postponed) as delay:
        office().send(parcel(destination=f"{url}/users/vecina"))
    assert not delay.value.whole


def test_who_is_gone_is_gone(fediverse: Fediverse) -> None:
    with pytest.raises(DestinationGone):
        office().send(to(fediverse, "nadie"))


def test_from_outside_nobody_leads_us_into_our_own_network(fediverse: Fediverse) -> None:
    channel = registry.build("activitypub", office_options(allow_private=False))
    with pytest.raises(Rejected):
        channel.send(to(fediverse))


def test_the_preview_is_what_leaves(fediverse: Fediverse) -> None:
    given = to(fediverse)
    shown = office().preview(given)
    office().send(given)
    [sent] = fediverse.heard.values()
    told = json.loads(shown.raw)
    assert told | {"object": ANY} == sent
    assert told["object"] | {"published": ANY} == sent["object"]
    assert shown.text.endswith("#ObraPública\n\n[Foto: Vecinas y vecinos caminan por el andador]\n")


def test_the_preview_of_a_yes_says_what_leaves(fediverse: Fediverse) -> None:
    shown = office().preview(to(fediverse, message_=message(MessageKind.SERVICE, answers="carta 1")))
    assert (shown.text, json.loads(shown.raw)["type"]) == (
        f"Se acepta que {fediverse.id_of('vecina')} siga a la oficina.\n",
        "Accept",
    )


def test_each_server_has_a_pace() -> None:
    assert office().pace("https://fediverso.example/users/vecina") == ("fediverso.example", 3000)


# --- Settings -----------------------------------------------------------------------------------------------


def test_a_key_is_drawn_when_there_is_none_and_kept_when_there_is() -> None:
    drawn = ActivityPubOptions.prepared({"username": "boletines", "private_key": ""})["private_key"]
    assert signatures.key_in(drawn).key_size == 2048
    assert ActivityPubOptions.prepared({"private_key": drawn})["private_key"] == drawn


@pytest.mark.parametrize(
    "wrong", [{"username": "Boletines"}, {"username": "a.b"}, {"private_key": "una clave"}]
)
def test_wrong_settings_are_named(wrong: dict[str, str]) -> None:
    with pytest.raises(Misconfigured) as refusal:
        office(**wrong)
    assert str(refusal.value).endswith(".")


def test_the_check_says_the_name_by_which_people_find_the_office(settings: Settings) -> None:
    settings.BASE_URL = "https://muestra.example"
    assert office(allow_private=False).check() == "@boletines@muestra.example"
    settings.BASE_URL = "http://muestra.example"
    with pytest.raises(Misconfigured, match="https"):
        office(allow_private=False).check()


# --- In -----------------------------------------------------------------------------------------------------


@pytest.fixture
def live(db: None) -> ChannelAccount:
    account = ChannelAccount(kind="activitypub", mode=Mode.LIVE)
    account.options = office_options()
    account.save()
    return account


@pytest.fixture
def hands() -> Hands:
    return Hands(datetime.now(UTC))


def write(client: Client, fediverse: Fediverse, letter: dict[str, Any], **signing: Any) -> int:
    body, headers = fediverse.signed(letter, INBOX, host="testserver", **signing)
    return deliver(client, body, headers)


def deliver(client: Client, body: bytes, headers: dict[str, str]) -> int:
    given = {name: said for name, said in headers.items() if name != "content-type"}
    return client.post(INBOX, body, content_type=headers["content-type"], headers=given).status_code


def standing() -> dict[str, Standing]:
    return {
        person.address.rpartition("/")[2]: Standing(person.standing) for person in Subscriber.objects.all()
    }


@pytest.mark.django_db
def test_a_follow_is_a_subscription_and_is_accepted(
    live: ChannelAccount, client: Client, fediverse: Fediverse, hands: Hands
) -> None:
    follow = fediverse.follow("vecina", places.actor())
    assert write(client, fediverse, follow) == 202
    person = Subscriber.objects.get()
    assert (person.standing, person.address, person.name) == (
        Standing.CONFIRMED,
        fediverse.id_of("vecina"),
        f"@vecina@{fediverse.url.removeprefix('http://')}",
    )
    hands.forward(seconds=1)
    run(hands)
    [accepted] = fediverse.heard.values()
    assert (accepted["type"], accepted["object"]) == (
        "Accept",
        {name: follow[name] for name in ("id", "type", "actor", "object")},
    )
    assert posts(fediverse) == ["POST /users/vecina/inbox 202"]


@pytest.mark.django_db
def test_who_follows_receives_corrects_and_loses_what_is_withdrawn(
    live: ChannelAccount, client: Client, fediverse: Fediverse, hands: Hands
) -> None:
    write(client, fediverse, fediverse.follow("vecina", places.actor()))
    first = ask(at=hands.forward(seconds=1))
    run(hands, turns=2)
    id_ = places.note(str(first.pk))
    assert (list(fediverse.notes), Delivery.objects.get(dispatch=first).url) == ([id_], first.message.url)
    shown = client.get(id_.removeprefix(settings.BASE_URL))
    assert (shown.headers["content-type"], shown.json()["content"]) == (
        "application/activity+json; charset=utf-8",
        fediverse.notes[id_]["content"],
    )
    ask(
        message(MessageKind.CORRECTION, notice="Eran dieciocho."),
        receivers_of=(first.pk,),
        at=hands.forward(seconds=1),
    )
    run(hands)
    assert "Eran dieciocho." in fediverse.notes[id_]["content"]
    assert "Eran dieciocho." in client.get(id_.removeprefix(settings.BASE_URL)).json()["content"]
    ask(message(MessageKind.WITHDRAWAL, url=""), receivers_of=(first.pk,), at=hands.forward(seconds=1))
    run(hands)
    stone = client.get(id_.removeprefix(settings.BASE_URL))
    assert (fediverse.notes, stone.status_code, stone.json()["type"]) == ({}, 410, "Tombstone")
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.SENT}


@pytest.mark.django_db
def test_a_note_whose_photo_was_taken_away_is_gone_from_its_address(
    live: ChannelAccount, fediverse: Fediverse, hands: Hands, client: Client
) -> None:
    SubscriberFactory(channel="activitypub", address=fediverse.id_of("vecina"))
    first = ask(message(picture=picture()), at=hands())
    hands.forward(seconds=11)  # nobody waits longer for a picture
    run(hands)
    ask(message(MessageKind.CORRECTION), receivers_of=(first.pk,), at=hands.forward(seconds=1))
    run(hands)
    [id_] = fediverse.notes
    old = places.note(str(first.pk))
    answers = [client.get(each.removeprefix(settings.BASE_URL)).status_code for each in (old, id_)]
    assert (id_ != old, answers) == (True, [410, 200])


@pytest.mark.django_db
def test_fifty_on_one_server_are_one_post_and_fifty_receipts(
    live: ChannelAccount, fediverse: Fediverse, hands: Hands
) -> None:
    names = [f"vecina{number}" for number in range(50)]
    fediverse.people |= set(names)
    for name in names:
        SubscriberFactory(channel="activitypub", address=fediverse.id_of(name))
    asked = ask(at=hands())
    run(hands)
    told = set(Delivery.objects.values_list("state", "reference"))
    assert (posts(fediverse), told) == (["POST /inbox 202"], {(State.SENT, places.note(str(asked.pk)))})


@pytest.mark.django_db
def test_a_server_that_is_down_holds_up_nobody_else(
    live: ChannelAccount, fediverse: Fediverse, hands: Hands
) -> None:
    with serving(lambda request: pytest.fail("Nobody asks")) as url:
        pass
    for number in range(20):
        SubscriberFactory(channel="activitypub", address=f"{url}/users/vecina{number}")
    SubscriberFactory(channel="activitypub", address=fediverse.id_of("vecina"))
    ask(at=hands())
    run(hands)
    states = list(Delivery.objects.order_by("pk").values_list("state", flat=True))
    assert (states, len(fediverse.notes)) == ([State.DUE] * 20 + [State.SENT], 1)


@pytest.mark.django_db
def test_who_unfollows_or_blocks_has_left_and_hears_no_farewell(
    live: ChannelAccount, client: Client, fediverse: Fediverse, hands: Hands
) -> None:
    fediverse.people |= {"otra"}
    for name in ("vecina", "otra"):
        write(client, fediverse, fediverse.follow(name, places.actor()))
    hands.forward(seconds=1)
    run(hands, turns=2)
    fediverse.heard.clear()
    undone = fediverse.undo(fediverse.follow("vecina", places.actor()))
    blocked = fediverse.about_oneself("Block", "otra", places.actor())
    assert (write(client, fediverse, undone), write(client, fediverse, blocked)) == (202, 202)
    run(hands, turns=2)
    assert (standing(), fediverse.heard) == ({"vecina": Standing.LEFT, "otra": Standing.LEFT}, {})


@pytest.mark.django_db
@pytest.mark.parametrize("asked", [[], [404], [410]])  # without them, nobody can tell the key any more
def test_who_deletes_the_account_is_gone(
    asked: list[int], live: ChannelAccount, client: Client, fediverse: Fediverse
) -> None:
    SubscriberFactory(channel="activitypub", address=fediverse.id_of("vecina"))
    fediverse.asked = asked
    assert write(client, fediverse, fediverse.about_oneself("Delete", "vecina")) == 202
    assert standing() == {"vecina": Standing.GONE}


@pytest.mark.django_db
def test_a_letter_that_comes_again_changes_nothing(
    live: ChannelAccount, client: Client, fediverse: Fediverse, hands: Hands
) -> None:
    follow = fediverse.follow("vecina", places.actor())
    undo = fediverse.undo(follow)
    now = datetime.now(UTC)
    letters = [
        fediverse.signed(letter, INBOX, host="testserver", at=now - timedelta(seconds=ago))
        for letter, ago in (
            (follow, 60),
            (undo, 50),
            (fediverse.follow("vecina", places.actor(), number=2), 40),
        )
    ]
    seen = []
    for letter in [letters[0], letters[0], letters[1], letters[0], letters[2], letters[1]]:
        assert deliver(client, *letter) == 202
        seen.append(standing()["vecina"])
    yes, no = Standing.CONFIRMED, Standing.LEFT
    assert seen == [yes, yes, no, no, yes, yes]
    hands.forward(seconds=1)
    run(hands, turns=3)
    accepted = [one["object"]["id"].rpartition("/")[2] for one in fediverse.heard.values()]
    assert sorted(accepted) == ["1", "2"]


@pytest.mark.django_db
def test_what_is_not_signed_by_its_sender_is_turned_away(
    live: ChannelAccount, client: Client, fediverse: Fediverse
) -> None:
    fediverse.people |= {"otra"}
    follow = fediverse.follow("vecina", places.actor())
    body, headers = fediverse.signed(follow, INBOX, host="testserver")
    answers = [
        write(client, fediverse, follow, by="otra"),
        write(client, fediverse, follow, at=datetime.now(UTC) - timedelta(days=1)),
        write(client, fediverse, fediverse.follow("nadie", places.actor())),
        deliver(client, body.replace(b"/1", b"/2"), headers),
        deliver(client, body, headers | {"signature": headers["signature"][:-9] + 'AAAAAA=="'}),
        deliver(client, body, {"content-type": headers["content-type"]}),
        write(client, fediverse, follow | {"actor": "ftp://fediverso.example/vecina"}),
    ]
    assert (answers, standing()) == ([403] * 7, {})


@pytest.mark.django_db
def test_a_new_key_is_found_although_the_old_one_is_known(
    live: ChannelAccount, client: Client, fediverse: Fediverse, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow = fediverse.follow("vecina", places.actor())
    told = fediverse.actor("otra")["publicKey"] | {"owner": fediverse.id_of("vecina")}
    write(client, fediverse, follow)
    monkeypatch.setattr("pregon.channels.activitypub.people.JUST_ASKED", -1)
    fediverse.told = {"publicKey": told}
    assert write(client, fediverse, fediverse.undo(follow), by="otra") == 202
    assert standing() == {"vecina": Standing.LEFT}


@pytest.mark.django_db
def test_what_is_nothing_to_us_is_taken_without_asking_anybody(
    live: ChannelAccount, client: Client, fediverse: Fediverse
) -> None:
    like = fediverse.about_oneself("Like", "vecina", NOTE)
    unsigned = client.post(INBOX, json.dumps(like), content_type="application/activity+json")
    unread = [
        client.post(INBOX, body, content_type="application/json").status_code for body in ("{", "[" * 9000)
    ]
    assert (write(client, fediverse, like), unsigned.status_code, unread, fediverse.calls) == (
        202,
        202,
        [400, 400],
        [],
    )
    assert client.get(INBOX).status_code == 405


@pytest.fixture
def all_busy() -> Iterator[None]:
    held = [module.ASKING.acquire() for _one in range(3)]
    yield
    for _one in held:
        module.ASKING.release()


@pytest.mark.django_db
def test_who_cannot_be_looked_up_now_shall_call_again(
    live: ChannelAccount, client: Client, fediverse: Fediverse, request: pytest.FixtureRequest
) -> None:
    follow = fediverse.follow("vecina", places.actor())
    fediverse.asked = [503]
    assert write(client, fediverse, follow) == 503
    request.getfixturevalue("all_busy")
    assert (write(client, fediverse, follow), standing()) == (503, {})


# --- What it shows ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_office_is_found_by_its_name(live: ChannelAccount, client: Client) -> None:
    resources = [f"acct:boletines@{places.host()}", f"acct:Boletines@{places.host()}", places.actor()]
    for resource in resources:
        answer = client.get("/.well-known/webfinger", {"resource": resource})
        assert (answer.headers["content-type"], answer.headers["access-control-allow-origin"]) == (
            "application/jrd+json; charset=utf-8",
            "*",
        )
        assert answer.json()["links"][1]["href"] == places.actor()
    for resource in ("acct:otra@muestra.example", ""):
        assert client.get("/.well-known/webfinger", {"resource": resource}).status_code == 404


@pytest.mark.django_db
def test_the_actor_is_the_office_and_counts_its_followers(live: ChannelAccount, client: Client) -> None:
    live.options = office_options(summary="Boletines <oficiales>.")
    live.save()
    SubscriberFactory.create_batch(2, channel="activitypub")
    actor = client.get(f"{INBOX}oficina").json()
    assert (actor["preferredUsername"], actor["summary"], actor["publicKey"]["publicKeyPem"]) == (
        "boletines",
        "Boletines &lt;oficiales&gt;.",
        signatures.public_half(key()),
    )
    counts = [client.get(f"{INBOX}{place}").json()["totalItems"] for place in ("seguidores", "salida")]
    assert counts == [2, 0]


@pytest.mark.django_db
def test_a_server_is_told_what_runs_here(live: ChannelAccount, client: Client) -> None:
    [link] = client.get("/.well-known/nodeinfo").json()["links"]
    answer = client.get(link["href"].removeprefix(settings.BASE_URL))
    assert (answer.json()["software"]["name"], "schema/2.1#" in answer.headers["content-type"]) == (
        "pregon",
        True,
    )


@pytest.mark.django_db
@pytest.mark.parametrize("place", ["nota/1", "nota/x", "nada", "oficina/", "nota/" + "9" * 30])
def test_there_is_nothing_else(place: str, live: ChannelAccount, client: Client) -> None:
    assert client.get(f"{INBOX}{place}").status_code == 404


@pytest.mark.django_db
def test_a_channel_that_is_not_live_shows_nothing(client: Client) -> None:
    answers = [
        client.get(f"{INBOX}oficina"),
        client.get("/.well-known/nodeinfo"),
        client.get("/.well-known/otro"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
