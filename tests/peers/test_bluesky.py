"""The Bluesky channel before Bluesky's own server: what the double says, said by the real one."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from PIL import Image

from factories.delivery import message, parcel, picture
from peers.conftest import Account, RealPds
from pregon.channels.bluesky.channel import BlueskyChannel
from pregon.channels.bluesky.xrpc import Refused
from pregon.delivery import registry
from pregon.delivery.contract import Parcel
from pregon.delivery.enums import MessageKind
from pregon.delivery.errors import DestinationGone, Misconfigured, Postponed
from pregon.delivery.values import Block

pytestmark = pytest.mark.peers

POSTS = "app.bsky.feed.post"
URL = "https://muestra.example/boletines/2026-001/"


def channel(pds: RealPds, account: Account, **options: Any) -> BlueskyChannel:
    given = {"identifier": account.handle, "app_password": account.app_password, "api_base": pds.url}
    built = registry.build("bluesky", given | {"allow_private": True} | options)
    assert isinstance(built, BlueskyChannel)
    return built


@pytest.fixture
def office(real_pds: RealPds, account: Account) -> BlueskyChannel:
    return channel(real_pds, account)


@pytest.fixture
def photo() -> Path:
    """A photo in the baked site."""
    path: Path = settings.HOME.baked / picture().path
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.effect_noise((960, 640), 40).convert("RGB").save(path, quality=80)
    return path


def news(kind: MessageKind = MessageKind.NEWS, *, key: str = "1-2", below: str = "", **fields: Any) -> Parcel:
    return parcel(message(kind, **fields), key=key, destination="@muestra.test", in_reply_to=below)


def test_it_knows_the_account(office: BlueskyChannel, account: Account) -> None:
    assert office.check() == f"@{account.handle}"


def test_a_photo_its_description_and_the_link_arrive(
    office: BlueskyChannel, real_pds: RealPds, account: Account, photo: Path
) -> None:
    receipt = office.send(news(picture=picture()))
    [(key, post)] = real_pds.posts(account).items()
    [image], [facet] = post["embed"]["images"], post["facets"]
    raw = post["text"].encode()[facet["index"]["byteStart"] : facet["index"]["byteEnd"]]
    assert receipt.reference.startswith(f"{key}:")
    assert (raw.decode(), facet["features"][0]["uri"]) == ("Leer en el sitio", URL)
    assert (image["alt"], image["aspectRatio"], image["image"]["size"]) == (
        picture().alt,
        {"width": 960, "height": 640},
        photo.stat().st_size,
    )


def test_without_a_photo_a_card_arrives(office: BlueskyChannel, real_pds: RealPds, account: Account) -> None:
    office.send(news())
    [post] = real_pds.posts(account).values()
    assert (post["embed"]["external"]["uri"], post["langs"]) == (URL, ["es"])


def test_a_parcel_sent_twice_is_one_post(real_pds: RealPds, account: Account) -> None:
    first = channel(real_pds, account).send(news())
    before = real_pds.posts(account)
    again = channel(real_pds, account).send(news())
    assert (again, real_pds.posts(account)) == (first, before)


def test_a_correction_stands_below_the_first_post_and_a_withdrawal_deletes_both(
    office: BlueskyChannel, real_pds: RealPds, account: Account
) -> None:
    first = office.send(news())
    second = office.send(
        news(MessageKind.CORRECTION, key="2-1", below=first.reference, notice="Eran dieciocho.")
    )
    key, _colon, hash_ = first.reference.partition(":")
    reply = real_pds.posts(account)[second.reference.partition(" ")[0]]["reply"]
    assert reply["root"] == reply["parent"] == {"uri": f"at://{account.did}/{POSTS}/{key}", "cid": hash_}
    for _time in range(2):
        office.send(news(MessageKind.WITHDRAWAL, key="3-1", below=second.reference, url=""))
    assert real_pds.posts(account) == {}


@pytest.mark.parametrize(
    "words",
    [
        "El andador quedó abierto — ¡por fin! 👷🏽‍♀️ 🇲🇽 ",
        "👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦 ",
        "#ObraPública e\u0301l ก\u0e33 한글 https://muestra.example/a ",
    ],
)
def test_what_we_cut_to_its_limits_is_within_them(
    office: BlueskyChannel, real_pds: RealPds, account: Account, photo: Path, words: str
) -> None:
    office.send(news(picture=picture(), blocks=(Block(kind="paragraph", text=words * 80),)))
    [post] = real_pds.posts(account).values()
    assert post["text"].endswith("…\n\nLeer en el sitio")


@pytest.mark.parametrize("text", ["ñ" * 301, "👨‍👩‍👧‍👦" * 121])
def test_what_is_beyond_them_is_refused(office: BlueskyChannel, account: Account, text: str) -> None:
    """The limits that the double keeps are the real ones."""
    record = {"$type": POSTS, "text": text, "createdAt": "2026-11-20T18:00:00.000Z"}
    place = {"repo": office._agent.did, "collection": POSTS, "rkey": "3jzfcijpj2z2a", "record": record}
    with pytest.raises(Refused) as refusal:
        office._agent.call("com.atproto.repo.putRecord", json=place)
    assert refusal.value.name == "InvalidRequest"


def test_a_photo_beyond_the_limit_of_the_lexicon_is_refused_and_one_below_is_not(
    office: BlueskyChannel, real_pds: RealPds, account: Account, photo: Path
) -> None:
    jpeg = BytesIO()
    Image.new("RGB", (8, 8)).save(jpeg, "JPEG")
    for size, kind in ((2_000_000, "images"), (2_000_001, "external")):
        photo.write_bytes(jpeg.getvalue().ljust(size, b"\0"))
        office.send(news(key=f"1-{size}", headline=f"De {size} bytes", picture=picture()))
        [embed] = [post["embed"] for post in real_pds.posts(account).values() if str(size) in post["text"]]
        assert embed["$type"] == f"app.bsky.embed.{kind}"


# --- Sessions, passwords and other troubles -----------------------------------------------------------------


def aged(token: str, *, secret: str) -> str:
    """The token as it will be when its time is over, signed as the server signs."""
    head, body, _signature = token.split(".")
    said = json.loads(base64.urlsafe_b64decode(body + "=="))
    said |= {"iat": said["iat"] - 90_000, "exp": said["iat"] - 80_000}
    old = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    signed = hmac.digest(secret.encode(), f"{head}.{old}".encode(), hashlib.sha256)
    return f"{head}.{old}." + base64.urlsafe_b64encode(signed).decode().rstrip("=")


def test_a_session_whose_time_is_over_goes_on(
    office: BlueskyChannel, real_pds: RealPds, account: Account
) -> None:
    office.check()
    session = office._agent._session
    session["accessJwt"] = aged(session["accessJwt"], secret=real_pds.secret)
    office.send(news(key="1-1", headline="Una"))
    session = office._agent._session
    session |= {name: aged(session[name], secret=real_pds.secret) for name in ("accessJwt", "refreshJwt")}
    office.send(news(key="1-2", headline="Otra"))
    assert len(real_pds.posts(account)) == 2


def test_a_token_of_somewhere_else_is_renewed(
    office: BlueskyChannel, real_pds: RealPds, account: Account
) -> None:
    office.check()
    office._agent._session["accessJwt"] = "no.es.nuestro"
    office.send(news())
    assert len(real_pds.posts(account)) == 1


def test_a_wrong_or_revoked_password_is_a_wrong_setting(
    office: BlueskyChannel, real_pds: RealPds, account: Account
) -> None:
    with pytest.raises(Misconfigured):
        channel(real_pds, account, app_password="otra").check()
    office.check()
    real_pds.ask("server.revokeAppPassword", {"name": "Pregón"}, token=real_pds.session(account))
    with pytest.raises(Misconfigured):
        channel(real_pds, account).check()


def test_an_account_that_was_taken_down_is_a_wrong_setting(
    office: BlueskyChannel, real_pds: RealPds, account: Account
) -> None:
    office.check()
    subject = {"$type": "com.atproto.admin.defs#repoRef", "did": account.did}
    down = {"subject": subject, "takedown": {"applied": True, "ref": "1"}}
    real_pds.ask("admin.updateSubjectStatus", down, owner=True)
    for held in (office, channel(real_pds, account)):
        with pytest.raises(Misconfigured):
            held.send(news())


def test_an_account_that_its_owner_closed_is_a_wrong_setting_or_gone(
    office: BlueskyChannel, real_pds: RealPds, account: Account
) -> None:
    office.check()
    real_pds.ask("server.deactivateAccount", {}, token=real_pds.session(account))
    with pytest.raises((Misconfigured, DestinationGone)):
        office.send(news())
    with pytest.raises(Misconfigured, match="deactivated"):
        channel(real_pds, account).check()


def test_too_many_logins_are_told_to_wait(real_pds: RealPds, account: Account) -> None:
    stranger = channel(real_pds, account, identifier="nadie.test", app_password="otra")
    with pytest.raises(Postponed) as delay:
        for _time in range(40):
            with pytest.raises(Misconfigured):
                stranger.check()
    assert (delay.value.whole, timedelta() < delay.value.wait <= timedelta(minutes=5)) == (True, True)
