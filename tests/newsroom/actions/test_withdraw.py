"""A withdrawal hides at once, tells those who had received, and keeps the record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from factories.library import AlbumFactory, photo
from factories.newsroom import act, published
from factories.newsroom import draft as draft_of
from pregon.agenda.enums import Settlement
from pregon.core.visibility import may_see
from pregon.core.work import Lane, drain
from pregon.delivery import actions as delivery
from pregon.delivery.enums import Frequency, MessageKind, Standing, State
from pregon.delivery.models import Delivery, Subscriber
from pregon.newsroom import actions as newsroom
from pregon.newsroom.errors import AlreadyWithdrawn, NotPublished, ReasonNeeded

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def reader(address: str) -> Subscriber:
    return Subscriber.objects.create(
        channel="email", address=address, standing=Standing.CONFIRMED, asked_at=timezone.now()
    )


def test_a_withdrawn_bulletin_is_seen_by_nobody_and_its_number_stays_taken() -> None:
    bulletin = published()
    newsroom.withdraw(bulletin, reason="Datos equivocados.", by=None, at=timezone.now())
    assert may_see(bulletin, at=timezone.now()) is False
    assert published("El siguiente").number == 2


def test_those_who_had_received_are_told_without_its_text() -> None:
    reader("a@ejemplo.invalid")
    bulletin = published("Título que se retira", lead="Texto que se retira.")
    drain([Lane.NOW], clock=timezone.now)
    Delivery.objects.update(state=State.SENT)  # as if the channel were live
    withdrawal = newsroom.withdraw(bulletin, reason="Datos equivocados.", by=None, at=timezone.now())
    drain([Lane.NOW], clock=timezone.now)
    told = Delivery.objects.select_related("dispatch").get(dispatch__kind=MessageKind.WITHDRAWAL)
    message = told.dispatch.message
    assert told.destination == "a@ejemplo.invalid"
    assert (message.headline, message.notice) == (
        f"Se retira el boletín {bulletin.folio}",
        "Datos equivocados.",
    )
    assert (message.blocks, message.picture, message.url) == ((), None, "")
    assert withdrawal.receivers == {"email": 1}


def test_what_had_not_left_yet_never_leaves() -> None:
    reader("a@ejemplo.invalid")
    bulletin = published()
    newsroom.withdraw(bulletin, reason="Datos equivocados.", by=None, at=timezone.now())
    drain([Lane.NOW], clock=timezone.now)
    assert Delivery.objects.count() == 0


def test_lines_already_prepared_are_stopped() -> None:
    from pregon.delivery import actions as delivery

    reader("a@ejemplo.invalid")
    bulletin = published()
    delivery.prepare_due(Lane.NOW, at=timezone.now())
    newsroom.withdraw(bulletin, reason="Datos equivocados.", by=None, at=timezone.now())
    assert list(Delivery.objects.values_list("state", "reason")) == [
        (State.SUPPRESSED, "El boletín fue retirado.")
    ]


def test_its_photos_come_back_but_not_those_that_another_bulletin_shows(tmp_path: Path) -> None:
    album = AlbumFactory()
    shared = photo(tmp_path, album=album, name="a.jpg", caption="Compartida.")
    own = photo(
        tmp_path, album=album, name="b.jpg", data=(tmp_path / "a.jpg").read_bytes() + b"\0", caption="Propia."
    )
    bulletin = published("Se retira", album=album)
    published("Se queda", cover=shared)
    newsroom.withdraw(bulletin, reason="Datos equivocados.", by=None, at=timezone.now())
    at = timezone.now()
    assert (may_see(shared, at=at), may_see(own, at=at)) == (True, False)


def test_its_act_is_due_its_coverage_again() -> None:
    covered = act()
    bulletin = published(act=covered)
    newsroom.withdraw(bulletin, reason="Datos equivocados.", by=None, at=timezone.now())
    assert covered.coverages.get(product="boletin").settlement == Settlement.DUE


def test_it_needs_a_reason_and_happens_once() -> None:
    bulletin = published()
    with pytest.raises(ReasonNeeded):
        newsroom.withdraw(bulletin, reason=" ", by=None, at=timezone.now())
    newsroom.withdraw(bulletin, reason="Datos equivocados.", by=None, at=timezone.now())
    with pytest.raises(AlreadyWithdrawn):
        newsroom.withdraw(bulletin, reason="Otra vez.", by=None, at=timezone.now())


def test_what_came_to_be_hidden_may_still_be_withdrawn() -> None:
    bulletin = published()
    bulletin.unpublish()
    withdrawal = newsroom.withdraw(bulletin, reason="Datos equivocados.", by=None, at=timezone.now())
    assert bulletin.withdrawn_at == withdrawal.at


def test_a_draft_cannot_be_withdrawn() -> None:
    with pytest.raises(NotPublished):
        newsroom.withdraw(draft_of(), reason="Nadie lo vio.", by=None, at=timezone.now())


# --- Those who read it in a digest --------------------------------------------------------------------------


@pytest.mark.parametrize("left", [True, False])
def test_a_withdrawal_reaches_a_digest_that_left_and_changes_one_that_waits(
    left: bool, time_machine_at: Callable[[datetime], None]
) -> None:
    delivery.open_digests(at=timezone.now() - timedelta(days=2))
    person = reader("a@ejemplo.invalid")
    delivery.choose_frequency(person, Frequency.DAILY, at=timezone.now())
    bulletin, other = published("Primero"), published("Segundo")
    time_machine_at(timezone.now() + timedelta(days=1))
    delivery.open_digests(at=timezone.now())
    while delivery.digest_due(at=timezone.now()):
        pass
    if left:
        drain([Lane.BULK], clock=timezone.now)
    newsroom.withdraw(bulletin, reason="Datos equivocados.", by=None, at=timezone.now())
    drain([Lane.NOW, Lane.BULK], clock=timezone.now)
    told = [line.dispatch for line in Delivery.objects.order_by("pk").select_related("dispatch")]
    headlines = [one.headline for one in told]
    notice = f"Se retira el boletín {bulletin.folio}"
    assert headlines == (["Resumen del día: 2 boletines", notice] if left else [other.title])
