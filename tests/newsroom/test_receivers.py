"""Publication from the editor follows the same path as from the command line."""

from __future__ import annotations

import pytest

from factories.newsroom import draft
from pregon.delivery.models import Dispatch
from pregon.newsroom.models import Bulletin

pytestmark = pytest.mark.django_db


def test_a_revision_published_by_wagtail_gets_number_and_dispatch() -> None:
    bulletin = draft()
    bulletin.save_revision().publish()
    out = Bulletin.objects.get(pk=bulletin.pk)
    assert (out.number, Dispatch.objects.about(out.origin).count()) == (1, 1)
