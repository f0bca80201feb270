"""The office's account before a Graph API that keeps Instagram's rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from factories.delivery import message, parcel, picture, video
from pregon.channels.instagram.channel import InstagramChannel, comment_about, sparing
from pregon.delivery import registry
from pregon.delivery.contract import Parcel, Receipt
from pregon.delivery.enums import MessageKind
from pregon.delivery.errors import DestinationGone, Misconfigured, Postponed, Rejected, Unanswered
from pregon.delivery.values import Block
from servers.graph import APP, APP_SECRET, FRESH_TOKEN, USER_TOKEN, GraphApi, RefusalError

ACCOUNT = "17841400000000001"
LINK = "https://muestra.example/boletines/2026-001/"
SHOWS = "En el video: Recorrido por el andador de punta a punta"


@pytest.fixture
def instagram(graph_api: GraphApi, monkeypatch: pytest.MonkeyPatch) -> InstagramChannel:
    graph_api.add_account(ACCOUNT)
    monkeypatch.setattr(InstagramChannel, "pauses", (0, 0, 0))
    monkeypatch.setattr(InstagramChannel, "video_pauses", (0,) * 5)
    return channel(graph_api)


def channel(api: GraphApi, **options: Any) -> InstagramChannel:
    given = {"token": USER_TOKEN, "api_base": api.url, "allow_private": True}
    built = registry.build("instagram", given | options)
    assert isinstance(built, InstagramChannel)
    return built


def news(**fields: Any) -> Parcel:
    return parcel(message(**({"picture": picture()} | fields)), destination=ACCOUNT, preferences_url="")


def follow_up(kind: MessageKind, reference: str, **fields: Any) -> Parcel:
    said = message(kind, **{"notice": "Eran dieciocho.", **fields})
    return parcel(said, destination=ACCOUNT, preferences_url="", in_reply_to=reference)


def withdrawal(reference: str) -> Parcel:
    bare = {"headline": "Se retira el boletín 001/2026", "url": "", "dek": "", "blocks": ()}
    return follow_up(MessageKind.WITHDRAWAL, reference, **bare)


# --- Publishing ---------------------------------------------------------------------------------------------


def test_a_photo_is_published_in_two_steps(instagram: InstagramChannel, graph_api: GraphApi) -> None:
    receipt = instagram.send(news())
    [(number, post)] = graph_api.media.items()
    assert post["photos"] == [(picture().url, "Vecinas y vecinos caminan por el andador")]
    assert (post["caption"].partition("\n")[0], post["caption"].endswith(LINK)) == (
        "Reabre el andador con empedrado nuevo",
        True,
    )
    assert receipt == Receipt(reference=number, url=f"https://www.instagram.com/p/{number}/")
    assert graph_api.lines() == [
        f"GET {ACCOUNT}/content_publishing_limit",
        f"POST {ACCOUNT}/media",
        "GET 100001",
        f"POST {ACCOUNT}/media_publish",
        f"GET {number}",
    ]


def test_what_instagram_still_prepares_is_waited_for(
    instagram: InstagramChannel, graph_api: GraphApi
) -> None:
    graph_api.looks = 3
    instagram.send(news())
    assert (graph_api.lines().count("GET 100001"), len(graph_api.media)) == (4, 1)


def test_what_instagram_prepares_for_too_long_is_tried_again(
    instagram: InstagramChannel, graph_api: GraphApi
) -> None:
    graph_api.looks = 9
    with pytest.raises(Postponed) as delay:
        instagram.send(news())
    assert (delay.value.whole, graph_api.media) == (False, {})


@pytest.mark.parametrize(
    ("state", "status", "error", "said"),
    [
        ("ERROR", "Error: 2207076", Rejected, "Instagram no pudo prepararlo: Error: 2207076"),
        ("ERROR", "", Rejected, "Instagram no pudo prepararlo"),
        ("ERROR", "Error: 2207026", Rejected, "Instagram no admite ese video: ha de ser MP4"),
        ("ERROR", "Error: 2207053", Postponed, "se intentará de nuevo. Dice: Error: 2207053"),
        ("EXPIRED", "Expired", Postponed, "A Instagram se le venció lo que preparaba"),
    ],
)
def test_what_instagram_could_not_prepare_is_not_published(
    state: str,
    status: str,
    error: type[Exception],
    said: str,
    instagram: InstagramChannel,
    graph_api: GraphApi,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(graph_api, "_state", lambda node: {"status_code": state, "status": status})
    for given in (news(), news(video=video())):
        with pytest.raises(error, match=said):
            instagram.send(given)
    assert graph_api.media == {}


def test_a_video_goes_instead_of_the_album_with_the_cover_before_it(
    instagram: InstagramChannel, graph_api: GraphApi
) -> None:
    album = (picture(), picture(url="https://muestra.example/2.jpg"))
    receipt = instagram.send(news(video=video(), pictures=album))
    [(number, post)] = graph_api.media.items()
    assert (post["video"], post["cover"], post["photos"]) == (video().url, picture().url, [])
    assert post["caption"].endswith(f"\n\n{SHOWS}\n\n{LINK}")
    assert receipt == Receipt(reference=number, url=f"https://www.instagram.com/reel/{number}/")
    [made] = graph_api.sent(f"POST {ACCOUNT}/media")
    assert (made.fields["media_type"], made.fields["share_to_feed"]) == ("REELS", "true")


def test_a_video_needs_no_photo(instagram: InstagramChannel, graph_api: GraphApi) -> None:
    instagram.send(news(video=video(), picture=None))
    [post] = graph_api.media.values()
    assert (post["video"], post["cover"]) == (video().url, "")


def test_a_video_is_waited_for_longer_than_a_photo(instagram: InstagramChannel, graph_api: GraphApi) -> None:
    graph_api.looks = 5
    with pytest.raises(Postponed):
        instagram.send(news())
    instagram.send(news(video=video()))
    [post] = graph_api.media.values()
    assert post["video"] == video().url


def test_what_a_video_shows_outlives_a_long_text(instagram: InstagramChannel, graph_api: GraphApi) -> None:
    instagram.send(news(video=video(), blocks=(Block(kind="paragraph", text="palabra " * 500),)))
    [post] = graph_api.media.values()
    assert (len(post["caption"]) <= 2200, post["caption"].endswith(f"palabra…\n\n{SHOWS}\n\n{LINK}")) == (
        True,
        True,
    )


def test_a_video_that_cannot_be_fetched_yet_is_tried_again(
    instagram: InstagramChannel, graph_api: GraphApi
) -> None:
    graph_api.refuse("not_fetched", at="/media")
    with pytest.raises(Postponed, match=r"no pudo leer https://muestra\.example/documentos/7/"):
        instagram.send(news(video=video()))
    assert graph_api.media == {}


def test_several_photos_stand_side_by_side(
    instagram: InstagramChannel, graph_api: GraphApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(InstagramChannel, "pauses", (0,) * 11)
    graph_api.looks = 1
    album = tuple(picture(url=f"https://muestra.example/{n}.jpg", alt=f"Foto {n}") for n in range(12))
    instagram.send(news(picture=album[0], pictures=album))
    [post] = graph_api.media.values()
    assert post["photos"] == [(f"https://muestra.example/{n}.jpg", f"Foto {n}") for n in range(10)]
    assert [call.fields.get("caption", "") for call in graph_api.sent("/media")] == [
        *[""] * 10,
        post["caption"],
    ]


@pytest.mark.parametrize(
    "given",
    [
        {"picture": None},
        {"picture": picture(url="https://muestra.example/fotos/1/960.webp")},
        {"picture": picture(url="/fotos/1/960.jpg")},
    ],
    ids=["no photo", "no JPEG", "no address"],
)
def test_words_alone_are_refused_in_a_clear_sentence(
    given: dict[str, Any], instagram: InstagramChannel, graph_api: GraphApi
) -> None:
    with pytest.raises(Rejected, match="Instagram no publica sin foto"):
        instagram.send(news(**given))
    assert graph_api.calls == []


def test_a_long_caption_ends_at_a_word_and_keeps_its_link(
    instagram: InstagramChannel, graph_api: GraphApi
) -> None:
    instagram.send(news(blocks=(Block(kind="paragraph", text="palabra " * 500),)))
    [post] = graph_api.media.values()
    assert (len(post["caption"]) <= 2200, post["caption"].endswith(f"palabra…\n\n{LINK}")) == (True, True)


def test_what_is_more_than_instagram_counts_loses_its_mark_and_stays(
    instagram: InstagramChannel, graph_api: GraphApi
) -> None:
    tags = " ".join(f"#calle{number}" for number in range(40))
    people = " ".join(f"@barrio{number}" for number in range(25))
    instagram.send(news(blocks=(Block(kind="paragraph", text=f"{tags} {people} prensa@muestra.example"),)))
    [post] = graph_api.media.values()
    assert "#calle29 calle30" in post["caption"]
    assert "@barrio19 barrio20" in post["caption"]
    assert "prensa@muestra.example" in post["caption"]


def test_a_mark_inside_a_word_is_none() -> None:
    assert sparing("a@b #uno # dos #tres", "#", 1) == "a@b #uno # dos tres"


def test_a_mark_inside_a_link_counts_and_stays() -> None:
    link = "https://muestra.example/#parte"
    assert sparing(f"#uno #dos {link}", "#", 2) == f"#uno dos {link}"
    assert sparing(f"#uno {link} {link}", "#", 1) == f"uno {link} {link}"


# --- Limits -------------------------------------------------------------------------------------------------


def test_a_full_day_holds_the_channel_before_anything_is_made(
    instagram: InstagramChannel, graph_api: GraphApi
) -> None:
    graph_api.daily = 0
    with pytest.raises(Postponed) as delay:
        instagram.send(news())
    assert (delay.value.whole, delay.value.wait, graph_api.containers) == (True, timedelta(hours=1), {})


@pytest.mark.parametrize(
    ("name", "at", "whole"),
    [
        ("day_is_full", "/media_publish", True),
        ("not_ready", "/media_publish", False),
        ("not_fetched", "/media", False),
        ("instagram_trouble", "/media_publish", False),
        ("instagram_throttled", "/media", True),
    ],
)
def test_trouble_that_passes_is_waited_for(
    name: str, at: str, whole: bool, instagram: InstagramChannel, graph_api: GraphApi
) -> None:
    graph_api.refuse(name, at=at)
    with pytest.raises(Postponed) as delay:
        instagram.send(news())
    assert (delay.value.whole, graph_api.media) == (whole, {})


def test_a_photo_of_another_shape_is_refused(instagram: InstagramChannel, graph_api: GraphApi) -> None:
    graph_api.refuse("wrong_shape", at="/media")
    with pytest.raises(Rejected, match="aspect ratio"):
        instagram.send(news())


# --- Doubts -------------------------------------------------------------------------------------------------


def test_a_post_whose_answer_got_lost_is_found_among_those_that_stand(
    instagram: InstagramChannel, graph_api: GraphApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph_api, "_release", losing(graph_api))
    receipt = instagram.send(news())
    assert [receipt.reference] == list(graph_api.media)


@pytest.mark.parametrize("asked", [f"GET {ACCOUNT}/media", "GET 100001"])
def test_a_post_whose_answer_got_lost_and_that_nobody_finds_is_a_doubt(
    asked: str, instagram: InstagramChannel, graph_api: GraphApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = losing(graph_api)

    def lose(*given: Any) -> Any:
        graph_api.refuse("unknown_error", at=asked)
        return release(*given)

    monkeypatch.setattr(graph_api, "_release", lose)
    with pytest.raises(Unanswered):
        instagram.send(news())
    assert len(graph_api.media) == 1


def test_trouble_after_the_post_went_out_does_not_post_it_again(
    instagram: InstagramChannel, graph_api: GraphApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = graph_api._release

    def stumble(*given: Any) -> Any:
        release(*given)
        raise RefusalError("instagram_trouble")

    monkeypatch.setattr(graph_api, "_release", stumble)
    assert [instagram.send(news()).reference] == list(graph_api.media)


def test_a_post_that_did_not_go_out_leaves_a_doubt_only_where_nobody_answered(
    instagram: InstagramChannel, graph_api: GraphApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def swallow(*given: Any) -> Any:
        graph_api.lose()
        return {}

    monkeypatch.setattr(graph_api, "_release", swallow)
    with pytest.raises(Unanswered):
        instagram.send(news())
    assert graph_api.media == {}


def losing(api: GraphApi) -> Any:
    """Publishing that does its work and never says so."""
    release = api._release

    def lose(*given: Any) -> Any:
        api.lose()
        return release(*given)

    return lose


def test_a_container_whose_answer_got_lost_is_no_doubt(
    instagram: InstagramChannel, graph_api: GraphApi
) -> None:
    graph_api.lose()
    with pytest.raises(Postponed):
        instagram.send(news())
    assert graph_api.media == {}


def test_a_post_whose_address_cannot_be_asked_for_is_out_all_the_same(
    instagram: InstagramChannel, graph_api: GraphApi
) -> None:
    graph_api.refuse("unknown_error", at="GET 100002")
    assert instagram.send(news()) == Receipt(reference="100002")


# --- Correcting and taking back -----------------------------------------------------------------------------


def test_a_correction_is_a_comment_on_the_post(instagram: InstagramChannel, graph_api: GraphApi) -> None:
    first = instagram.send(news())
    second = instagram.send(follow_up(MessageKind.CORRECTION, first.reference))
    said = f"Corrección: Reabre el andador con empedrado nuevo\n\nEran dieciocho.\n\n{LINK}"
    assert (second, list(graph_api.comments.values())) == (first, [(first.reference, said)])


OTHER = picture(url="https://muestra.example/fotos/2/960.jpg", alt="El andador solo")


def without_photo(first: Receipt, **fields: Any) -> Parcel:
    said = follow_up(MessageKind.CORRECTION, first.reference, **fields)
    return replace(said, before=message(picture=picture()))


def test_a_photo_that_was_taken_away_is_deleted_and_the_correction_is_a_post_of_its_own(
    instagram: InstagramChannel, graph_api: GraphApi
) -> None:
    given = without_photo(instagram.send(news()), picture=OTHER)
    second = instagram.send(given)
    [(number, post)] = graph_api.media.items()
    assert (post["photos"], graph_api.comments) == ([(OTHER.url, "El andador solo")], {})
    assert second == Receipt(reference=number, url=f"https://www.instagram.com/p/{number}/")
    assert instagram.preview(given).text.startswith(
        "[Se borra la publicación con lo que se quitó, y se publica"
    )


def test_a_video_that_was_taken_away_is_deleted_too(instagram: InstagramChannel, graph_api: GraphApi) -> None:
    told = news(video=video())
    first = instagram.send(told)
    said = follow_up(MessageKind.CORRECTION, first.reference, picture=picture())
    instagram.send(replace(said, before=told.message))
    assert [(post["video"], len(post["photos"])) for post in graph_api.media.values()] == [("", 1)]


def test_without_another_photo_nothing_stands_until_a_correction_brings_one(
    instagram: InstagramChannel, graph_api: GraphApi
) -> None:
    given = without_photo(instagram.send(news()))
    second = instagram.send(given)
    assert (graph_api.media, second.todo) == (
        {},
        "Instagram no publica sin foto ni video: se borró la publicación y la corrección no salió ahí.",
    )
    third = follow_up(MessageKind.CORRECTION, second.reference, picture=OTHER)
    instagram.send(replace(third, before=given.message))
    assert [post["photos"][0][0] for post in graph_api.media.values()] == [OTHER.url]


def test_a_photo_that_may_not_be_deleted_is_commented_on_and_left_to_a_person(
    instagram: InstagramChannel, graph_api: GraphApi
) -> None:
    first = instagram.send(news())
    graph_api.refuse("permission_missing", at=f"DELETE {first.reference}")
    second = instagram.send(without_photo(first, picture=OTHER))
    assert (len(graph_api.media), len(graph_api.comments)) == (1, 1)
    assert second.todo == "Instagram no dejó borrar la publicación: entra a la aplicación y bórrala a mano."


def test_a_correction_of_what_the_token_may_read_and_not_comment_on_is_refused(
    instagram: InstagramChannel, graph_api: GraphApi
) -> None:
    first = instagram.send(news())
    graph_api.refuse("missing", at="/comments")
    with pytest.raises(Rejected):
        instagram.send(follow_up(MessageKind.CORRECTION, first.reference))
    assert len(graph_api.media) == 1


def test_a_comment_whose_answer_got_lost_is_a_doubt(instagram: InstagramChannel, graph_api: GraphApi) -> None:
    first = instagram.send(news())
    graph_api.lose()
    with pytest.raises(Unanswered):
        instagram.send(follow_up(MessageKind.CORRECTION, first.reference))


def test_a_comment_says_what_changed_and_not_what_the_video_shows() -> None:
    assert SHOWS not in comment_about(
        message(MessageKind.CORRECTION, video=video(), notice="Eran dieciocho.")
    )


def test_a_comment_holds_three_hundred_letters_and_its_link() -> None:
    said = comment_about(message(MessageKind.CORRECTION, notice="palabra " * 100))
    assert (len(said) <= 300, said.endswith(f"palabra…\n\n{LINK}")) == (True, True)


def test_a_withdrawal_deletes_the_post(instagram: InstagramChannel, graph_api: GraphApi) -> None:
    first = instagram.send(news())
    receipt = instagram.send(withdrawal(first.reference))
    assert (graph_api.media, graph_api.comments, receipt) == ({}, {}, Receipt(reference=first.reference))


def test_a_withdrawal_of_what_meta_does_not_find_says_nothing_and_asks_a_person_to_look(
    instagram: InstagramChannel, graph_api: GraphApi
) -> None:
    look = (
        "Instagram ya no encuentra la publicación que se retira, o la clave no la alcanza: "
        "mira en la cuenta si sigue ahí y bórrala a mano."
    )
    assert instagram.send(withdrawal("7")) == Receipt(reference="7", todo=look)


@pytest.mark.parametrize("refusal", ["permission_missing", "fatal", "missing"])
def test_what_cannot_be_deleted_is_commented_on_and_left_to_a_person(
    refusal: str, instagram: InstagramChannel, graph_api: GraphApi
) -> None:
    first = instagram.send(news())
    graph_api.refuse(refusal, at=f"DELETE {first.reference}")
    receipt = instagram.send(withdrawal(first.reference))
    [(media, said)] = graph_api.comments.values()
    assert (media, said) == (first.reference, "Se retira el boletín 001/2026\n\nEran dieciocho.")
    assert (receipt.url, receipt.todo) == (
        first.url,
        "Instagram no dejó borrar la publicación: entra a la aplicación y bórrala a mano.",
    )


# --- Addresses and credentials ------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["@municipio", "1784", "https://instagram.com/municipio", "17841 400"])
def test_what_is_no_account_is_refused(instagram: InstagramChannel, typed: str) -> None:
    with pytest.raises(Rejected):
        instagram.normalise(typed)


def test_an_account_that_is_not_there_is_gone(instagram: InstagramChannel) -> None:
    with pytest.raises(DestinationGone):
        instagram.send(parcel(message(picture=picture()), destination="17841400000000009"))


def test_the_token_is_checked_watched_and_renewed(graph_api: GraphApi) -> None:
    keyed = channel(graph_api, app_id=APP, app_secret=APP_SECRET)
    token, renewal = keyed.token(), keyed.renew()
    assert (keyed.check(), token is not None and token.expires_at is not None) == (
        "Comunicación Social",
        True,
    )
    assert renewal is not None
    assert renewal.values == {"token": FRESH_TOKEN}


def test_a_wrong_token_is_a_wrong_setting(graph_api: GraphApi) -> None:
    with pytest.raises(Misconfigured):
        channel(graph_api, token="EAAotra").check()
    graph_api.tokens[USER_TOKEN]["scopes"] = ["pages_show_list"]
    with pytest.raises(Misconfigured, match="instagram_content_publish"):
        channel(graph_api).check()


def test_posting_costs_nothing(instagram: InstagramChannel) -> None:
    assert instagram.price(news()) is None


# --- Preview ------------------------------------------------------------------------------------------------


def test_what_would_leave_is_shown_as_it_is_read(instagram: InstagramChannel) -> None:
    preview = instagram.preview(news())
    assert preview.text.startswith("[Foto: Vecinas y vecinos caminan por el andador]\n\nReabre el andador")
    assert (preview.text.endswith(f"\n\n{LINK}\n"), preview.html.count("<br><br>") > 3) == (True, True)


def test_what_would_not_leave_says_so(instagram: InstagramChannel) -> None:
    text = instagram.preview(news(picture=None)).text
    assert text.startswith("[Sin foto ni video: así Instagram no lo publica]\n\nReabre el andador")


def test_a_video_would_leave_instead_of_the_photo(instagram: InstagramChannel) -> None:
    text = instagram.preview(news(video=video())).text
    assert text.startswith("[Video: Recorrido por el andador de punta a punta]\n\nReabre el andador")
    assert "[Foto" not in text


def test_what_would_become_of_a_post_is_shown(instagram: InstagramChannel) -> None:
    corrected = instagram.preview(follow_up(MessageKind.CORRECTION, "7")).text
    withdrawn = instagram.preview(withdrawal("7")).text
    assert corrected.startswith("[Se comenta en la publicación]\n\nCorrección: Reabre el andador")
    assert withdrawn.startswith(
        "[Se borra la publicación; donde Instagram no lo permite, se comenta]\n\nSe retira"
    )
