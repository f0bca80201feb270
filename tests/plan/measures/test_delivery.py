"""What left and whom it reached, told by counts and never by who they are."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories.measures import ask, days
from factories.plan import bulletin, moment
from factories.plan import sent as one_sent
from pregon.delivery.enums import MessageKind, Standing, State
from pregon.delivery.models import Delivery, Dispatch, Milestone, Subscriber
from pregon.plan.measures.delivery import messages_delivered, sent, subscribers_gained

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def told(when: str, *states: State, channel: str = "email", **fields: Any) -> Dispatch:
    """A dispatch with one line in each of ``states``, counted as the ledger counts."""
    dispatch = Dispatch.objects.create(
        **{
            "key": f"{when}/{channel}",
            "origin": "newsroom.bulletin/1",
            "kind": MessageKind.NEWS,
            "lane": "now",
            "headline": "Calle lista",
            "message_json": {},
            "audience_json": {},
            "created_at": moment(when),
        }
        | fields
    )
    Delivery.objects.bulk_create(
        Delivery(
            dispatch=dispatch,
            channel=channel,
            destination=f"{n}@muestra.example",
            lane="now",
            state=state,
            due_at=moment(when),
        )
        for n, state in enumerate(states)
    )
    Milestone.objects.create(dispatch=dispatch, channel=channel, total=len(states))
    return dispatch


def subscriber(when: str, *, channel: str = "email", **fields: Any) -> None:
    Subscriber.objects.create(
        **{
            "channel": channel,
            "address": f"{Subscriber.objects.count()}@muestra.example",
            "standing": Standing.CONFIRMED,
            "asked_at": moment(when),
            "confirmed_at": moment(when),
        }
        | fields
    )


def test_what_arrived_is_weighed_against_what_was_lost() -> None:
    told("2026-11-10", State.SENT, State.DELIVERED, State.FAILED, State.UNCERTAIN)
    reading = messages_delivered(ask())
    assert reading.text == "2 de 4"
    assert [missing.detail for missing in reading.missing] == ["2 no llegaron por Correo"]


def test_what_was_rehearsed_called_off_or_still_waits_was_never_owed() -> None:
    told("2026-11-10", State.WITHHELD, State.SUPPRESSED, State.DUE, State.LEASED, State.SENT)
    assert messages_delivered(ask()).text == "1 de 1"
    told("2026-11-11", State.WITHHELD)
    assert days(messages_delivered(ask())) == [10]


def test_trials_and_letters_about_a_subscription_are_no_news() -> None:
    told("2026-11-10", State.SENT, trial=True)
    told("2026-11-11", State.SENT, kind=MessageKind.SERVICE)
    assert messages_delivered(ask()).denominator == 0


def test_a_line_of_the_ledger_is_never_public_evidence() -> None:
    made = told("2026-11-10", State.SENT)
    (record,) = messages_delivered(ask()).records
    assert (record.public, record.url.endswith(f"/{made.pk}/")) == (False, True)


def test_messages_are_narrowed_by_channel() -> None:
    told("2026-11-10", State.SENT, channel="email")
    told("2026-11-11", State.SENT, channel="telegram")
    assert days(messages_delivered(ask(channel="telegram"))) == [11]


def test_a_thousand_lines_cost_one_query() -> None:
    told("2026-11-10", *[State.SENT] * 1000)
    told("2026-11-11", *[State.SENT] * 10)
    with CaptureQueriesContext(connection) as queries:
        assert messages_delivered(ask()).numerator == 1010
    assert len(queries) == 1


def test_subscribers_are_counted_by_day_and_channel_without_their_names() -> None:
    subscriber("2026-11-10 23:30")
    subscriber("2026-11-10 08:00")
    subscriber("2026-11-11", channel="telegram")
    reading = subscribers_gained(ask())
    assert [(record.when.day, record.title) for record in reading.records] == [
        (10, "2 suscriptores nuevos"),
        (11, "1 suscriptor nuevo"),
    ]
    assert (reading.numerator, subscribers_gained(ask(channel="telegram")).numerator) == (3, 1)


def test_who_left_again_was_gained_and_who_never_confirmed_was_not() -> None:
    subscriber("2026-11-10", standing=Standing.LEFT, left_at=moment("2026-11-12"))
    subscriber("2026-11-11", standing=Standing.PENDING, confirmed_at=None)
    subscriber("2026-11-12", broadcast=True)
    assert subscribers_gained(ask()).numerator == 1


def test_the_hour_of_the_first_receiver_stands_for_all() -> None:
    item = bulletin("2026-11-09 10:00")
    one_sent(item, "2026-11-09 10:05", state=State.DELIVERED)
    one_sent(item, "2026-11-09 10:09")
    one_sent(item, "2026-11-09 10:01", state=State.FAILED)
    assert sent(ask(), "telegram") == {item.origin: moment("2026-11-09 10:05")}
