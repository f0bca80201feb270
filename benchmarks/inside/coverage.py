"""Opens a live coverage in an office, or posts to it as the desk does and tells when each post began.

Arguments: ``open``; or ``post``, its number, how many, and the seconds between them; or ``connections``, to be told how
many its PostgreSQL has besides the one that asks.
"""

import json
import random
import sys
import time
from datetime import timedelta
from uuid import uuid4

import django

django.setup()

from django.db import connection  # noqa: E402 - Django stands first
from django.utils import timezone  # noqa: E402 - the same

from pregon.accounts.models import Department  # noqa: E402 - the same
from pregon.agenda.models import Act  # noqa: E402 - the same
from pregon.newsroom import actions as newsroom  # noqa: E402 - the same
from pregon.newsroom.models import LiveBlog  # noqa: E402 - the same
from pregon.website import live  # noqa: E402 - the same

TEXT = "El agua llega a la calle Reforma y las máquinas siguen en el tramo del puente. " * 4


def open_one() -> dict[str, object]:
    at = timezone.now()
    act = Act.objects.create(
        title="Desfile de muestra",
        slug="desfile-de-muestra",
        start=at,
        place="Calle Reforma",
        department=Department.objects.first(),
    )
    blog = newsroom.open_live(act, by=None, at=at - timedelta(hours=1))
    return {"pk": blog.pk, "stream": live.stream_of(blog), "page": blog.get_absolute_url()}


def post(pk: int, count: int, pause: float) -> dict[int, float]:
    blog = LiveBlog.objects.get(pk=pk)
    began = {}
    for _post in range(count):
        time.sleep(pause * random.uniform(0.7, 1.3))  # so that no other rhythm is met each time in one place
        now = time.perf_counter()
        newsroom.post(blog, newsroom.Words(text=TEXT), key=uuid4(), by=None, at=timezone.now())
        began[live.mark_of(live.stream_of(blog))["number"]] = now
    return began


def connections() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return {"connections": cursor.fetchone()[0]}


if sys.argv[1] == "open":
    print(json.dumps(open_one()))
elif sys.argv[1] == "connections":
    print(json.dumps(connections()))
else:
    print(json.dumps(post(int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))))
