from __future__ import annotations

import pytest

from factories.delivery import NOON, Hands, SubscriberFactory, ask, live, prepare_all, run
from pregon.delivery.panels import GoingOutPanel

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


def test_a_quiet_office_is_told_so() -> None:
    assert "Nada ha salido en las últimas seis horas." in GoingOutPanel(NOON).render_html({})
