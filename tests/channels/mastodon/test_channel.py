"""The office's account before a server that keeps Mastodon's rules."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from django.conf import settings

from factories.delivery import message, parcel, picture
from pregon.channels.mastodon import server as calls
from pregon.channels.mastodon.channel import MastodonChannel
from pregon.core.http import client
from pregon.delivery import registry
from pregon.delivery.contract import Parcel
from pregon.delivery.enums import MessageKind
from pregon.delivery.errors import Misconfigured, Postponed, Rejected, Unanswered
from pregon.delivery.values import Block, Picture
from servers.mastodon import MastodonServer, seen

ACCOUNT = "@comunicacion@mastodon.test"
HEADLINE = "Reabre el andador con empedrado nuevo"


@pytest.fixture
def mastodon(mastodon_server: MastodonServer) -> MastodonChannel:
    return channel(mastodon_server)


def channel(server: MastodonServer, **options: Any) -> MastodonChannel:
    given = {"token": server.token, "api_base": server.url, "allow_private": True}
    built = registry.build("mastodon", given | options)
    assert isinstance(built, MastodonChannel)
    return built


@pytest.fixture
def photo() -> Path:
    """A photo in the baked site."""
    path: Path = settings.HOME.baked / picture().path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\xff\xd8\xff" + b"a photo" * 10)
    return path


def news(**fields: Any) -> Parcel:
    return parcel(message(**fields), destination=ACCOUNT)


def follow_up(kind: MessageKind, reference: str, **fields: Any) -> Parcel:
    said = message(kind, **{"notice": "Eran dieciocho.", **fields})
    return parcel(said, key="1-3", destination=ACCOUNT, in_reply_to=reference)


def first_lines(server: MastodonServer) -> list[str]:
    return [post.text.partition("\n")[0] for post in server.posts.values()]


# --- Saying -------------------------------------------------------------------------------------------------


def test_a_post_has_its_text_its_link_and_its_place(
    mastodon: MastodonChannel, mastodon_server: MastodonServer
) -> None:
    receipt = mastodon.send(news())
    [(number, post)] = mastodon_server.posts.items()
    assert (receipt.reference, receipt.url) == (number, f"https://mastodon.test/@comunicacion/{number}")
    assert (post.visibility, post.language, post.media) == ("public", "es", [])
    assert post.text.startswith(f"{HEADLINE}\n\nTres meses de obra")
    assert post.text.endswith("\n\nhttps://muestra.example/boletines/2026-001/")


def test_a_receivers_own_links_are_never_posted(
    mastodon: MastodonChannel, mastodon_server: MastodonServer
) -> None:
    mastodon.send(news(url=""))
    [post] = mastodon_server.posts.values()
    assert "suscripcion" not in post.text


def test_an_office_may_stay_out_of_the_public_timelines(mastodon_server: MastodonServer) -> None:
    channel(mastodon_server, visibility="unlisted").send(news())
    assert [post.visibility for post in mastodon_server.posts.values()] == ["unlisted"]


def test_the_text_is_as_long_as_the_server_says(mastodon_server: MastodonServer) -> None:
    long = (Block(kind="paragraph", text="El andador quedó abierto este viernes. " * 200),)
    mastodon_server.characters = 2000
    channel(mastodon_server).send(news(blocks=long))
    [post] = mastodon_server.posts.values()
    assert 1900 < seen(post.text) <= 2000


def test_a_server_of_the_first_interface_says_its_limit_too(mastodon_server: MastodonServer) -> None:
    mastodon_server.second, mastodon_server.characters = False, 300
    channel(mastodon_server).send(news())
    [post] = mastodon_server.posts.values()
    assert 200 < seen(post.text) <= 300


def test_the_server_is_asked_for_its_rules_once(
    mastodon: MastodonChannel, mastodon_server: MastodonServer
) -> None:
    for key in ("1-2", "1-3"):
        mastodon.send(parcel(message(), key=key, destination=ACCOUNT))
    assert mastodon_server.calls == [
        "GET /api/v1/accounts/verify_credentials",
        "GET /api/v2/instance",
        "POST /api/v1/statuses",
        "POST /api/v1/statuses",
    ]


def test_a_key_of_somebody_else_does_not_post_for_this_account(
    mastodon: MastodonChannel, mastodon_server: MastodonServer
) -> None:
    with pytest.raises(Rejected, match="@comunicacion"):
        mastodon.send(parcel(destination="@obras@mastodon.test"))
    assert mastodon_server.posts == {}


# --- Nothing twice ------------------------------------------------------------------------------------------


def test_a_lost_answer_is_asked_for_again_and_nothing_is_said_twice(
    mastodon: MastodonChannel, mastodon_server: MastodonServer
) -> None:
    mastodon_server.script = ["lost"]
    receipt = mastodon.send(news())
    assert list(mastodon_server.posts) == [receipt.reference]
    assert [sent["idempotency-key"] for sent in mastodon_server.headers[-2:]] == ["1-2", "1-2"]


@pytest.mark.parametrize("second", ["lost", 503, 429])
def test_an_answer_that_stays_lost_is_a_doubt(
    mastodon: MastodonChannel, mastodon_server: MastodonServer, second: int | str
) -> None:
    mastodon_server.script = ["lost", second]
    with pytest.raises(Unanswered):
        mastodon.send(news())


def test_a_key_is_kept_for_an_hour_so_the_engine_may_not_rely_on_it() -> None:
    assert not MastodonChannel.limits.idempotent


# --- Refusals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "whole"), [(429, True), (500, True), (503, True)])
def test_a_busy_server_holds_everybody(
    mastodon: MastodonChannel, mastodon_server: MastodonServer, status: int, whole: bool
) -> None:
    mastodon_server.script = [status]
    mastodon_server.reset = (datetime.now(UTC) + timedelta(minutes=4)).isoformat().replace("+00:00", "Z")
    with pytest.raises(Postponed) as delay:
        mastodon.send(news())
    assert delay.value.whole is whole
    if status == 429:
        assert timedelta(minutes=3) < delay.value.wait <= timedelta(minutes=4)


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_is_a_wrong_setting(
    mastodon: MastodonChannel, mastodon_server: MastodonServer, status: int
) -> None:
    mastodon_server.script = [status]
    with pytest.raises(Misconfigured):
        mastodon.send(news())


def test_what_the_server_will_not_take_is_refused(
    mastodon: MastodonChannel, mastodon_server: MastodonServer
) -> None:
    mastodon_server.script = [422]
    with pytest.raises(Rejected, match="As the test asked"):
        mastodon.send(news())


def test_a_server_that_is_not_there_holds_everybody(mastodon_server: MastodonServer) -> None:
    with pytest.raises(Postponed) as delay:
        channel(mastodon_server, api_base="http://127.0.0.1:1").send(news())
    assert delay.value.whole


def test_an_address_without_a_server_of_mastodon_is_a_wrong_setting(
    mastodon: MastodonChannel, mastodon_server: MastodonServer
) -> None:
    mastodon_server.script = [404]
    with pytest.raises(Misconfigured):
        mastodon.send(news())
    with pytest.raises(Misconfigured):  # nobody there even says who we are
        channel(mastodon_server, api_base=f"{mastodon_server.url}/otro").send(news())


# --- The photo ----------------------------------------------------------------------------------------------


def test_a_photo_goes_up_with_what_it_shows(
    mastodon: MastodonChannel, mastodon_server: MastodonServer, photo: Path
) -> None:
    mastodon.send(news(picture=picture()))
    [(number, uploaded)] = mastodon_server.photos.items()
    [post] = mastodon_server.posts.values()
    assert (post.media, uploaded.description) == ([number], "Vecinas y vecinos caminan por el andador")
    assert uploaded.content == photo.read_bytes()


def test_a_photo_in_the_making_is_waited_for(
    mastodon: MastodonChannel, mastodon_server: MastodonServer, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "BLINK", timedelta(milliseconds=1))
    mastodon_server.looks = 3
    mastodon.send(news(picture=picture()))
    [post] = mastodon_server.posts.values()
    assert len(post.media) == 1


def test_a_photo_that_takes_for_ever_does_not_hold_the_text_back(
    mastodon: MastodonChannel, mastodon_server: MastodonServer, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "BLINK", timedelta(milliseconds=1))
    monkeypatch.setattr(calls, "PROCESSING", timedelta(milliseconds=20))
    mastodon_server.looks = 1_000_000
    mastodon.send(news(picture=picture()))
    assert [post.media for post in mastodon_server.posts.values()] == [[]]


def test_a_photo_that_the_server_refuses_does_not_hold_the_text_back(
    mastodon: MastodonChannel, mastodon_server: MastodonServer, photo: Path
) -> None:
    photo.write_bytes(b"not a photo")
    mastodon.send(news(picture=picture()))
    assert [post.media for post in mastodon_server.posts.values()] == [[]]


@pytest.mark.parametrize(("minutes", "posts"), [(20, 1), (0.5, 0)])
def test_a_text_waits_a_minute_for_its_photo_and_no_longer(
    mastodon: MastodonChannel, mastodon_server: MastodonServer, photo: Path, minutes: float, posts: int
) -> None:
    mastodon_server.uploads = 0
    mastodon_server.reset = (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()
    with suppress(Postponed):
        mastodon.send(news(picture=picture()))
    assert len(mastodon_server.posts) == posts


@pytest.mark.parametrize(
    ("kinds", "shown"), [(["image/png"], {}), (["image/jpeg"], {"width": 9000, "height": 9000})]
)
def test_a_photo_that_the_server_does_not_take_is_not_uploaded(
    mastodon: MastodonChannel,
    mastodon_server: MastodonServer,
    photo: Path,
    kinds: list[str],
    shown: dict[str, int],
) -> None:
    mastodon_server.kinds = kinds
    mastodon.send(news(picture=picture(**shown)))
    assert (mastodon_server.photos, len(mastodon_server.posts)) == ({}, 1)


# --- Correcting and taking back -----------------------------------------------------------------------------


def test_a_correction_edits_the_post_and_keeps_its_photo(
    mastodon: MastodonChannel, mastodon_server: MastodonServer, photo: Path
) -> None:
    first = mastodon.send(news(picture=picture()))
    second = mastodon.send(
        follow_up(MessageKind.CORRECTION, first.reference, picture=picture(alt="El andador"))
    )
    [(number, post)] = mastodon_server.posts.items()
    assert (second.reference, second.url, post.edits) == (number, first.url, 1)
    assert post.text.startswith(f"Corrección: {HEADLINE}\n\nEran dieciocho.\n\n")
    assert [mastodon_server.photos[media].description for media in post.media] == ["El andador"]


@pytest.mark.parametrize("instead", [None, picture(url="https://muestra.example/fotos/2/960.jpg")])
def test_a_photo_that_was_taken_away_stays_in_no_history_of_an_edited_post(
    mastodon: MastodonChannel, mastodon_server: MastodonServer, photo: Path, instead: Picture | None
) -> None:
    told = news(picture=picture())
    first = mastodon.send(told)
    [old] = mastodon_server.photos
    given = replace(follow_up(MessageKind.CORRECTION, first.reference, picture=instead), before=told.message)
    second = mastodon.send(given)
    [(number, post)] = mastodon_server.posts.items()
    assert (second.reference, number != first.reference, post.edits) == (number, True, 0)
    assert (len(post.media), old in post.media) == (1 if instead else 0, False)


def test_a_correction_where_nothing_can_be_edited_answers_the_post(
    mastodon: MastodonChannel, mastodon_server: MastodonServer
) -> None:
    first = mastodon.send(news())
    mastodon_server.edits = False
    second = mastodon.send(follow_up(MessageKind.CORRECTION, first.reference))
    assert mastodon_server.posts[second.reference].answers == first.reference


def test_a_correction_of_what_somebody_deleted_is_a_post(
    mastodon: MastodonChannel, mastodon_server: MastodonServer
) -> None:
    mastodon.send(follow_up(MessageKind.CORRECTION, "99"))
    assert [(post.answers, post.edits) for post in mastodon_server.posts.values()] == [(None, 0)]


def test_a_withdrawal_deletes_the_post_once_and_for_all(
    mastodon: MastodonChannel, mastodon_server: MastodonServer
) -> None:
    first = mastodon.send(news())
    for _time in range(2):
        mastodon.send(follow_up(MessageKind.WITHDRAWAL, first.reference))
    assert mastodon_server.posts == {}


def test_a_withdrawal_of_what_never_stood_says_so(
    mastodon: MastodonChannel, mastodon_server: MastodonServer
) -> None:
    mastodon.send(follow_up(MessageKind.WITHDRAWAL, "", headline="Se retira el boletín 001/2026"))
    assert first_lines(mastodon_server) == ["Se retira el boletín 001/2026"]


# --- Setting up ---------------------------------------------------------------------------------------------


def test_checking_says_who_we_are(mastodon: MastodonChannel) -> None:
    assert mastodon.check() == "@comunicacion@127.0.0.1"


@pytest.mark.parametrize("wrong", [{"token": "otra"}, {"api_base": "http://127.0.0.1:1"}])
def test_checking_says_what_is_wrong(mastodon_server: MastodonServer, wrong: dict[str, str]) -> None:
    with pytest.raises(Misconfigured):
        channel(mastodon_server, **wrong).check()


def test_checking_somewhere_else_than_at_mastodon_says_so() -> None:
    other = client(
        transport=httpx2.MockTransport(lambda request: httpx2.Response(200, json={"hello": "there"}))
    )
    options = {"api_base": "https://otra.example", "token": "una"}
    with pytest.raises(Misconfigured, match="no hay un servidor de Mastodon"):
        registry.build("mastodon", options, http=other).check()


@pytest.mark.parametrize("wrong", [{"visibility": "direct"}, {"api_base": "mastodon.social"}])
def test_options_that_cannot_be_are_refused(mastodon_server: MastodonServer, wrong: dict[str, str]) -> None:
    with pytest.raises(Misconfigured):
        channel(mastodon_server, **wrong)


@pytest.mark.parametrize(
    "typed",
    [
        ACCOUNT,
        "Comunicacion@Mastodon.test",
        " https://mastodon.test/@comunicacion ",
        "https://mastodon.test/@comunicacion/",
    ],
)
def test_an_account_is_kept_in_one_spelling(mastodon: MastodonChannel, typed: str) -> None:
    assert mastodon.normalise(typed) == ACCOUNT


@pytest.mark.parametrize(
    "typed", ["@comunicacion", "@comunicacion@", "https://mastodon.test/about", "@a b@c.test"]
)
def test_what_is_no_account_is_refused(mastodon: MastodonChannel, typed: str) -> None:
    with pytest.raises(Rejected):
        mastodon.normalise(typed)


def test_what_would_leave_is_shown_at_the_limit_of_the_server(
    mastodon_server: MastodonServer, photo: Path
) -> None:
    long = (Block(kind="paragraph", text="El andador quedó abierto este viernes. " * 200),)
    given = news(blocks=long, picture=picture())
    mastodon_server.characters = 900
    mastodon = channel(mastodon_server)
    before = mastodon.preview(given).text
    mastodon.send(given)
    [post] = mastodon_server.posts.values()
    alt = "\n\n[Foto: Vecinas y vecinos caminan por el andador]\n"
    assert (seen(before.removesuffix(alt)) <= 500, mastodon.preview(given).text) == (True, post.text + alt)
