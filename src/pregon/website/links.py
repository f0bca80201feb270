"""Links that open the reader's own programs with what a page tells: calendars of others, without their scripts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings

from pregon.agenda.models import Act

#: A calendar wants an end; an act that tells none is entered with this.
USUAL = timedelta(hours=1)


def calendars(act: Act) -> dict[str, str]:
    """Where an act is entered into Google's calendar and into Outlook's."""
    start, end = act.start.astimezone(UTC), act.start.astimezone(UTC) + USUAL
    if act.end and act.end > act.start:
        end = act.end.astimezone(UTC)
    address = f"{settings.BASE_URL}{act.get_absolute_url()}"
    details = f"{act.description}\n\n{address}".strip()
    google = {
        "action": "TEMPLATE",
        "text": act.title,
        "dates": f"{start:%Y%m%dT%H%M%SZ}/{end:%Y%m%dT%H%M%SZ}",
        "location": act.place,
        "details": details,
    }
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": act.title,
        "startdt": written(start),
        "enddt": written(end),
        "location": act.place,
        "body": details,
    }
    return {
        "google": f"https://calendar.google.com/calendar/render?{urlencode(google)}",
        "outlook": f"https://outlook.live.com/calendar/0/deeplink/compose?{urlencode(outlook)}",
    }


def written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
