"""The office's Page before a Graph API that keeps Meta's rules."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from factories.delivery import message, parcel, picture, video
from pregon.channels.facebook.channel import FacebookChannel
from pregon.channels.fitting import units
from pregon.channels.graph import Duplicate, Refused
from pregon.delivery import registry
from pregon.delivery.contract import Parcel, Receipt
from pregon.delivery.enums import MessageKind
from pregon.delivery.errors import DestinationGone, Misconfigured, Postponed, Rejected, Unanswered
from pregon.delivery.values import Block
from servers.graph import APP, APP_SECRET, FRESH_TOKEN, PAGE_TOKEN, USER_TOKEN, GraphApi

PAGE = "100200300400500"
LINK = "https://muestra.example/boletines/2026-001/"
SHOWS = "En el video: Recorrido por el andador de punta a punta"


@pytest.fixture
def facebook(graph_api: GraphApi) -> FacebookChannel:
    graph_api.add_page(PAGE)
    return channel(graph_api)


def channel(api: GraphApi, **options: Any) -> FacebookChannel:
    given = {"token": USER_TOKEN, "api_base": api.url, "allow_private": True}
    built = registry.build("facebook", given | options)
    assert isinstance(built, FacebookChannel)
    return built


@pytest.fixture
def photo() -> Path:
    """A photo in the baked site."""
    return baked(picture().path)


def baked(name: str, content: bytes = b"\xff\xd8\xffa photo") -> Path:
    path: Path = settings.HOME.baked / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def news(**fields: Any) -> Parcel:
    return parcel(message(**fields), destination=PAGE, preferences_url="", unsubscribe_url="")


def follow_up(kind: MessageKind, reference: str, **fields: Any) -> Parcel:
    said = message(kind, **{"notice": "Eran dieciocho.", **fields})
    return parcel(said, destination=PAGE, preferences_url="", in_reply_to=reference)


def withdrawal(reference: str) -> Parcel:
    bare = {"headline": "Se retira el boletín 001/2026", "url": "", "dek": "", "blocks": ()}
    return follow_up(MessageKind.WITHDRAWAL, reference, **bare)


def standing(api: GraphApi) -> list[str]:
    """What can be read on the Page now, the first lines only."""
    return [post["message"].partition("\n")[0] for post in api.posts.values()]


# --- Publishing ---------------------------------------------------------------------------------------------


def test_words_with_a_link_show_its_card_and_do_not_repeat_it(
    facebook: FacebookChannel, graph_api: GraphApi
) -> None:
    receipt = facebook.send(news())
    [(number, post)] = graph_api.posts.items()
    assert (post["link"], LINK in post["message"], post["photos"]) == (LINK, False, [])
    assert receipt == Receipt(
        reference=f"{number}:card", url=f"https://www.facebook.com/{PAGE}/posts/{number.partition('_')[2]}"
    )


def test_the_page_is_found_by_its_name_and_posts_with_its_own_token(
    facebook: FacebookChannel, graph_api: GraphApi
) -> None:
    for headline in ("Hay agua", "Hay luz"):
        facebook.send(parcel(message(headline=headline), destination="facebook.com/Municipio"))
    assert [call.token for call in graph_api.sent("POST " + f"{PAGE}/feed")] == [PAGE_TOKEN] * 2
    assert graph_api.lines().count("GET municipio") == 1


def test_a_photo_goes_along_with_what_it_shows(
    facebook: FacebookChannel, graph_api: GraphApi, photo: Path
) -> None:
    receipt = facebook.send(news(picture=picture()))
    [(number, shown)], [post] = graph_api.photos.items(), graph_api.posts.values()
    assert shown == {
        "caption": "El andador, el día de su reapertura.",
        "alt": "Vecinas y vecinos caminan por el andador",
        "published": "false",
    }
    assert (post["photos"], post["link"], post["message"].endswith(f"\n\n{LINK}")) == ([number], "", True)
    assert receipt.reference.endswith(":photos")


def test_an_album_is_one_post_with_no_more_than_ten_photos(
    facebook: FacebookChannel, graph_api: GraphApi
) -> None:
    album = tuple(picture(path=f"fotos/{number}/social.jpg", alt=f"Foto {number}") for number in range(12))
    for one in album:
        baked(one.path)
    facebook.send(news(picture=album[0], pictures=album))
    [post] = graph_api.posts.values()
    assert [graph_api.photos[number]["alt"] for number in post["photos"]] == [f"Foto {n}" for n in range(10)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("fotos/2/960.jpg", None),
        ("fotos/2/960.jpg", b"not a photo"),
        ("fotos/2/960.tiff", b"\xff\xd8\xff"),
        ("../secreto.jpg", b"\xff\xd8\xffsecret"),
    ],
    ids=["not baked yet", "refused", "another format", "outside the site"],
)
def test_the_words_do_not_wait_for_a_photo_that_cannot_go(
    name: str, content: bytes | None, facebook: FacebookChannel, graph_api: GraphApi
) -> None:
    if content is not None:
        baked(name, content)
    receipt = facebook.send(news(picture=picture(path=name)))
    assert (receipt.reference.endswith(":card"), graph_api.photos) == (True, {})


def test_without_a_link_words_stand_alone(facebook: FacebookChannel, graph_api: GraphApi) -> None:
    receipt = facebook.send(news(url=""))
    [post] = graph_api.posts.values()
    assert (receipt.reference.endswith(":words"), post["link"]) == (True, "")


def test_a_link_that_meta_cannot_read_stands_in_the_words(
    facebook: FacebookChannel, graph_api: GraphApi
) -> None:
    graph_api.refuse("bad_link", at="/feed")
    receipt = facebook.send(news())
    [post] = graph_api.posts.values()
    assert (receipt.reference.endswith(":words"), post["message"].endswith(f"\n\n{LINK}")) == (True, True)


def test_a_refusal_is_not_tried_another_way(facebook: FacebookChannel, graph_api: GraphApi) -> None:
    graph_api.refuse("bad_parameter", at="/feed")
    with pytest.raises(Refused):
        facebook.send(news())
    assert graph_api.posts == {}


def test_a_text_longer_than_a_post_ends_at_a_word(facebook: FacebookChannel, graph_api: GraphApi) -> None:
    facebook.send(news(blocks=(Block(kind="paragraph", text="palabra " * 10_000),)))
    [post] = graph_api.posts.values()
    assert (units(post["message"]) <= 63_206, post["message"].endswith("palabra…")) == (True, True)


def test_a_post_whose_address_cannot_be_asked_for_is_out_all_the_same(
    facebook: FacebookChannel, graph_api: GraphApi
) -> None:
    facebook.send(news(headline="Hay luz"))
    graph_api.refuse("unknown_error", at="_100002")
    assert facebook.send(news()).url == f"https://www.facebook.com/{PAGE}_100002"


# --- A video ---


def test_a_video_goes_with_the_words_and_what_it_shows(
    facebook: FacebookChannel, graph_api: GraphApi, photo: Path
) -> None:
    receipt = facebook.send(news(video=video(), picture=picture()))
    [(number, film)] = graph_api.films.items()
    assert (film["file_url"], film["title"]) == (video().url, "Reabre el andador con empedrado nuevo")
    assert film["description"].startswith("Reabre el andador con empedrado nuevo\n\nTres meses")
    assert film["description"].endswith(f"\n\n{SHOWS}\n\n{LINK}")
    assert (graph_api.posts, graph_api.photos) == ({}, {})
    assert receipt == Receipt(
        reference=f"{number}:video", url=f"https://www.facebook.com/{PAGE}/videos/{number}/"
    )


def test_a_video_that_meta_does_not_take_stays_behind_and_a_person_is_told(
    facebook: FacebookChannel, graph_api: GraphApi, photo: Path
) -> None:
    graph_api.refuse("video_not_fetched", at="/videos")
    receipt = facebook.send(news(video=video(), picture=picture()))
    [post] = graph_api.posts.values()
    assert (graph_api.films, len(post["photos"]), receipt.reference.endswith(":photos")) == ({}, 1, True)
    assert f"\n\n{SHOWS}\n\n" in post["message"]
    assert receipt.todo == (
        "Facebook no tomó el video y se publicó sin él; súbelo a mano. "
        "Meta no lo aceptó: (#389) Unable to fetch video file from URL."
    )


@pytest.mark.parametrize("refusal", ["duplicate", "permission_denied", "page_throttled"])
def test_a_video_that_may_not_go_now_is_not_posted_another_way(
    refusal: str, facebook: FacebookChannel, graph_api: GraphApi
) -> None:
    graph_api.refuse(refusal, at="/videos")
    with pytest.raises((Duplicate, Misconfigured, Postponed)):
        facebook.send(news(video=video()))
    assert graph_api.posts == {}


def test_a_video_whose_answer_got_lost_is_a_doubt(facebook: FacebookChannel, graph_api: GraphApi) -> None:
    graph_api.lose()
    with pytest.raises(Unanswered):
        facebook.send(news(video=video()))
    assert (len(graph_api.films), graph_api.posts) == (1, {})


def test_a_video_is_waited_for_longer_than_words(
    facebook: FacebookChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: dict[str, Any] = {}
    request = facebook.http.request

    def watched(method: str, url: str, **given: Any) -> Any:
        waited[url.rpartition("/")[2]] = given["timeout"].total_seconds()
        return request(method, url, **given)

    monkeypatch.setattr(facebook.http, "request", watched)
    facebook.send(news(video=video()))
    facebook.send(news())
    assert (waited["videos"], waited["feed"]) == (300, 20)


def test_a_video_is_corrected_in_its_description_and_withdrawn_by_deleting_it(
    facebook: FacebookChannel, graph_api: GraphApi
) -> None:
    first = facebook.send(news(video=video()))
    second = facebook.send(follow_up(MessageKind.CORRECTION, first.reference, video=video()))
    [film] = graph_api.films.values()
    assert (second, film["description"].partition("\n")[0]) == (
        first,
        "Corrección: Reabre el andador con empedrado nuevo",
    )
    assert film["description"].endswith(f"\n\n{SHOWS}\n\n{LINK}")
    facebook.send(withdrawal(first.reference))
    assert (graph_api.films, graph_api.posts) == ({}, {})


def test_a_video_that_cannot_be_deleted_says_that_it_was_withdrawn(
    facebook: FacebookChannel, graph_api: GraphApi
) -> None:
    first = facebook.send(news(video=video()))
    [number] = graph_api.films
    graph_api.refuse("bad_parameter", at=f"DELETE {number}")
    assert facebook.send(withdrawal(first.reference)).url == first.url
    assert graph_api.films[number]["description"].startswith("Se retira el boletín 001/2026")


# --- Doubts -------------------------------------------------------------------------------------------------


def test_a_post_whose_answer_got_lost_is_a_doubt_and_is_found_when_it_is_sent_again(
    facebook: FacebookChannel, graph_api: GraphApi
) -> None:
    graph_api.lose()
    with pytest.raises(Unanswered):
        facebook.send(news())
    [number] = graph_api.posts
    assert facebook.send(news()).reference == f"{number}:card"
    assert list(graph_api.posts) == [number]


def test_a_duplicate_that_nobody_finds_is_refused(facebook: FacebookChannel, graph_api: GraphApi) -> None:
    graph_api.refuse("duplicate", at="/feed")
    with pytest.raises(Duplicate):
        facebook.send(news())


def test_a_photo_whose_answer_got_lost_is_no_doubt(
    facebook: FacebookChannel, graph_api: GraphApi, photo: Path
) -> None:
    graph_api.lose()
    with pytest.raises(Postponed):
        facebook.send(news(picture=picture()))
    assert graph_api.posts == {}


# --- Correcting and taking back -----------------------------------------------------------------------------


def test_a_correction_edits_what_stands_and_keeps_what_it_carries(
    facebook: FacebookChannel, graph_api: GraphApi, photo: Path
) -> None:
    for given in (message(headline="Dieciséis"), message(headline="Dieciséis", picture=picture())):
        first = facebook.send(parcel(given, destination=PAGE))
        second = facebook.send(follow_up(MessageKind.CORRECTION, first.reference, headline="Dieciocho"))
        assert second == first
    posts = graph_api.posts.values()
    assert standing(graph_api) == ["Corrección: Dieciocho"] * 2
    assert [("Eran dieciocho." in post["message"], LINK in post["message"]) for post in posts] == [
        (True, False),
        (True, True),
    ]


def test_a_correction_whose_answer_got_lost_is_asked_again(
    facebook: FacebookChannel, graph_api: GraphApi
) -> None:
    first = facebook.send(news())
    graph_api.lose()
    with pytest.raises(Postponed):
        facebook.send(follow_up(MessageKind.CORRECTION, first.reference))
    assert facebook.send(follow_up(MessageKind.CORRECTION, first.reference)) == first
    assert len(graph_api.posts) == 1


def test_a_correction_of_what_somebody_deleted_is_a_new_post(
    facebook: FacebookChannel, graph_api: GraphApi
) -> None:
    receipt = facebook.send(follow_up(MessageKind.CORRECTION, f"{PAGE}_7:card"))
    [number] = graph_api.posts
    assert receipt.reference == f"{number}:card {PAGE}_7:card"


OTHER = picture(url="https://muestra.example/fotos/2/960.jpg", path="fotos/2/960.jpg", alt="El andador solo")
LOOK = (
    "Facebook no dejó borrar una publicación con la foto o el video que se quitó: "
    "mira en la página si sigue ahí y bórrala a mano."
)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ({"picture": picture()}, {}),
        ({"picture": picture()}, {"picture": OTHER}),
        ({"picture": picture(), "pictures": (picture(), OTHER)}, {"picture": OTHER}),
        ({"video": video()}, {}),
    ],
    ids=["none", "another", "one of an album", "a video"],
)
def test_what_was_taken_away_is_deleted_and_the_correction_is_a_post_of_its_own(
    before: dict[str, Any], now: dict[str, Any], facebook: FacebookChannel, graph_api: GraphApi, photo: Path
) -> None:
    baked(OTHER.path)
    told = news(**before)
    first = facebook.send(told)
    given = replace(follow_up(MessageKind.CORRECTION, first.reference, **now), before=told.message)
    second = facebook.send(given)
    [(number, post)] = graph_api.posts.items()
    assert [graph_api.photos[each]["alt"] for each in post["photos"]] == ([OTHER.alt] if now else [])
    assert (second.reference.partition(":")[0], second.todo, graph_api.films) == (number, "", {})
    assert facebook.preview(given).text.startswith(
        "[Se borra la publicación con lo que se quitó, y se publica"
    )


@pytest.mark.parametrize("refusal", ["bad_parameter", "permission_denied"])
def test_what_meta_does_not_let_us_delete_is_corrected_in_its_words_and_left_to_a_person(
    refusal: str, facebook: FacebookChannel, graph_api: GraphApi, photo: Path
) -> None:
    told = news(picture=picture())
    first = facebook.send(told)
    [number] = graph_api.posts
    graph_api.refuse(refusal, at=f"DELETE {number}")
    second = facebook.send(replace(follow_up(MessageKind.CORRECTION, first.reference), before=told.message))
    assert (second, standing(graph_api)) == (
        replace(first, todo=LOOK),
        ["Corrección: Reabre el andador con empedrado nuevo"],
    )


def test_a_correction_that_could_not_be_posted_after_all_was_deleted_is_posted_later(
    facebook: FacebookChannel, graph_api: GraphApi, photo: Path
) -> None:
    told = news(picture=picture())
    first = facebook.send(told)
    given = replace(follow_up(MessageKind.CORRECTION, first.reference), before=told.message)
    graph_api.refuse("page_throttled", at="/feed")
    with pytest.raises(Postponed):
        facebook.send(given)
    assert graph_api.posts == {}
    second = facebook.send(given)
    assert (standing(graph_api), second.todo) == (["Corrección: Reabre el andador con empedrado nuevo"], LOOK)


def test_a_withdrawal_deletes_all_that_stands(facebook: FacebookChannel, graph_api: GraphApi) -> None:
    first, second = facebook.send(news()), facebook.send(news(headline="Otra"))
    receipt = facebook.send(withdrawal(f"{second.reference} {first.reference}"))
    assert (graph_api.posts, receipt.url) == ({}, "")


def test_a_withdrawal_of_what_meta_does_not_find_says_nothing_and_asks_a_person_to_look(
    facebook: FacebookChannel, graph_api: GraphApi
) -> None:
    receipt = facebook.send(withdrawal(f"{PAGE}_7:card"))
    look = (
        "Facebook ya no encuentra una publicación que se retira, o la clave no la alcanza: "
        "mira en la página si sigue ahí y bórrala a mano."
    )
    assert (graph_api.posts, receipt.todo) == ({}, look)


@pytest.mark.parametrize("refusal", ["bad_parameter", "permission_denied", "missing"])
def test_what_meta_does_not_let_us_delete_says_that_it_was_withdrawn(
    refusal: str, facebook: FacebookChannel, graph_api: GraphApi
) -> None:
    first = facebook.send(news())
    [number] = graph_api.posts
    graph_api.refuse(refusal, at=f"DELETE {number}")
    receipt = facebook.send(withdrawal(first.reference))
    assert (standing(graph_api), receipt.url, receipt.todo) == (
        ["Se retira el boletín 001/2026"],
        first.url,
        "",
    )


def test_what_can_be_neither_deleted_nor_edited_is_withdrawn_in_a_new_post(
    facebook: FacebookChannel, graph_api: GraphApi
) -> None:
    first = facebook.send(news())
    [number] = graph_api.posts
    graph_api.refuse("bad_parameter", at=f" {number}", times=2)
    facebook.send(withdrawal(first.reference))
    assert standing(graph_api)[1:] == ["Se retira el boletín 001/2026"]


def test_a_withdrawal_that_stands_nowhere_is_said_in_a_post(
    facebook: FacebookChannel, graph_api: GraphApi
) -> None:
    facebook.send(withdrawal(""))
    assert standing(graph_api) == ["Se retira el boletín 001/2026"]


# --- Addresses ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (f" {PAGE} ", PAGE),
        ("@Villa.de.Muestra", "villa.de.muestra"),
        ("https://www.facebook.com/VillaDeMuestra/", "villademuestra"),
        ("m.facebook.com/villademuestra?locale=es_LA", "villademuestra"),
        (f"https://www.facebook.com/profile.php?id={PAGE}", PAGE),
        (f"https://facebook.com/people/Villa-de-Muestra/{PAGE}/", PAGE),
    ],
)
def test_a_page_is_kept_in_one_spelling(facebook: FacebookChannel, typed: str, kept: str) -> None:
    assert facebook.normalise(typed) == kept


@pytest.mark.parametrize("typed", ["abc", "villa de muestra", "https://otra.example/villa", "@niño_feliz"])
def test_what_is_no_page_is_refused(facebook: FacebookChannel, typed: str) -> None:
    with pytest.raises(Rejected):
        facebook.normalise(typed)


def test_a_page_that_is_not_there_is_gone(facebook: FacebookChannel) -> None:
    for destination in ("999999", "nadie"):
        with pytest.raises(DestinationGone):
            facebook.send(parcel(destination=destination))


# --- Credentials --------------------------------------------------------------------------------------------


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
    with pytest.raises(Misconfigured, match="pages_manage_posts"):
        channel(graph_api).check()


def test_posting_costs_nothing(facebook: FacebookChannel) -> None:
    assert facebook.price(news()) is None


# --- Preview ------------------------------------------------------------------------------------------------


def test_what_would_leave_is_shown_with_its_card(facebook: FacebookChannel) -> None:
    text = facebook.preview(news()).text
    assert text.startswith("Reabre el andador con empedrado nuevo\n\nTres meses")
    assert text.endswith(f"\n\n[Tarjeta del enlace: {LINK}]\n")


def test_what_would_leave_is_shown_with_its_photo(facebook: FacebookChannel, photo: Path) -> None:
    preview = facebook.preview(news(picture=picture()))
    assert preview.text.startswith("[Foto: Vecinas y vecinos caminan por el andador]\n\nReabre el andador")
    assert preview.text.endswith(f"\n\n{LINK}\n")
    assert preview.html.startswith("[Foto: Vecinas y vecinos caminan por el andador]<br><br>Reabre")


def test_what_would_leave_is_shown_with_its_video(facebook: FacebookChannel, photo: Path) -> None:
    text = facebook.preview(news(video=video(), picture=picture())).text
    assert text.startswith("[Video: Recorrido por el andador de punta a punta]\n\nReabre el andador")
    assert (text.endswith(f"\n\n{SHOWS}\n\n{LINK}\n"), "[Foto" in text) == (True, False)


def test_what_would_become_of_a_post_is_shown(facebook: FacebookChannel) -> None:
    corrected = facebook.preview(follow_up(MessageKind.CORRECTION, f"{PAGE}_7:card")).text
    withdrawn = facebook.preview(withdrawal(f"{PAGE}_7:card")).text
    assert corrected.startswith("[Se corrige la publicación, que dirá:]\n\nCorrección: Reabre el andador")
    assert withdrawn == (
        "[Se borra la publicación; donde Facebook no lo permite, dirá:]\n\n"
        "Se retira el boletín 001/2026\n\nEran dieciocho.\n"
    )
