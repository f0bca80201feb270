"""Who may give alerts and who may confirm them; and which of them the public sees."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from pregon.accounts.enums import Role
from pregon.accounts.registry import grant
from pregon.alerts.models import Alert
from pregon.core import visibility
from pregon.core.visibility import Reader

#: What it takes to write an alert, and to be its second person.
MAY_WRITE, MAY_CONFIRM, MAY_SEE = "alerts.add_alert", "alerts.confirm_alert", "alerts.view_alert"
MAY_JUSTIFY = "alerts.change_extraordinarymessage"


def alert_rule(to: Reader, at: datetime) -> Q:
    """The public sees what was sent, also when it is over: whoever was told may look it up."""
    return Q() if to is Reader.DESK else Q(sent__isnull=False, sent__lte=at)


def register() -> None:
    visibility.rule_for(Alert, alert_rule)
    grant(
        Role.EDITOR,
        permissions=[
            MAY_WRITE,
            "alerts.change_alert",
            MAY_SEE,
            MAY_CONFIRM,
            "alerts.view_alerttemplate",
            "alerts.view_extraordinarymessage",
            MAY_JUSTIFY,
        ],
    )
    grant(Role.TRANSPARENCY, permissions=[MAY_SEE, "alerts.view_extraordinarymessage"])
    grant(Role.READER, permissions=[MAY_SEE])
    grant(
        Role.HEAD,
        permissions=[
            "alerts.change_alertoffice",
            "alerts.add_alerttemplate",
            "alerts.change_alerttemplate",
            "alerts.delete_alerttemplate",
        ],
    )
