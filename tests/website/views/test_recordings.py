from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import pyvips
from django.test import Client
from django.utils import timezone

from factories import newsroom as news
from factories.website import HOSTILE, released_photo
from pregon.library import captions
from pregon.library.captions import Cue

pytestmark = pytest.mark.django_db

EPISODE, VIDEO = "/podcast/el-agua-de-la-montana-a-la-llave/", "/videos/un-paseo-por-el-pueblo/"


def data_of(client: Client, path: str) -> Any:
    return json.loads(re.findall(r'ld\+json">(.+?)</script>', client.get(path).content.decode())[0])


def test_an_episode_is_heard_and_read(client: Client) -> None:
    episode = news.episode(chapters="00:00 De dónde viene", people="Comunicación Social: conduce")
    page = client.get(EPISODE).content.decode()
    file = f"/documentos/{episode.recording.pk}/agua.wav"
    assert f'<audio controls preload="none" src="{file}"' in page
    assert f'href="{file}#t=4" data-at="4"' in page
    assert [
        words for words in ("De tres manantiales", "De dónde viene", "conduce") if words not in page
    ] == []


def test_a_video_carries_its_captions_and_its_picture(client: Client) -> None:
    photo = released_photo()
    news.video(cover=photo)
    page = client.get(VIDEO).content.decode()
    assert f'poster="/fotos/{photo.public_id}/full.jpg"' in page
    assert f'<track kind="captions" srclang="es" label="Español" src="{VIDEO}subtitulos.vtt" default>' in page
    assert "Montes y tejados." in page


def test_a_video_elsewhere_is_a_link_and_no_player(client: Client) -> None:
    news.video(url="https://www.videos.muestra.example/1", captions="")
    page = client.get(VIDEO).content.decode()
    assert ("Ver el video en videos.muestra.example" in page, "<video" in page, "<iframe" in page) == (
        True,
        False,
        False,
    )


@pytest.mark.parametrize(("make", "path"), [(news.episode, EPISODE), (news.video, VIDEO)])
def test_captions_are_served_as_they_were_understood(client: Client, make: Any, path: str) -> None:
    make(captions="WEBVTT\n\nSTYLE\n::cue { background: url(https://muestra.example/) }\n\n" + news.VTT[8:])
    answer = client.get(f"{path}subtitulos.vtt")
    assert answer.headers["Content-Type"] == "text/vtt; charset=utf-8"
    assert captions.parse(answer.content.decode()) == captions.parse(news.VTT)
    assert "muestra.example" not in answer.content.decode()


def test_chapters_are_told_to_players(client: Client) -> None:
    news.episode(chapters="00:00 Inicio\n01:05 La fuente")
    assert json.loads(client.get(f"{EPISODE}capitulos.json").content) == {
        "version": "1.2.0",
        "chapters": [{"startTime": 0, "title": "Inicio"}, {"startTime": 65, "title": "La fuente"}],
    }


def test_without_chapters_there_is_no_file_of_them(client: Client) -> None:
    news.episode()
    assert client.get(f"{EPISODE}capitulos.json").status_code == 404


def test_machines_read_what_they_are(client: Client) -> None:
    news.episode()
    news.video(cover=released_photo())
    heard, seen = data_of(client, EPISODE), data_of(client, VIDEO)
    assert (heard["@type"], heard["associatedMedia"]["duration"]) == ("PodcastEpisode", "PT1S")
    assert (seen["@type"], seen["duration"], seen["thumbnailUrl"][-8:]) == ("VideoObject", "PT3S", "full.jpg")
    assert "De tres manantiales y un pozo." in heard["associatedMedia"]["transcript"]


def test_lists_show_what_is_public_only(client: Client) -> None:
    shown = news.episode(), news.video()
    later = timezone.now() + timedelta(hours=1)
    news.episode("Secreto", public=False), news.video("Secreto", go_live_at=later)
    lists = client.get("/podcast/").context["episodes"], client.get("/videos/").context["videos"]
    assert ([*lists[0]], [*lists[1]]) == ([shown[0]], [shown[1]])
    assert client.get("/videos/secreto/subtitulos.vtt").status_code == 404


def test_the_picture_of_the_podcast_is_as_large_as_directories_ask_for(client: Client) -> None:
    office = news.town()
    office.municipality = "Villa <b>& Muestra"
    office.save()
    picture = pyvips.Image.new_from_buffer(client.get("/podcast/portada.png").content, "")
    assert (picture.width, picture.height, picture.bands) == (1400, 1400, 3)


def test_hostile_words_stay_words(client: Client) -> None:
    cue = Cue(start=0, end=1, text=HOSTILE, voice=HOSTILE)
    said = {"summary": HOSTILE, "captions": captions.render([cue]), "slug": "hostil"}
    news.episode(HOSTILE, chapters=f"00:00 {HOSTILE}", people=f"{HOSTILE}: {HOSTILE}", **said)
    said["slug"] = "hostil-2"
    news.video(HOSTILE, described=HOSTILE, **said)
    for path in ("/", "/podcast/", "/podcast/hostil/", "/videos/", "/videos/hostil-2/"):
        page = client.get(path).content.decode()
        assert [bad for bad in ("<script>alert", "<img src=x") if bad in page] == []


@pytest.mark.parametrize(("make", "path"), [(news.episode, "/podcast/"), (news.video, "/videos/")])
def test_three_cost_no_more_questions_than_one(questions: Callable[[str], int], make: Any, path: str) -> None:
    make()
    one = questions(path)
    make("Otro")
    make("Otro más")
    assert questions(path) == one
