"""The desk of a recorded run. Opens a coverage and says where it is; then, for each line on standard input, posts it,
or gives an alert for the line ``alert``; answers with the hour at which the action began."""

import json
import sys
import time
from datetime import timedelta
from uuid import uuid4

import django

django.setup()

from django.utils import timezone  # noqa: E402 - Django stands first

from pregon.accounts.enums import Role  # noqa: E402 - the same
from pregon.accounts.models import Department, Locality, User  # noqa: E402 - the same
from pregon.agenda.models import Act  # noqa: E402 - the same
from pregon.alerts import actions as alerts  # noqa: E402 - the same
from pregon.alerts.enums import Status  # noqa: E402 - the same
from pregon.alerts.models import AlertTemplate  # noqa: E402 - the same
from pregon.newsroom import actions as newsroom  # noqa: E402 - the same
from pregon.newsroom.models import LiveBlog  # noqa: E402 - the same


def open_one() -> LiveBlog:
    at = timezone.now()
    act = Act.objects.create(
        title="Desfile de las fiestas (datos de muestra)",
        slug="desfile-de-muestra",
        start=at,
        place="Calle Reforma",
        department=Department.objects.first(),
    )
    return newsroom.open_live(act, by=None, at=at - timedelta(hours=1))


def warn() -> None:
    """Two persons, as for any grave one."""
    writer = User.objects.filter(groups__name=Role.EDITOR).first()
    head = User.objects.filter(groups__name=Role.HEAD).first()
    place = Locality.objects.first()
    assert writer and head and place
    words = {"lugar": place.name, "albergue": "la Casa de la Cultura (datos de muestra)"}
    template = AlertTemplate.objects.get(slug="inundacion")
    alert = alerts.begin(
        template, status=Status.ACTUAL, by=writer, at=timezone.now(), words=words, localities=(place.pk,)
    )
    alerts.propose(alert, by=writer, at=timezone.now(), word=alerts.WORD)
    alerts.confirm(alert, by=head, at=timezone.now(), word=alerts.WORD)


blog = open_one()
print(json.dumps({"page": blog.get_absolute_url()}), flush=True)
for line in sys.stdin:
    began = time.time()
    if line.strip() == "alert":
        warn()
    else:
        newsroom.post(blog, newsroom.Words(text=line.strip()), key=uuid4(), by=None, at=timezone.now())
    print(json.dumps({"began": began}), flush=True)
