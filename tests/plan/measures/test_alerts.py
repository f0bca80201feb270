"""Alerts: real ones only, followed to their end, justified in time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from factories.alerts import person
from factories.measures import ask, days, lacking
from factories.plan import moment
from pregon.accounts.models import Locality
from pregon.alerts.enums import MessageType, Severity, State, Status
from pregon.alerts.models import Alert, ExtraordinaryMessage
from pregon.plan.measures.alerts import alerts_followed_up, alerts_issued, alerts_justified

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def alert(when: str, **fields: Any) -> Alert:
    """One that went out at that hour for six hours."""
    number = Alert.objects.count() + 1
    given = {
        "event": "Inundación",
        "headline": f"Sube el río {number}",
        "description": "Sube el río.",
        "instruction": "Aléjate.",
        "severity": Severity.MINOR,
        "state": State.EXPIRED,
        "status": Status.ACTUAL,
        "expires": moment(when) + timedelta(hours=6),
        "author": person(),
        "created_at": moment(when),
        "sent": moment(when),
        "identifier": f"alerta-{number}",
        "slug": f"alerta-{number}",
        "xml": "<alert/>",
    }
    return Alert.objects.create(**(given | fields))


def update(of: Alert, when: str, **fields: Any) -> Alert:
    return alert(when, message_type=MessageType.UPDATE, replaces=of, thread=of, slug=None, **fields)


def record(of: Alert, *, due: int, justified: str = "") -> None:
    ExtraordinaryMessage.objects.create(
        alert=of,
        kind="Emergencia",
        text="Sube el río.",
        sent_at=of.sent,
        due_on=date(2026, 11, due),
        justification="Crecida del río." if justified else "",
        justified_at=moment(justified) if justified else None,
        justified_by=person() if justified else None,
    )


def test_an_alert_counts_once_with_all_that_followed_it_and_a_drill_never() -> None:
    update(alert("2026-11-10"), "2026-11-10 13:00")
    alert("2026-11-11", status=Status.EXERCISE)
    assert [item.url for item in alerts_issued(ask()).records] == ["/alertas/alerta-1/"]


def test_an_alert_is_followed_up_by_any_later_message_and_owes_one_when_it_ends() -> None:
    update(alert("2026-11-10"), "2026-11-10 13:00")
    alert("2026-11-11 12:00")
    assert alerts_followed_up(ask(at="2026-11-11 17:59")).text == "1 de 1"
    reading = alerts_followed_up(ask(at="2026-11-11 18:00"))
    assert (reading.text, days(reading), lacking(reading)) == ("1 de 2", [10], [11])


def test_alerts_are_narrowed_by_locality() -> None:
    place = Locality.objects.create(name="La Loma", slug="la-loma")
    alert("2026-11-10").localities.add(place)
    alert("2026-11-11")
    assert days(alerts_issued(ask(locality="la-loma"))) == [10]


def test_a_justification_is_owed_after_its_last_day_and_late_afterwards() -> None:
    record(alert("2026-11-09"), due=19, justified="2026-11-19")
    record(alert("2026-11-10"), due=19, justified="2026-11-20")
    record(alert("2026-11-11"), due=20)
    assert alerts_justified(ask(at="2026-11-19 18:00")).text == "1 de 1"
    reading = alerts_justified(ask())
    assert [missing.detail for missing in reading.missing] == [
        "Se justificó fuera de plazo",
        "Sin justificar",
    ]
    assert reading.text == "1 de 3"
