"""The office before Fedify: a reader there follows it, its key is fetched, what was touched on the way is refused."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pyld import jsonld
from pyld.documentloader.frozen import FrozenDocumentLoader
from pytest_django import Settings

from factories.delivery import message, parcel, picture
from pregon.channels.activitypub import documents, places, signatures
from pregon.channels.activitypub.channel import ActivityPubChannel
from pregon.channels.activitypub.people import NotFound
from pregon.channels.activitypub.wording import worded
from pregon.delivery import registry
from pregon.delivery.contract import Arrival, Notice, Parcel, Report, Said, Shelf, Wish
from pregon.delivery.enums import MessageKind
from pregon.delivery.errors import Rejected
from servers.http import Answer, Request, serving

pytestmark = pytest.mark.peers

HERE = Path(__file__).parent
INSTALLED = HERE.parents[1] / ".cache" / "peers"


@lru_cache
def key() -> str:
    return signatures.draw()


class SampleShelf(Shelf):
    office = "Comunicación Social · Villa de Muestra"

    def listeners(self) -> int:
        return 1

    def posts(self) -> int:
        return 1

    def said(self, dispatch: str) -> Said | None:
        return None


class Office:
    """The channel with its door on loopback, and nothing behind it."""

    def __init__(self) -> None:
        given = {"private_key": key(), "username": "boletines", "allow_private": True}
        built = registry.build("activitypub", given)
        assert isinstance(built, ActivityPubChannel)
        self.channel = built
        self.events: list[Arrival | Report] = []
        self.turned_away = 0

    def answer(self, request: Request) -> Answer:
        url = httpx2.URL(request.path)
        notice = Notice(
            method=request.method,
            target=request.path,
            query=dict(url.params),
            headers=request.headers,
            body=request.body,
        )
        if request.method == "GET":
            found = self.channel.show(notice, SampleShelf())
            if found is None:
                return Answer(status=404)
            return Answer(
                status=found.status, body=found.body.encode(), headers={"Content-Type": found.content_type}
            )
        try:
            heard = self.channel.hear(notice)
        except Rejected:
            self.turned_away += 1
            return Answer(status=403)
        self.events += heard.events
        return Answer(status=heard.status)


class Fedify:
    """The server as its reader sees it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.reader = f"{url}/users/vecina"

    def ask(self, what: str, **told: Any) -> Any:
        answer = httpx2.post(f"{self.url}/control/{what}", json=told)
        answer.raise_for_status()
        return answer.json()


