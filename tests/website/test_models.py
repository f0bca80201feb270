from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from factories.website import nothing_due
from pregon.website.enums import Baking
from pregon.website.models import EVERY_PAGE, BakedPage, BakingMark, HomePage

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.mark.parametrize(
    "wrong",
    [
        {"path": "sin-raiz/"},
        {"path": "/x/", "state": "otro"},
        {"path": "/x/", "state": Baking.LEASED},
        {"path": "/x/", "state": Baking.BAKED, "lease_until": timezone.now()},
    ],
)
def test_the_database_refuses_a_row_that_cannot_be(wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        BakedPage.objects.create(**wrong)


def test_a_mark_is_about_an_address_or_about_all() -> None:
    at = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        BakingMark.objects.create(path="sin-raiz/", due_at=at)
    assert [BakingMark.objects.create(path=path, due_at=at).path for path in ("/", EVERY_PAGE)] == ["/", ""]


def test_what_is_due_waits_and_what_is_leased_waits_for_its_lease_to_end() -> None:
    at = timezone.now()
    nothing_due()
    BakedPage.objects.create(path="/due/", due_at=at)
    BakedPage.objects.create(path="/later/", due_at=at + timedelta(seconds=1))
    BakedPage.objects.create(path="/midnight/", state=Baking.BAKED, due_at=at)
    BakedPage.objects.create(path="/done/", state=Baking.BAKED)
    BakedPage.objects.create(path="/lost/", state=Baking.LEASED, lease_until=at)
    BakedPage.objects.create(path="/busy/", state=Baking.LEASED, lease_until=at + timedelta(seconds=1))
    waiting = BakedPage.objects.waiting(at).order_by("path").values_list("path", flat=True)
    assert list(waiting) == ["/due/", "/lost/", "/midnight/"]


def test_the_home_page_is_at_the_root() -> None:
    assert HomePage(title="Portada").get_absolute_url() == "/"
