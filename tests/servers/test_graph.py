"""The double is only worth something if it refuses what Meta refuses."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest

from servers.graph import APP, APP_SECRET, PAGE_TOKEN, USER_TOKEN, GraphApi, recorded

PAGE, ACCOUNT = "100", "17841"
JPEG, MP4 = "https://example.org/a.jpg", "https://example.org/a.mp4"


@pytest.fixture
def api(graph_api: GraphApi) -> GraphApi:
    graph_api.add_page(PAGE)
    graph_api.add_account(ACCOUNT)
    return graph_api


def ask(
    api: GraphApi,
    method: str,
    path: str,
    *,
    token: str = PAGE_TOKEN,
    files: dict[str, bytes] | None = None,
    **fields: Any,
) -> tuple[int, Any]:
    answer = httpx2.request(
        method,
        f"{api.url}/{api.version}/{path}",
        headers={"Authorization": f"Bearer {token}"} if token else {},
        params=fields if method == "GET" else None,
        data=fields if method == "POST" else None,
        files=files,
    )
    return answer.status_code, answer.json()


def refusal(name: str) -> tuple[int, Any]:
    answer = recorded(name)
    return answer["status"], answer["body"]


def test_a_token_is_read_from_a_header_or_a_field_and_must_live(api: GraphApi) -> None:
    assert ask(api, "GET", "me") == ask(api, "GET", "me", token="", access_token=PAGE_TOKEN)
    assert ask(api, "GET", "me", token="other") == refusal("dead_token")


def test_another_version_is_not_there(api: GraphApi) -> None:
    answer = httpx2.get(f"{api.url}/v1.0/me", headers={"Authorization": f"Bearer {PAGE_TOKEN}"})
    assert (answer.status_code, answer.json()) == refusal("missing")


def test_a_wrong_proof_is_refused_and_a_missing_one_where_it_is_asked_for(api: GraphApi) -> None:
    assert ask(api, "GET", "me", appsecret_proof="x") == refusal("proof_wrong")
    api.requires_proof = True
    assert ask(api, "GET", "me") == refusal("proof_missing")


def test_a_page_is_posted_to_with_its_own_token_only(api: GraphApi) -> None:
    assert ask(api, "POST", f"{PAGE}/feed", token=USER_TOKEN, message="Hay agua") == refusal(
        "permission_denied"
    )
    status, page = ask(api, "GET", "municipio", token=USER_TOKEN)
    assert (status, page["id"], page["access_token"]) == (200, PAGE, PAGE_TOKEN)
    assert ask(api, "POST", f"{PAGE}/feed", message="Hay agua")[0] == 200


def test_the_same_words_twice_are_a_duplicate(api: GraphApi) -> None:
    number = ask(api, "POST", f"{PAGE}/feed", message="Hay agua")[1]["id"]
    assert ask(api, "POST", f"{PAGE}/feed", message="Hay agua") == refusal("duplicate")
    assert ask(api, "GET", f"{PAGE}/feed")[1]["data"] == [{"id": number, "message": "Hay agua"}]


def test_a_post_is_edited_and_deleted_once(api: GraphApi) -> None:
    number = ask(api, "POST", f"{PAGE}/feed", message="Mañana")[1]["id"]
    assert ask(api, "POST", number, message="Hoy") == (200, {"success": True})
    assert ask(api, "GET", number)[1]["message"] == "Hoy"
    assert ask(api, "DELETE", number) == (200, {"success": True})
    for method in ("GET", "POST", "DELETE"):
        assert ask(api, method, number) == refusal("unknown_name" if method == "GET" else "missing")


def test_a_photo_is_uploaded_and_shown_by_a_post(api: GraphApi) -> None:
    photos = f"{PAGE}/photos"
    photo = ask(api, "POST", photos, files={"source": b"\xff\xd8\xffa"}, published="false")[1]["id"]
    attached = json.dumps([{"media_fbid": photo}])
    number = ask(api, "POST", f"{PAGE}/feed", message="Hay agua", attached_media=attached)[1]["id"]
    assert api.posts[number]["photos"] == [photo]
    assert ask(api, "POST", photos, files={"source": b"<svg/>"}) == refusal("bad_photo")
    unknown = json.dumps([{"media_fbid": "7"}])
    assert ask(api, "POST", f"{PAGE}/feed", message="x", attached_media=unknown) == refusal("bad_parameter")


def test_a_video_is_fetched_from_its_address_edited_and_deleted(api: GraphApi) -> None:
    videos = f"{PAGE}/videos"
    given = {"file_url": MP4, "description": "Hay agua", "title": "Agua"}
    assert ask(api, "POST", videos, token=USER_TOKEN, **given) == refusal("permission_denied")
    assert ask(api, "POST", videos, **given | {"file_url": JPEG}) == refusal("video_not_fetched")
    number = ask(api, "POST", videos, **given)[1]["id"]
    assert ask(api, "POST", number, message="Hoy") == refusal("bad_parameter")
    assert ask(api, "POST", number, description="Hoy") == (200, {"success": True})
    told = ask(api, "GET", number)[1]
    assert (told["description"], told["permalink_url"]) == ("Hoy", f"/{PAGE}/videos/{number}/")
    assert ask(api, "DELETE", number) == (200, {"success": True})
    assert ask(api, "DELETE", number) == refusal("missing")


@pytest.mark.parametrize("message", ["", "x" * 63_207])
def test_a_post_has_a_shortest_and_a_longest_text(message: str, api: GraphApi) -> None:
    assert ask(api, "POST", f"{PAGE}/feed", message=message) == refusal("bad_parameter")


def test_a_page_and_an_account_that_nobody_added_do_not_exist(api: GraphApi) -> None:
    assert ask(api, "GET", "nadie") == refusal("unknown_name")
    for line in (
        "POST 7/feed",
        "POST 7/photos",
        "POST 7/videos",
        "POST 7/media",
        "POST 7/comments",
        "GET 7/otra",
        "GET 7",
    ):
        method, _, path = line.partition(" ")
        assert ask(api, method, path, message="x") == refusal("missing")


def test_a_container_is_published_once_it_is_ready(api: GraphApi) -> None:
    api.looks = 1
    container = ask(api, "POST", f"{ACCOUNT}/media", image_url=JPEG, caption="Hay agua")[1]["id"]
    release = f"{ACCOUNT}/media_publish"
    assert ask(api, "POST", release, creation_id=container) == refusal("not_ready")
    states = [ask(api, "GET", container)[1]["status_code"] for _look in range(2)]
    media = ask(api, "POST", release, creation_id=container)[1]["id"]
    assert (states, ask(api, "GET", container)[1]["status_code"]) == (
        ["IN_PROGRESS", "FINISHED"],
        "PUBLISHED",
    )
    assert ask(api, "POST", release, creation_id=container) == refusal("not_ready")
    assert ask(api, "GET", f"{ACCOUNT}/media")[1]["data"] == [{"id": media, "caption": "Hay agua"}]


def test_a_reel_is_a_video_without_alt_text(api: GraphApi) -> None:
    reel = {"media_type": "REELS", "video_url": MP4, "cover_url": JPEG}
    assert ask(api, "POST", f"{ACCOUNT}/media", **reel | {"video_url": JPEG}) == refusal("not_fetched")
    assert ask(api, "POST", f"{ACCOUNT}/media", **reel, alt_text="x") == refusal("bad_parameter")
    container = ask(api, "POST", f"{ACCOUNT}/media", **reel)[1]["id"]
    media = ask(api, "POST", f"{ACCOUNT}/media_publish", creation_id=container)[1]["id"]
    shown = api.media[media]
    assert (shown["video"], shown["cover"], shown["photos"]) == (MP4, JPEG, [])


@pytest.mark.parametrize("caption", ["x" * 2201, "#a " * 31, "@a " * 21])
def test_a_caption_has_its_limits(caption: str, api: GraphApi) -> None:
    asked = ask(api, "POST", f"{ACCOUNT}/media", image_url=JPEG, caption=caption)
    assert asked == refusal("caption_too_long")


def test_only_jpeg_is_taken_and_a_carousel_joins_what_is_ready(api: GraphApi) -> None:
    media = f"{ACCOUNT}/media"
    assert ask(api, "POST", media, image_url="https://example.org/a.webp") == refusal("not_fetched")
    parts = [ask(api, "POST", media, image_url=JPEG, is_carousel_item="true")[1]["id"] for _ in range(2)]
    carousel = {"media_type": "CAROUSEL", "children": json.dumps(parts)}
    assert ask(api, "POST", media, **carousel)[0] == 200
    assert ask(api, "POST", media, **carousel | {"children": json.dumps(parts[:1])}) == refusal(
        "bad_parameter"
    )
    api.containers[parts[0]]["looks"] = 1
    assert ask(api, "POST", media, **carousel) == refusal("bad_parameter")


def test_a_day_holds_so_many_posts(api: GraphApi) -> None:
    api.daily = 0
    container = ask(api, "POST", f"{ACCOUNT}/media", image_url=JPEG)[1]["id"]
    assert ask(api, "POST", f"{ACCOUNT}/media_publish", creation_id=container) == refusal("day_is_full")
    limit = ask(api, "GET", f"{ACCOUNT}/content_publishing_limit")[1]["data"]
    assert limit == [{"quota_usage": 0, "config": {"quota_total": 0, "quota_duration": 86400}}]


def test_deleting_on_instagram_asks_for_a_permission_of_its_own(api: GraphApi) -> None:
    api.media["7"] = {"id": "7", "caption": ""}
    api.may_delete_media = False
    assert ask(api, "DELETE", "7") == refusal("permission_missing")
    assert ask(api, "POST", "7/comments", message="Se retira")[0] == 200
    api.may_delete_media = True
    assert ask(api, "DELETE", "7") == (200, {"success": True})


def test_a_token_tells_its_life_and_is_exchanged_by_its_app_only(api: GraphApi) -> None:
    told = ask(api, "GET", "debug_token", token=f"{APP}|{APP_SECRET}", input_token=USER_TOKEN)[1]["data"]
    dead = ask(api, "GET", "debug_token", input_token="x")[1]["data"]
    assert (told["is_valid"], told["expires_at"] > told["issued_at"], dead["is_valid"]) == (True, True, False)
    exchange = {"client_id": APP, "client_secret": APP_SECRET, "fb_exchange_token": USER_TOKEN}
    fresh = ask(api, "GET", "oauth/access_token", token="", **exchange)[1]["access_token"]
    assert ask(api, "GET", "me", token=fresh)[0] == 200
    for wrong, name in (({"client_secret": "x"}, "secret_wrong"), ({"fb_exchange_token": "x"}, "dead_token")):
        assert ask(api, "GET", "oauth/access_token", token="", **exchange | wrong) == refusal(name)


def test_slowing_down_says_so_in_its_headers_once(api: GraphApi) -> None:
    api.slow_down(19)
    headers = {"Authorization": f"Bearer {PAGE_TOKEN}"}
    answers = [httpx2.get(f"{api.url}/{api.version}/me", headers=headers) for _time in range(2)]
    usage = json.loads(answers[0].headers["x-business-use-case-usage"])
    assert [answer.status_code for answer in answers] == [400, 200]
    assert usage[APP][0]["estimated_time_to_regain_access"] == 19


def test_a_gateway_passes_nothing_on_and_a_lost_answer_was_work_done(api: GraphApi) -> None:
    api.gateway(502)
    assert httpx2.get(f"{api.url}/{api.version}/me").status_code == 502
    assert api.calls == []
    api.lose()
    with pytest.raises(httpx2.RemoteProtocolError):
        ask(api, "POST", f"{PAGE}/feed", message="Hay agua")
    assert [post["message"] for post in api.posts.values()] == ["Hay agua"]
