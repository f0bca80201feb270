from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import RequestFactory

from factories.accounts import UserFactory
from factories.delivery import (
    NOON,
    Hands,
    SpokenChannel,
    SubscriberFactory,
    ask,
    live,
    message,
    prepare_all,
    run,
)
from pregon.accounts.enums import Role
from pregon.delivery import actions as delivery
from pregon.delivery.enums import State
from pregon.delivery.errors import Misconfigured
from pregon.delivery.models import ChannelAccount, Delivery
from pregon.delivery.panels import AlertsPanel, GoingOutPanel

pytestmark = pytest.mark.django_db


def test_the_panel_asks_again_only_while_something_waits(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory.create()
    ask()
    prepare_all()
    waiting = GoingOutPanel(NOON).render_html({})
    run(hands)
    done = GoingOutPanel(NOON).render_html({})
    assert ("data-waiting" in waiting, "data-waiting" in done, "1 de 1" in done) == (True, False, True)


def test_what_has_ended_is_not_told_as_going_out(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory.create()
    ask(message(headline="El que terminó"), at=NOON, origin="newsroom.bulletin/2")
    run(hands)
    assert "Ahora no está saliendo nada." in GoingOutPanel(NOON).render_html({})
    waiting = ask(message(headline="El que espera"), at=NOON - timedelta(hours=1))
    prepare_all()
    both = GoingOutPanel(NOON).render_html({})
    places = [both.index(said) for said in ("El que espera", "Terminaron en las últimas", "El que terminó")]
    assert places == sorted(places)
    delivery.cancel(waiting, at=NOON)
    delivery.sweep_due(at=NOON)
    assert "cancelado" in GoingOutPanel(NOON).render_html({})


def test_a_quiet_office_is_told_so() -> None:
    assert "Nada ha salido en las últimas seis horas." in GoingOutPanel(NOON).render_html({})


def drawn(panel: AlertsPanel, role: Role) -> str:
    request = RequestFactory().get("/")
    request.user = UserFactory.create(roles=[role])
    return panel.render_html({"request": request})


def test_on_a_good_day_nothing_asks_for_attention() -> None:
    live("spoken")
    assert AlertsPanel(NOON).needed is False


def test_what_asks_for_attention_is_said_and_leads_there_who_may() -> None:
    live("spoken")
    SubscriberFactory.create()
    ask(at=NOON - timedelta(minutes=30))
    prepare_all(at=NOON - timedelta(minutes=30))
    live("keyed")
    ChannelAccount.objects.filter(kind="keyed").update(token_expires_at=NOON + timedelta(days=6))
    panel = AlertsPanel(NOON)
    head, editor = drawn(panel, Role.HEAD), drawn(panel, Role.EDITOR)
    assert panel.needed
    assert ("De viva voz no logra enviar" in editor, "La clave vence en 6 días" in editor) == (True, True)
    assert ("Revisar el canal" in head, "Revisar el canal" in editor) == (True, False)


def test_one_failure_is_one_warning_however_many_lines_and_looks_meet_it(hands: Hands) -> None:
    """A dead key stops every line, and its own clock knows it as well: the office reads one sentence about it."""
    account = live("keyed")
    for person in SubscriberFactory.create_batch(5, channel="keyed"):
        SpokenChannel.script[person.address] = [Misconfigured("La clave venció: pide otra.")] * 20
    ask()
    for _minute in range(15):
        run(hands, turns=2)
        hands.forward(minutes=1)
    ChannelAccount.objects.filter(pk=account.pk).update(token_expires_at=NOON - timedelta(hours=1))
    panel = drawn(AlertsPanel(hands()), Role.HEAD)
    assert (panel.count("<li>"), panel.count("La clave venció")) == (1, 1)
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.DUE}


def test_a_key_about_to_end_is_told_beside_another_failure(hands: Hands) -> None:
    live("keyed")
    person = SubscriberFactory.create(channel="keyed")
    SpokenChannel.script[person.address] = [Misconfigured("El municipio no administra esa página.")] * 20
    ask()
    run(hands)
    hands.forward(minutes=15)
    ChannelAccount.objects.update(token_expires_at=hands() + timedelta(days=6))
    panel = drawn(AlertsPanel(hands()), Role.HEAD)
    assert (panel.count("<li>"), "no administra" in panel, "vence en 6 días" in panel) == (2, True, True)
