from __future__ import annotations

from datetime import date

import pytest

from factories import newsroom as news
from factories.website import released_photo
from pregon.config.demo.pages import open_pages
from pregon.config.demo.recordings import chimes, webm
from pregon.newsroom.models import Campaign, Episode, Service, Video

pytestmark = pytest.mark.django_db

FILM = webm([b"\0"] * 16, size=(16, 16), pace=1000)


def test_a_demo_office_has_one_of_each_and_all_are_public() -> None:
    news.beside()
    pages = open_pages(today=date(2026, 11, 27), sound=chimes(seconds=24), film=FILM)
    assert [type(page) for page in pages] == [Campaign, Service, Service, Service, Episode, Video]
    assert all(page.live for page in pages)


def test_captions_and_chapters_end_where_the_recording_does() -> None:
    news.beside()
    open_pages(today=date(2026, 11, 27), sound=chimes(seconds=24), film=FILM)
    for recording in (Episode.objects.get(), Video.objects.get()):
        assert recording.cues[-1].end == recording.seconds
        assert all(chapter.start < recording.seconds for chapter in recording.chapter_list)


def test_they_show_photos_that_went_out_with_the_bulletins_and_services_none() -> None:
    news.town()
    photo = released_photo()
    news.published("Vacunan gratis a perros y gatos", cover=photo)
    news.beside()
    open_pages(today=date(2026, 11, 27), sound=chimes(seconds=1), film=FILM)
    assert Campaign.objects.get().cover == photo
    assert set(Service.objects.values_list("cover", flat=True)) == {None}
