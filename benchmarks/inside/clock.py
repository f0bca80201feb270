"""Embargoed bulletins: ``schedule`` writes them, ``watch`` notes when each one is out."""

import json
import random
import statistics
import sys
import time
from datetime import datetime, timedelta

import django

django.setup()

from django.utils import timezone  # noqa: E402 - Django stands first

from pregon.newsroom import actions as newsroom  # noqa: E402 - the same
from pregon.newsroom.models import Bulletin, BulletinIndex  # noqa: E402 - the same

what, count, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
#: Seconds that writing one bulletin may take, and that the office may take to start.
EACH, START = 0.15, 20
PATIENCE = 60
bulletins = Bulletin.objects.filter(title__startswith="Embargo de muestra")


def schedule() -> dict[str, float]:
    begin = timezone.now() + timedelta(seconds=count * EACH + START)
    moments = random.Random(7)
    index = BulletinIndex.objects.get()
    for number in range(count):
        bulletin = Bulletin(
            title=f"Embargo de muestra {number}",
            lead="Texto de muestra para medir el reloj.",
            slug=f"embargo-{number}",
            live=False,
            go_live_at=begin + timedelta(seconds=moments.uniform(0, seconds)),
        )
        index.add_child(instance=bulletin)
        newsroom.publish(bulletin, by=None)
    if timezone.now() > begin - timedelta(seconds=START):
        raise SystemExit("Writing the bulletins took so long that the first ones are due.")
    return {"scheduled": count}


def watch() -> dict[str, float]:
    hours = dict(bulletins.values_list("pk", "go_live_at"))
    out: dict[int, datetime] = {}
    while len(out) < count and timezone.now() < max(hours.values()) + timedelta(seconds=PATIENCE):
        live = set(bulletins.filter(live=True).values_list("pk", flat=True))
        now = timezone.now()
        out |= dict.fromkeys(live - out.keys(), now)
        time.sleep(0.02)
    late = sorted((out[pk] - hours[pk]).total_seconds() if pk in out else PATIENCE for pk in hours)
    return {
        "median": statistics.median(late),
        "p99": statistics.quantiles(late, n=100)[98],
        "earliest": late[0],
        "latest": late[-1],
    }


print(json.dumps({"schedule": schedule, "watch": watch}[what]()))
