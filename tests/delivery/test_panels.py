from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from factories.delivery import NOON, Hands, SubscriberFactory, ask, live, message, prepare_all, run
from pregon.delivery.enums import MessageKind, State
from pregon.delivery.models import Delivery, Dispatch
from pregon.delivery.panels import GoingOutPanel, going_out, label_of, progress_of

pytestmark = pytest.mark.django_db


def test_a_bar_counts_what_is_settled_and_names_what_went_wrong() -> None:
    SubscriberFactory.create_batch(4)
    ask()
    prepare_all()
    lines = list(Delivery.objects.order_by("pk"))
    for line, state in zip(lines, [State.SENT, State.FAILED, State.UNCERTAIN, State.DUE], strict=True):
        line.state, line.settled_at = state, NOON + timedelta(seconds=0.6)
        line.save()
    [progress] = going_out(NOON)
    [bar] = progress.bars
    assert (bar.label, bar.tally.settled, bar.tally.due, bar.tone) == ("De viva voz", 3, 4, "warn")
    assert bar.remarks == [("en duda", 1), ("fallaron", 1)]
    assert (progress.waiting, progress.first_after) == (True, 0.6)


def test_nothing_waits_once_all_is_sent(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory.create_batch(2)
    ask()
    run(hands)
    [progress] = going_out(NOON)
    assert (progress.waiting, progress.bars[0].tone) == (False, "ok")


def test_letters_about_a_subscription_and_yesterdays_news_are_not_going_out() -> None:
    ask(message(MessageKind.SERVICE))
    ask(at=NOON - timedelta(days=1))
    assert going_out(NOON) == []


def test_a_channel_that_is_gone_keeps_its_name() -> None:
    assert (label_of("spoken"), label_of("smoke")) == ("De viva voz", "smoke")


@pytest.mark.parametrize("many", [1, 3])
def test_progress_costs_one_query_however_many(
    many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    SubscriberFactory.create()
    for _number in range(many):
        ask()
    prepare_all()
    dispatches = list(Dispatch.objects.all())
    with django_assert_num_queries(1):
        assert len(progress_of(dispatches)) == many


def test_the_panel_asks_again_only_while_something_waits(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory.create()
    ask()
    prepare_all()
    waiting = GoingOutPanel(NOON).render_html({})
    run(hands)
    done = GoingOutPanel(NOON).render_html({})
    assert ("data-waiting" in waiting, "data-waiting" in done, "1 de 1" in done) == (True, False, True)


def test_a_quiet_office_is_told_so() -> None:
    assert "Nada ha salido en las últimas seis horas." in GoingOutPanel(NOON).render_html({})
