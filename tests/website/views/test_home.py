"""The front page shows what is public today, and asks the same number of questions however much there is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from factories.library import AlbumFactory
from factories.newsroom import act, campaign, draft, episode, published, town, video
from factories.website import HOSTILE, ready_photo, released_photo
from pregon.agenda.enums import State
from pregon.newsroom import actions as newsroom

pytestmark = pytest.mark.django_db
FIRST_PAGE = 60_000


def test_an_empty_office_says_what_will_be_here(client: Client) -> None:
    town()
    answer = client.get("/")
    assert answer.status_code == 200
    assert answer.context["lead"] is None
    assert "El primer boletín aparecerá en este lugar" in answer.content.decode()
    assert "Hoy no hay actos públicos anunciados." in answer.content.decode()


def test_the_newest_bulletin_leads_and_the_others_follow(client: Client) -> None:
    titles = ["Primero", "Segundo", "Tercero"]
    for title in titles:
        published(title)
    answer = client.get("/")
    assert answer.context["lead"].title == "Tercero"
    assert [bulletin.title for bulletin in answer.context["bulletins"]] == ["Segundo", "Primero"]


def test_nothing_hidden_shows(client: Client) -> None:
    hidden = [draft("Borrador secreto").title]
    embargoed = draft("Embargo secreto", go_live_at=timezone.now() + timedelta(days=1))
    newsroom.publish(embargoed, by=None)
    withdrawn = published("Retirado secreto")
    newsroom.withdraw(withdrawn, reason="Dato equivocado.", by=None, at=timezone.now())
    act("Acto interno secreto", start=timezone.now(), public=False)
    act("Acto futuro secreto", start=timezone.now(), public_from=timezone.now() + timedelta(hours=1))
    kept = ready_photo(caption="Foto secreta")
    published("Boletín visible", cover=kept)
    kept.released_at = None
    kept.save()
    page = client.get("/").content.decode()
    assert "Boletín visible" in page
    assert [word for word in (*hidden, "secret", str(kept.public_id)) if word in page] == []


def test_acts_of_today_and_tomorrow_stand_apart(client: Client) -> None:
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    act("Hoy a mediodía", start=noon)
    act("Mañana a mediodía", start=noon + timedelta(days=1), state=State.CANCELLED)
    act("Otro día", start=noon + timedelta(days=2))
    answer = client.get("/")
    assert [one.title for one in answer.context["acts_today"]] == ["Hoy a mediodía"]
    assert [one.title for one in answer.context["acts_tomorrow"]] == ["Mañana a mediodía"]
    assert answer.context["acts_coming"] == []


def test_without_acts_near_the_next_ones_show(client: Client) -> None:
    act("La semana que viene", start=timezone.now() + timedelta(days=7))
    assert [one.title for one in client.get("/").context["acts_coming"]] == ["La semana que viene"]


def test_it_is_light_and_leaves_no_cookie(client: Client) -> None:
    for number in range(8):
        published(f"Boletín largo número {number} sobre la obra pública del municipio")
    answer = client.get("/")
    assert len(answer.content) < FIRST_PAGE
    assert answer.cookies == {}
    assert "style=" not in answer.content.decode()


def test_hostile_words_stay_words(client: Client) -> None:
    published(HOSTILE, second_headline=HOSTILE, cover=released_photo(caption=HOSTILE, alt_text=HOSTILE))
    act(HOSTILE, start=timezone.now(), place=HOSTILE)
    page = client.get("/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_three_cost_no_more_questions_than_one(questions: Callable[[str], int]) -> None:
    def add(number: int) -> None:
        album = AlbumFactory()
        photo = released_photo(album=album)
        published(f"Boletín {number}", cover=photo, album=album)
        act(f"Acto {number}", start=timezone.now() + timedelta(minutes=number))

    add(1)
    add(2)
    one = questions("/")
    add(3)
    add(4)
    assert questions("/") == one


def test_beside_the_news_stand_running_campaigns_and_the_latest_to_hear_and_see(client: Client) -> None:
    today = timezone.localdate()
    over = {"since": today - timedelta(days=9), "until": today - timedelta(days=1)}
    campaign("Antes", **over)
    now, heard, seen = campaign("Ahora", since=today), episode(), video()
    answer = client.get("/")
    assert answer.context["beside"] == [now, heard, seen]
    assert [
        path
        for path in ("/campanas/", "/podcast/", "/videos/")
        if f'href="{path}"' not in answer.content.decode()
    ] == []


def test_what_there_is_none_of_is_linked_from_nowhere(client: Client) -> None:
    town()
    page = client.get("/").content.decode()
    assert [
        path for path in ("/campanas/", "/servicios/", "/podcast/", "/videos/") if f'href="{path}"' in page
    ] == []
