"""Which bulletins the public sees."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from factories.newsroom import campaign, draft, published
from pregon.core.visibility import Reader, may_see, visible
from pregon.newsroom import actions as newsroom
from pregon.newsroom.models import Bulletin, Campaign

pytestmark = pytest.mark.django_db


def test_the_public_sees_only_what_is_published_and_not_withdrawn() -> None:
    out = published("Publicado")
    draft("Borrador")
    embargoed = draft("Embargado", go_live_at=timezone.now() + timedelta(hours=1))
    newsroom.publish(embargoed, by=None)
    newsroom.withdraw(published("Retirado"), reason="Error.", by=None, at=timezone.now())
    at = timezone.now()
    assert list(visible(Bulletin.objects.all(), at=at)) == [out]
    assert visible(Bulletin.objects.all(), to=Reader.DESK, at=at).count() == 4


def test_an_embargo_set_by_hand_on_a_live_bulletin_hides_it_all_the_same() -> None:
    bulletin = published()
    Bulletin.objects.filter(pk=bulletin.pk).update(go_live_at=timezone.now() + timedelta(hours=1))
    assert may_see(bulletin, at=timezone.now()) is False


def test_a_page_beside_the_bulletins_is_seen_from_its_hour_until_it_is_taken_off() -> None:
    at = timezone.now()
    out = campaign()
    campaign("Borrador", public=False)
    campaign("Embargada", go_live_at=at + timedelta(hours=1))
    campaign("Quitada").unpublish()
    assert list(visible(Campaign.objects.all(), at=timezone.now())) == [out]
    Campaign.objects.filter(pk=out.pk).update(go_live_at=at + timedelta(hours=1))
    assert not may_see(out, at=at)
    assert visible(Campaign.objects.all(), to=Reader.DESK, at=at).count() == 4
