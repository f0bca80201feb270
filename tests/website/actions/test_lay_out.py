from __future__ import annotations

import pytest
from django.utils import timezone
from pytest_django import Settings
from wagtail.models import Page, Site

from factories.website import marks_taken_up
from pregon.newsroom.models import BulletinIndex
from pregon.website import actions as website
from pregon.website.models import BakedPage, HomePage

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def test_the_site_is_laid_out_once_however_often_it_is_asked(settings: Settings) -> None:
    settings.BASE_URL = "https://prensa.muestra.example"
    first = website.lay_out_site(at=timezone.now())
    second = website.lay_out_site(at=timezone.now())
    site = Site.objects.get(is_default_site=True)
    assert first == second
    assert (site.hostname, site.port, site.root_page.specific) == ("prensa.muestra.example", 443, first)
    assert [page.title for page in Page.objects.order_by("path")] == [
        "Sitio",
        "Portada",
        "Boletines",
        "Páginas del sitio",
    ]
    assert BulletinIndex.objects.child_of(first).count() == 1


def test_every_standing_page_is_due_afterwards() -> None:
    website.lay_out_site(at=timezone.now())
    marks_taken_up()
    assert HomePage.objects.count() == 1
    assert BakedPage.objects.filter(path__in=["/", "/agenda/", "/rss.xml", "/privacidad/"]).count() == 4
