from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from factories.alerts import draft, minor, person
from pregon.accounts.enums import Role
from pregon.accounts.registry import GRANTS
from pregon.alerts import actions as alerts
from pregon.alerts.models import Alert
from pregon.alerts.permissions import MAY_CONFIRM, MAY_JUSTIFY, MAY_SEE, MAY_WRITE
from pregon.core.visibility import Reader, may_see, visible

pytestmark = pytest.mark.django_db


def test_the_public_sees_what_was_sent_and_the_desk_everything() -> None:
    at, editor = timezone.now() + timedelta(seconds=1), person()
    gone, unsent = minor(), draft("tormenta")
    waits = alerts.propose(draft(by=editor), by=editor, at=timezone.now(), word="ALERTA")
    assert [may_see(each, at=at) for each in (gone, unsent, waits)] == [True, False, False]
    assert visible(Alert.objects.all(), to=Reader.DESK, at=at).count() == 3


def test_what_is_over_can_still_be_looked_up() -> None:
    alert = minor()
    alerts.expire_due(at=alert.expires)
    assert may_see(alert, at=alert.expires) is True


def test_who_may_do_what() -> None:
    told = {
        role: [right in GRANTS[role] for right in (MAY_SEE, MAY_WRITE, MAY_CONFIRM, MAY_JUSTIFY)]
        for role in (Role.HEAD, Role.EDITOR, Role.TRANSPARENCY, Role.READER, Role.PHOTOGRAPHER)
    }
    assert told == {
        Role.HEAD: [True, True, True, True],
        Role.EDITOR: [True, True, True, True],
        Role.TRANSPARENCY: [True, False, False, False],
        Role.READER: [True, False, False, False],
        Role.PHOTOGRAPHER: [False, False, False, False],
    }
