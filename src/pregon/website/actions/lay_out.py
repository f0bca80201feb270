"""The tree of pages that a site needs before its first bulletin."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page, Site

from pregon.newsroom.models import BulletinIndex, PieceIndex
from pregon.website.actions.marking import mark
from pregon.website.models import HomePage
from pregon.website.queries import everything


@transaction.atomic
def lay_out_site(*, at: datetime) -> HomePage:
    """Put the home page and the shelves of bulletins and pages in their places, point the site at them, and make
    every public page due. Runs as often as wanted."""
    root = Page.get_first_root_node()
    # Wagtail's first migration names it in English.
    Page.objects.filter(pk=root.pk).update(title=_("Sitio"), draft_title=_("Sitio"))
    root.refresh_from_db()
    home: HomePage | None = HomePage.objects.first()
    if home is None:
        home = HomePage(title=_("Portada"), slug="portada", first_published_at=at, last_published_at=at)
        root.add_child(instance=home)
    if not BulletinIndex.objects.exists():
        shelf = BulletinIndex(
            title=_("Boletines"), slug="boletines", first_published_at=at, last_published_at=at
        )
        home.add_child(instance=shelf)
    if not PieceIndex.objects.exists():
        beside = PieceIndex(
            title=_("Páginas del sitio"), slug="paginas", first_published_at=at, last_published_at=at
        )
        home.add_child(instance=beside)

    address = urlsplit(settings.BASE_URL)
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    site.hostname = address.hostname or "localhost"
    site.port = address.port or (443 if address.scheme == "https" else 80)
    site.site_name = settings.WAGTAIL_SITE_NAME
    site.root_page = home
    site.save()
    for welcome in Page.objects.child_of(root).exact_type(Page):
        if not welcome.get_children().exists():
            welcome.delete()
    mark(everything(at), at=at, bulk=True)
    home.refresh_from_db()
    return home
