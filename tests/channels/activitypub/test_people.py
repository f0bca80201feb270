"""Who somebody is, only their own server says, and it is asked no more often than it must."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from pregon.channels.activitypub import people, places, signatures
from pregon.channels.activitypub.people import Nobody, People, Person
from pregon.core.http import client
from pregon.delivery.errors import DestinationGone, Postponed, Rejected
from servers.fediverse import Fediverse, public_pem

KEY = signatures.draw()


@pytest.fixture
def asking() -> Iterator[People]:
    with client(allow_private=True) as http:
        yield People(http, key=KEY, allow_private=True)


@pytest.fixture
def outside() -> Iterator[People]:
    """As every office asks that has no server of its own to ask."""
    with client() as http:
        yield People(http, key=KEY, allow_private=False)


def test_somebody_is_what_their_server_says(fediverse: Fediverse, asking: People) -> None:
    id_ = fediverse.id_of("vecina")
    assert asking.find(id_) == Person(
        id=id_,
        inbox=f"{id_}/inbox",
        shared=f"{fediverse.url}/inbox",
        handle=f"@vecina@{fediverse.url.removeprefix('http://')}",
        keys={f"{id_}#main-key": public_pem("vecina")},
    )


def test_somebody_is_asked_for_once_and_the_shared_inbox_serves_all(
    fediverse: Fediverse, asking: People
) -> None:
    asking.find(fediverse.id_of("vecina"))
    asking.find(fediverse.id_of("vecina"))
    assert (asking.door_of(fediverse.id_of("otra")), len(fediverse.calls)) == (f"{fediverse.url}/inbox", 1)


def test_without_a_shared_inbox_each_has_a_door(fediverse: Fediverse, asking: People) -> None:
    fediverse.shared = False
    fediverse.people.add("otra")
    doors = [asking.door_of(fediverse.id_of(name)) for name in ("vecina", "otra")]
    assert doors == [f"{fediverse.url}/users/{name}/inbox" for name in ("vecina", "otra")]


def test_asking_anew_is_not_done_over_and_over(
    fediverse: Fediverse, asking: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = fediverse.id_of("vecina")
    asking.find(id_)
    asking.find(id_, anew=True)
    assert len(fediverse.calls) == 1
    monkeypatch.setattr(people, "JUST_ASKED", -1)
    asking.find(id_, anew=True)
    assert len(fediverse.calls) == 2


def test_a_server_that_tells_only_those_who_sign_tells_us(fediverse: Fediverse, asking: People) -> None:
    fediverse.secure = True
    with pytest.raises(Nobody, match="401"):
        asking.find(fediverse.id_of("vecina"))
    fediverse.keys[places.key()] = signatures.public_half(KEY)
    assert asking.find(fediverse.id_of("vecina")).handle.startswith("@vecina@")


@pytest.mark.parametrize(
    "told",
    [
        {"id": "https://otro.example/users/vecina"},
        {"id": None},
        {"inbox": "https://otro.example/inbox"},
        {"inbox": None},
        {"endpoints": {"sharedInbox": "http://169.254.169.254/inbox"}},
        {"endpoints": "x"},
        {"publicKey": "x"},
        {"publicKey": [1]},
    ],
)
def test_who_is_described_as_somebody_else_is_nobody(told: Any, fediverse: Fediverse, asking: People) -> None:
    fediverse.told = told
    with pytest.raises(Nobody) as refusal:
        asking.find(fediverse.id_of("vecina"))
    assert str(refusal.value).endswith(".")


def test_a_key_of_somebody_else_is_not_theirs(fediverse: Fediverse, asking: People) -> None:
    fediverse.told = {"publicKey": [{"id": "x", "owner": "https://otro.example/u", "publicKeyPem": "PEM"}]}
    assert asking.find(fediverse.id_of("vecina")).keys == {}


def test_who_is_gone_is_gone(fediverse: Fediverse, asking: People) -> None:
    with pytest.raises(DestinationGone):
        asking.find(fediverse.id_of("nadie"))


@pytest.mark.parametrize(("status", "wait"), [(429, 90), (503, 90), (500, 300), (404, 300)])
def test_a_server_in_trouble_is_asked_later(
    status: int, wait: int, fediverse: Fediverse, asking: People
) -> None:
    fediverse.asked, fediverse.retry_after = [status], "90"
    with pytest.raises(Postponed) as delay:
        asking.find(fediverse.id_of("vecina"))
    assert (delay.value.wait, delay.value.whole) == (timedelta(seconds=wait), False)


def test_a_server_that_is_down_is_asked_later(asking: People) -> None:
    with pytest.raises(Postponed):
        asking.find("http://127.0.0.1:9/users/vecina")


def test_an_answer_without_end_is_not_read(
    fediverse: Fediverse, asking: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "LARGEST", 100)
    with pytest.raises(Nobody):
        asking.find(fediverse.id_of("vecina"))


def test_nobody_leads_us_into_our_own_network(fediverse: Fediverse, outside: People) -> None:
    with pytest.raises(Nobody):
        outside.find(fediverse.id_of("vecina"))


def test_an_address_has_one_spelling(asking: People, outside: People) -> None:
    assert (
        outside.address(" HTTPS://Fediverso.example/users/Vecina ")
        == "https://fediverso.example/users/Vecina"
    )
    assert asking.address("http://127.0.0.1:9/u") == "http://127.0.0.1:9/u"
    for wrong in (
        "http://fediverso.example/u",
        "https://u:p@x.example/u",
        "https://x.example",
        "https://ñ.example/u",
    ):
        with pytest.raises(Rejected):
            outside.address(wrong)
