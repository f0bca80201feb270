"""A correction is open, complete, and reaches those who had the first version."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from factories.newsroom import draft, published
from pregon.core.work import Lane, drain
from pregon.delivery import actions as delivery
from pregon.delivery.enums import Frequency, MessageKind, Standing, State
from pregon.delivery.models import Delivery, Dispatch, Subscriber
from pregon.newsroom import actions as newsroom
from pregon.newsroom.errors import AlreadyWithdrawn, NothingChanged, NotPublished, ReasonNeeded, ReasonTooLong
from pregon.newsroom.models import Bulletin

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def reader(address: str) -> Subscriber:
    return Subscriber.objects.create(
        channel="email", address=address, standing=Standing.CONFIRMED, asked_at=timezone.now()
    )


def changed(bulletin: Bulletin, **fields: object) -> Bulletin:
    copy = Bulletin.objects.get(pk=bulletin.pk)
    for name, value in fields.items():
        setattr(copy, name, value)
    return copy


def test_a_correction_replaces_the_public_text_and_keeps_both() -> None:
    bulletin = published(lead="Son 16 luminarias.")
    correction = newsroom.correct(
        changed(bulletin, lead="Son 18 luminarias."),
        change="La primera versión decía 16 luminarias; son 18.",
        reason="Error de captura.",
        by=None,
        at=timezone.now(),
    )
    public = Bulletin.objects.get(pk=bulletin.pk)
    assert (public.lead, public.live, public.folio) == ("Son 18 luminarias.", True, bulletin.folio)
    assert (correction.before["lead"], correction.after["lead"]) == (
        "Son 16 luminarias.",
        "Son 18 luminarias.",
    )


def test_it_goes_to_those_who_had_the_first_version_and_to_nobody_else() -> None:
    reader("antes@ejemplo.invalid")
    bulletin = published()
    drain([Lane.NOW], clock=timezone.now)
    Delivery.objects.update(state=State.SENT)  # as if the channel were live
    reader("despues@ejemplo.invalid")
    correction = newsroom.correct(
        changed(bulletin, lead="Otra entrada."), change="Cambió.", reason="Error.", by=None, at=timezone.now()
    )
    drain([Lane.NOW], clock=timezone.now)
    sent = Delivery.objects.filter(dispatch__kind=MessageKind.CORRECTION).values_list(
        "destination", flat=True
    )
    assert list(sent) == ["antes@ejemplo.invalid"]
    assert correction.receivers == {"email": 1}


@pytest.mark.parametrize(
    ("change", "reason"), [("", "Error."), ("Cambió.", " ")], ids=["no change told", "no reason told"]
)
def test_it_needs_what_changed_and_why(change: str, reason: str) -> None:
    bulletin = published()
    with pytest.raises(ReasonNeeded):
        newsroom.correct(
            changed(bulletin, lead="Otra."), change=change, reason=reason, by=None, at=timezone.now()
        )
    assert Bulletin.objects.get(pk=bulletin.pk).lead == bulletin.lead


@pytest.mark.parametrize(("change", "reason"), [("x" * 501, "Error."), ("Cambió.", "x" * 501)])
def test_what_changed_and_why_are_a_sentence_each(change: str, reason: str) -> None:
    bulletin = published()
    with pytest.raises(ReasonTooLong) as told:
        newsroom.correct(
            changed(bulletin, lead="Otra."), change=change, reason=reason, by=None, at=timezone.now()
        )
    assert str(told.value) == "Qué cambió y por qué caben en 500 letras cada uno: dilo en una frase."


def test_nothing_changed_is_nothing_to_correct() -> None:
    bulletin = published()
    with pytest.raises(NothingChanged):
        newsroom.correct(changed(bulletin), change="Cambió.", reason="Error.", by=None, at=timezone.now())
    assert Dispatch.objects.filter(kind=MessageKind.CORRECTION).count() == 0


def test_what_came_to_be_hidden_is_corrected_against_what_readers_saw() -> None:
    bulletin = published(lead="Son 16 luminarias.")
    bulletin.unpublish()
    Bulletin.objects.filter(pk=bulletin.pk).update(lead="Son 18 luminarias.")
    correction = newsroom.correct(
        changed(bulletin), change="Son 18.", reason="Error de captura.", by=None, at=timezone.now()
    )
    said = [correction.before["lead"], correction.after["lead"]]
    assert (said, changed(bulletin).live) == (["Son 16 luminarias.", "Son 18 luminarias."], True)


def test_a_draft_is_simply_edited() -> None:
    with pytest.raises(NotPublished):
        newsroom.correct(draft(), change="Cambió.", reason="Error.", by=None, at=timezone.now())


def test_what_was_withdrawn_is_not_corrected() -> None:
    bulletin = published()
    newsroom.withdraw(bulletin, reason="Se publicó por error.", by=None, at=timezone.now())
    with pytest.raises(AlreadyWithdrawn):
        newsroom.correct(
            changed(bulletin, lead="Otra."), change="Cambió.", reason="Error.", by=None, at=timezone.now()
        )


@pytest.mark.parametrize("left", [True, False])
def test_a_correction_reaches_a_digest_that_left_and_changes_one_that_waits(
    left: bool, time_machine_at: Callable[[datetime], None]
) -> None:
    delivery.open_digests(at=timezone.now() - timedelta(days=2))
    person = reader("a@ejemplo.invalid")
    delivery.choose_frequency(person, Frequency.DAILY, at=timezone.now())
    bulletin = published("Son 16 luminarias")
    time_machine_at(timezone.now() + timedelta(days=1))
    delivery.open_digests(at=timezone.now())
    while delivery.digest_due(at=timezone.now()):
        pass
    if left:
        drain([Lane.BULK], clock=timezone.now)
        Delivery.objects.update(state=State.SENT)  # as if the channel were live
    corrected = changed(bulletin, title="Son 18 luminarias")
    correction = newsroom.correct(corrected, change="Son 18.", reason="Error.", by=None, at=timezone.now())
    drain([Lane.NOW, Lane.BULK], clock=timezone.now)
    lines = Delivery.objects.order_by("pk").select_related("dispatch")
    told = [(line.dispatch.kind, line.dispatch.headline) for line in lines]
    first = (MessageKind.NEWS, "Son 16 luminarias" if left else corrected.title)
    assert told == [first, (MessageKind.CORRECTION, corrected.title)][: 2 if left else 1]
    assert correction.receivers == ({"email": 1} if left else {})
