"""Our Mastodon channel before a server that others wrote: it posts, edits, deletes, and says nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pyvips
from django.conf import settings

from factories.delivery import message, parcel, picture
from pregon.channels.mastodon.channel import MastodonChannel
from pregon.delivery import registry
from pregon.delivery.contract import Parcel
from pregon.delivery.enums import MessageKind
from pregon.delivery.errors import Misconfigured
from servers.mastodon_mock import TOKEN, USERNAME, mastodon_mock_serving

pytestmark = pytest.mark.peers


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with mastodon_mock_serving() as url:
        yield url


@pytest.fixture
def mastodon(url: str) -> MastodonChannel:
    return channel(url)


def channel(url: str, token: str = TOKEN) -> MastodonChannel:
    built = registry.build("mastodon", {"api_base": url, "token": token, "allow_private": True})
    assert isinstance(built, MastodonChannel)
    return built


def told(url: str, path: str) -> httpx2.Response:
    return httpx2.get(f"{url}/api/v1/{path}", headers={"Authorization": f"Bearer {TOKEN}"})


def about(kind: MessageKind = MessageKind.NEWS, *, key: str, reference: str = "", **fields: Any) -> Parcel:
    return parcel(
        message(kind, **fields), key=key, destination=f"@{USERNAME}@127.0.0.1", in_reply_to=reference
    )


@pytest.fixture
def photo() -> Path:
    path: Path = settings.HOME.baked / picture().path
    path.parent.mkdir(parents=True, exist_ok=True)
    pyvips.Image.black(96, 64, bands=3).jpegsave(str(path))
    return path


def test_it_knows_our_account(mastodon: MastodonChannel) -> None:
    assert mastodon.check() == f"@{USERNAME}@127.0.0.1"


def test_it_does_not_know_another_key(url: str) -> None:
    with pytest.raises(Misconfigured):
        channel(url, token="otra").check()


def test_a_bulletin_is_posted_with_its_photo_and_its_alt_text(
    mastodon: MastodonChannel, url: str, photo: Path
) -> None:
    receipt = mastodon.send(about(key="peer-photo", picture=picture()))
    status = told(url, f"statuses/{receipt.reference}").json()
    [media] = status["media_attachments"]
    assert (media["description"], status["visibility"]) == (picture().alt, "public")
    assert (receipt.url, "Reabre el andador" in status["content"]) == (status["url"], True)


def test_the_same_key_is_the_same_post(mastodon: MastodonChannel, url: str) -> None:
    first, second = (mastodon.send(about(key="peer-twice")) for _time in range(2))
    other = mastodon.send(about(key="peer-other"))
    assert (first, first.reference == other.reference) == (second, False)


def test_a_correction_edits_and_a_withdrawal_deletes(mastodon: MastodonChannel, url: str) -> None:
    first = mastodon.send(about(key="peer-first"))
    mastodon.send(
        about(MessageKind.CORRECTION, key="peer-second", reference=first.reference, notice="Eran dieciocho.")
    )
    status = told(url, f"statuses/{first.reference}").json()
    assert ("Eran dieciocho." in status["content"], bool(status["edited_at"])) == (True, True)
    mastodon.send(about(MessageKind.WITHDRAWAL, key="peer-third", reference=first.reference))
    assert told(url, f"statuses/{first.reference}").status_code == 404