@pytest.fixture
def fedify() -> Iterator[Fedify]:
    if not (INSTALLED / "installed").is_file():
        pytest.fail("Fedify is not installed: run make test-peers.")
    shutil.copy(HERE / "fedify.mjs", INSTALLED)
    server = subprocess.Popen(
        [INSTALLED / "bin" / "node", "fedify.mjs"],
        cwd=INSTALLED,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        yield Fedify(server.stdout.readline().strip())
    finally:
        server.stdin.close()
        server.wait(timeout=30)
        server.stdout.close()


@pytest.fixture
def office(settings: Settings) -> Iterator[Office]:
    office = Office()
    with serving(office.answer) as url:
        settings.BASE_URL = url
        yield office


def to(fedify: Fedify, **fields: Any) -> Parcel:
    return parcel(**({"message_": message(picture=picture()), "destination": fedify.reader} | fields))


def by_hand(fedify: Fedify, *, touched: bytes = b"", **changes: str) -> int:
    """The status of an answer to a note of ours, sent with whatever is changed on the way."""
    note = {"id": places.note("9"), "type": "Note", "attributedTo": places.actor(), "content": "Aviso"}
    told = documents.activity("Create", f"{note['id']}#nueva", note, like=documents.readers(""))
    body = httpx2.Request("POST", "http://x", json=told).content
    made = signatures.signed(
        "POST", f"{fedify.url}/inbox", body=body, key=key(), key_id=places.key(), at=datetime.now(UTC)
    )
    headers = made | {"Content-Type": "application/activity+json"} | changes
    return httpx2.post(f"{fedify.url}/inbox", content=body + touched, headers=headers).status_code


def test_the_office_is_found_by_its_name(office: Office, fedify: Fedify) -> None:
    assert fedify.ask("found", office=places.actor()) == {
        "type": "Organization",
        "name": SampleShelf.office,
        "subject": f"acct:boletines@{places.host()}",
    }


def told_by(office: Office) -> Iterator[dict[str, Any]]:
    """A document of every kind: what the office shows of itself, and what it does."""
    for place in (places.ACTOR, places.FOLLOWERS, places.OUTBOX):
        notice = Notice(method="GET", target=places.DOOR + place, query={}, headers={}, body=b"")
        shown = office.channel.show(notice, SampleShelf())
        assert shown is not None
        yield json.loads(shown.body)
    said = message(picture=picture())
    moments = {"first_at": datetime(2026, 11, 20, tzinfo=UTC), "last_at": datetime(2026, 11, 21, tzinfo=UTC)}
    note = documents.note(places.note("9"), said, worded(said), **moments)
    yield documents.create(note)
    yield documents.create(
        documents.note(places.note("9"), said, worded(said), to="https://a.example/vecina")
    )
    yield documents.update(note, dispatch="10")
    yield documents.delete(places.note("9"))
    yield documents.accept("https://a.example/1", follower="https://a.example/vecina", key="3-4")


def words_of(expanded: Any) -> Counter[str]:
    """Every name and every type that has something to say, and how often."""
    if isinstance(expanded, list):
        return sum((words_of(one) for one in expanded), Counter())
    if not isinstance(expanded, dict):
        return Counter()
    names = [name for name, value in expanded.items() if value != [] and not name.startswith("@")]
    return Counter([*names, *expanded.get("@type", [])]) + words_of(list(expanded.values()))


def test_every_word_is_understood(office: Office, fedify: Fedify) -> None:
    loader = {"documentLoader": FrozenDocumentLoader()}
    for told in told_by(office):
        said, understood = jsonld.expand(told, loader), fedify.ask("understood", document=told)
        assert words_of(said) - words_of(understood) == Counter(), told["type"]


def test_what_fedify_does_not_understand_would_be_noticed(office: Office, fedify: Fedify) -> None:
    note = {"@context": documents.CONTEXT, "type": "Note", "id": places.note("9"), "published": "ayer"}
    with pytest.raises(httpx2.HTTPStatusError):
        fedify.ask("understood", document=note)
    wide = note | {"published": "2026-11-20T18:00:00Z", "width": "ancho", "content": "Aviso"}
    kept = str(fedify.ask("understood", document=wide))
    assert ("content" in kept, "width" in kept) == (True, False)


def test_a_whole_letter_is_taken_and_a_touched_one_is_not(office: Office, fedify: Fedify) -> None:
    other = signatures.digest_of(b"{}")
    answers = [
        by_hand(fedify),
        by_hand(fedify, touched=b" "),
        by_hand(fedify, Digest=other),
        by_hand(fedify, Date="Fri, 20 Nov 2026 18:00:00 GMT"),
        by_hand(fedify, Signature=""),
    ]
    assert (answers, [one["type"] for one in fedify.ask("heard")]) == ([202, 401, 401, 401, 401], ["Create"])


def test_a_reader_follows_is_accepted_and_unfollows(office: Office, fedify: Fedify) -> None:
    fedify.ask("follow", office=places.actor(), number=1)
    [arrival] = office.events
    assert office.turned_away == 1  # it signs by the newer standard first, and then by the one that all speak
    assert isinstance(arrival, Arrival)
    assert (arrival.sender, arrival.wish, arrival.reference, arrival.name) == (
        fedify.reader,
        Wish.SUBSCRIBE,
        f"{fedify.reader}#follow-1",
        f"@vecina@{fedify.url.removeprefix('http://')}",
    )
    welcome = message(MessageKind.SERVICE, answers=arrival.reference)
    office.channel.send(to(fedify, message_=welcome, key="2-3"))
    [accepted] = fedify.ask("heard")
    assert (accepted["type"], accepted["object"]) == ("Accept", arrival.reference)
    fedify.ask("unfollow", office=places.actor(), number=1)
    assert [one.wish for one in office.events if isinstance(one, Arrival)] == [Wish.SUBSCRIBE, Wish.BLOCK]


def test_a_bulletin_its_correction_and_its_withdrawal_are_read(office: Office, fedify: Fedify) -> None:
    first = office.channel.send(to(fedify))
    corrected = message(MessageKind.CORRECTION, notice="Eran dieciocho luminarias.", picture=picture())
    office.channel.send(to(fedify, message_=corrected, key="3-4", in_reply_to=first.reference))
    withdrawn = message(MessageKind.WITHDRAWAL, url="")
    office.channel.send(to(fedify, message_=withdrawn, key="5-6", in_reply_to=first.reference))
    heard = fedify.ask("heard")
    assert [(one["type"], one["object"], one["actor"]) for one in heard] == [
        (kind, places.note("1"), places.actor()) for kind in ("Create", "Update", "Delete")
    ]
    assert (heard[0]["alt"], heard[0]["tags"], heard[0]["languages"]) == (
        ["Vecinas y vecinos caminan por el andador"],
        ["#ObraPública"],
        ["es"],
    )
    assert re.search("Eran dieciocho luminarias", heard[1]["content"])


def test_what_is_sent_again_is_read_once(office: Office, fedify: Fedify) -> None:
    for _time in range(2):
        Office().channel.send(to(fedify))
    assert [one["type"] for one in fedify.ask("heard")] == ["Create"]


def test_who_is_not_there_is_looked_for_again(office: Office, fedify: Fedify) -> None:
    with pytest.raises(NotFound):
        office.channel.send(to(fedify, destination=f"{fedify.url}/users/nadie"))
