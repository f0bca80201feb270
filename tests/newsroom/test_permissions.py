"""Which bulletins the public sees."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from factories.newsroom import draft, published
from pregon.core.visibility import Reader, may_see, visible
from pregon.newsroom import actions as newsroom
from pregon.newsroom.models import Bulletin

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
