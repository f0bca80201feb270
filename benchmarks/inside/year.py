"""A year of the sample office, lived day by day through the actions that an office uses, each month closed as it ends.

``year.py YEAR LAST_DAY`` prints one JSON object: what happened, and each closing with how long it took.
"""

import json
import sys
import time
from datetime import date, datetime, timedelta

import django

django.setup()

import time_machine  # noqa: E402 - Django stands first
from django.utils import timezone  # noqa: E402 - the same

from pregon.accounts.enums import Role  # noqa: E402 - the same
from pregon.accounts.models import Locality, Office, User  # noqa: E402 - the same
from pregon.agenda.models import Act  # noqa: E402 - the same
from pregon.config.demo import furnish as demo  # noqa: E402 - the same
from pregon.core.calendar import WorkingCalendar  # noqa: E402 - the same
from pregon.core.work import Lane, drain  # noqa: E402 - the same
from pregon.delivery.models import Delivery  # noqa: E402 - the same
from pregon.library.models import Photo  # noqa: E402 - the same
from pregon.newsroom.models import Bulletin  # noqa: E402 - the same
from pregon.plan import actions as plans  # noqa: E402 - the same
from pregon.plan.queries import chain_faults  # noqa: E402 - the same

OFFICE = "mazamitla"
#: One working day in so many passes without a bulletin, and after so many an act is covered by nobody.
GAP, UNCOVERED = 17, 23
READERS = 40


def live(year: int, last: date) -> dict[str, object]:
    zone = Office.load().zone
    first = date(year, 1, 2)
    with time_machine.travel(datetime.combine(first, datetime.min.time(), zone).replace(hour=8)):
        plan = plans.load_plan(OFFICE, at=timezone.now(), year=year)
        demo.invite_readers(1, READERS, at=timezone.now())
    head = User.objects.get(groups__name=Role.HEAD)
    stories, upcoming = demo.load("stories.yaml"), demo.load("upcoming.yaml")
    places = list(Locality.objects.order_by("pk"))
    closed: list[dict[str, object]] = []
    month, number = 1, 0
    for day in WorkingCalendar().between(first, last):
        if day.month != month:
            with time_machine.travel(demo.moment(day, "8:00", zone=zone)):
                began = time.perf_counter()
                seal = plans.close_month(plan, month, by=head, at=timezone.now())
                closed.append({"month": month, "digest": seal.digest, "seconds": time.perf_counter() - began})
            month = day.month
        number += 1
        if number % GAP == 0:
            continue
        place = places[number % len(places)]
        story = demo.told(stories[number % len(stories)], place.name)
        story["titulo"] = f"{story['titulo']} ({number})"
        with time_machine.travel(demo.moment(day, "13:00", zone=zone)):
            start = timezone.now() - timedelta(hours=3)
            demo.publish_story(OFFICE, story, start=start, place=place, seed=number, at=timezone.now())
            drain([Lane.NOW], clock=timezone.now)
            if number % UNCOVERED == 0:
                missed = {**upcoming[number % len(upcoming)], "dias": 0, "hora": "9:00"}
                demo.announce([missed], today=day, zone=zone, localities=places)
    return {
        "plan": plan.slug,
        "closed": closed,
        "faults": len(chain_faults(plan)),
        "bulletins": Bulletin.objects.count(),
        "acts": Act.objects.count(),
        "photos": Photo.objects.count(),
        "letters": Delivery.objects.count(),
    }


print(json.dumps(live(int(sys.argv[1]), date.fromisoformat(sys.argv[2]))), flush=True)
