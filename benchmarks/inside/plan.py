"""A year of many records, written as rows, and what its measures, their lists and a closing cost."""

import gc
import json
import random
import sys
import time
from datetime import datetime, timedelta

import django

django.setup()

from django.contrib.contenttypes.models import ContentType  # noqa: E402 - Django stands first
from django.db import transaction  # noqa: E402 - the same
from django.test import Client  # noqa: E402 - the same
from django.utils import timezone  # noqa: E402 - the same
from wagtail.models import Page  # noqa: E402 - the same

from pregon.accounts.models import Department, Office, Topic, User  # noqa: E402 - the same
from pregon.agenda.enums import Kind, Product, Settlement  # noqa: E402 - the same
from pregon.agenda.models import Act, Coverage  # noqa: E402 - the same
from pregon.analytics.models import PageViews  # noqa: E402 - the same
from pregon.core.calendar import WorkingCalendar, local_day  # noqa: E402 - the same
from pregon.delivery.enums import MessageKind, Standing, State  # noqa: E402 - the same
from pregon.delivery.models import ChannelAccount, Delivery, Dispatch, Milestone, Subscriber  # noqa: E402 - the same
from pregon.library.models import Album, Photo  # noqa: E402 - the same
from pregon.newsroom.models import Bulletin, BulletinIndex  # noqa: E402 - the same
from pregon.plan import actions as plans  # noqa: E402 - the same
from pregon.plan import registry  # noqa: E402 - the same
from pregon.plan.contract import Period, Question, Reading  # noqa: E402 - the same
from pregon.website.models import PageVersion  # noqa: E402 - the same

#: Of ten records: a bulletin, an act, two coverages, two photos, a dispatch and a line of it, a version and its views.
KINDS = 10
ROUNDS = 5

records = int(sys.argv[1])
now = timezone.now()
zone = Office.load().zone
#: The whole of last year, so that every day of it is over.
year = local_day(now, zone).year - 1
chance = random.Random(7)


def furnish(count: int) -> None:
    """Rows of the year, as many of each kind."""
    index = BulletinIndex.objects.get()
    kind = ContentType.objects.get_for_model(Bulletin)
    departments, topics = list(Department.objects.all()), list(Topic.objects.all())
    opens = datetime(year, 1, 1, tzinfo=zone)
    step = timedelta(days=365) / count
    with transaction.atomic():
        moments = [opens + step * n for n in range(count)]
        albums = Album.objects.bulk_create(
            Album(title=f"Álbum {n}", slug=f"medida-{n}", day=local_day(at, zone))
            for n, at in enumerate(moments)
        )
        acts = Act.objects.bulk_create(
            Act(
                title=f"Acto de muestra {n}",
                slug=f"medida-{n}",
                kind=Kind.values[n % len(Kind.values)],
                start=at,
                end=at + timedelta(hours=1),
                place="Plaza principal",
                department=departments[n % len(departments)],
                album=albums[n] if n % 3 else None,
            )
            for n, at in enumerate(moments)
        )
        Coverage.objects.bulk_create(
            Coverage(
                act=act,
                product=product,
                settlement=Settlement.DUE if n % 11 == 0 else Settlement.COVERED,
            )
            for n, act in enumerate(acts)
            for product in (Product.BULLETIN, Product.PHOTOS)
        )
        Photo.objects.bulk_create(
            Photo(
                title="Foto",
                file=f"fotos/{n}-{one}.jpg",
                width=1200,
                height=800,
                album=album,
                alt_text="Una plaza" if one else "",
                released_at=moments[n] if n % 5 else None,
            )
            for n, album in enumerate(albums)
            for one in range(2)
        )
        start = index.numchild
        pages = Page.objects.bulk_create(
            Page(
                title=f"Boletín de muestra {n}",
                slug=f"medida-{n}",
                content_type=kind,
                path=Page._get_path(index.path, index.depth + 1, start + n + 1),  # noqa: SLF001 - rows by the thousand
                depth=index.depth + 1,
                numchild=0,
                url_path=f"{index.url_path}medida-{n}/",
                live=True,
                locale_id=index.locale_id,
                first_published_at=at + timedelta(hours=3),
                last_published_at=at + timedelta(hours=3),
            )
            for n, at in enumerate(moments)
        )
        for n, page in enumerate(pages):
            bulletin = Bulletin(
                page_ptr_id=page.pk,
                number=n + 1,
                year=year,
                lead="Texto de muestra.",
                act=acts[n],
                album=albums[n] if n % 4 else None,
                easy_reading="Ya quedó." if n % 2 else "",
                department=departments[n % len(departments)],
            )
            bulletin.__dict__.update(
                {name: value for name, value in page.__dict__.items() if name != "_state"}
            )
            bulletin.save_base(raw=True)
        Bulletin.topics.through.objects.bulk_create(
            Bulletin.topics.through(bulletin_id=page.pk, topic_id=topics[n % len(topics)].pk)
            for n, page in enumerate(pages)
        )
        Page.objects.filter(pk=index.pk).update(numchild=start + count)
        dispatches = Dispatch.objects.bulk_create(
            Dispatch(
                key=f"medida-{n}",
                origin=f"newsroom.bulletin/{page.pk}",
                kind=MessageKind.NEWS,
                lane="now",
                headline=page.title,
                message_json={},
                audience_json={},
                created_at=page.first_published_at,
                prepared_at=page.first_published_at,
            )
            for n, page in enumerate(pages)
        )
        Delivery.objects.bulk_create(
            Delivery(
                dispatch=dispatch,
                channel="telegram",
                destination="@muestra",
                lane="now",
                state=State.FAILED if n % 9 == 0 else State.SENT,
                due_at=dispatch.created_at,
                settled_at=dispatch.created_at + timedelta(minutes=chance.randrange(30)),
            )
            for n, dispatch in enumerate(dispatches)
        )
        Milestone.objects.bulk_create(
            Milestone(dispatch=dispatch, channel="telegram", total=1) for dispatch in dispatches
        )
        ChannelAccount.objects.get_or_create(kind="telegram")
        Subscriber.objects.bulk_create(
            Subscriber(
                channel="email",
                address=f"medida-{n}@muestra.example",
                standing=Standing.CONFIRMED,
                asked_at=at,
                confirmed_at=at,
            )
            for n, at in enumerate(moments[::10])
        )
        PageVersion.objects.bulk_create(
            PageVersion(
                path=act.get_absolute_url(),
                since=act.start - timedelta(days=chance.randrange(6)),
                until=act.start,
                digest="0",
                meaning="0",
            )
            for act in acts
        )
        PageViews.objects.bulk_create(
            PageViews(path=f"/boletines/medida-{n}/", day=local_day(at, zone), source="search", views=n + 1)
            for n, at in enumerate(moments)
        )


def take(name: str) -> Reading:
    question = Question(period=Period.year(year), at=now, zone=zone, calendar=WorkingCalendar())
    return registry.find(name).take(question)


def settle_down() -> None:
    """As the supervisor does before an office serves: what stands is not looked through again for garbage."""
    gc.collect()
    gc.freeze()


def slowest_of(rounds: list[float]) -> float:
    return max(rounds[1:])  # the first one warms the tables up


furnish(records // KINDS)
settle_down()
names = registry.names()
alone: dict[str, list[float]] = {name: [] for name in names}
processor: list[float] = []
readings: dict[str, Reading] = {}
for _ in range(ROUNDS + 1):
    used = time.process_time()
    for name in names:
        started = time.perf_counter()
        readings[name] = take(name)
        readings[name].value  # noqa: B018 - the figure is part of what is asked
        alone[name].append(time.perf_counter() - started)
    processor.append(time.process_time() - used)
everything = [sum(alone[name][n] for name in names) for n in range(ROUNDS + 1)]
slowest = max(names, key=lambda name: slowest_of(alone[name]))
longest = max(names, key=lambda name: len(readings[name].records))
readings.clear()  # no office holds the records of every measure while somebody opens one figure
settle_down()

plan = plans.load_plan("mazamitla", year=year, at=now)
for number, name in enumerate([slowest, longest]):
    activity = plan.activities.all()[number]
    activity.measure, activity.parameters = name, {}
    activity.save()
client = Client(HTTP_HOST="localhost:8000")
lists = {}
for activity in plan.activities.all()[:2]:
    page = activity.get_absolute_url()
    for path in (page, f"{page}06/"):
        taken = []
        for _ in range(ROUNDS + 1):
            started = time.perf_counter()
            if client.get(path).status_code != 200:
                raise SystemExit(path)
            taken.append(time.perf_counter() - started)
        lists[path] = slowest_of(taken)

started = time.perf_counter()
plans.close_month(plan, 6, by=User.objects.first(), at=now)
closing = time.perf_counter() - started
print(
    json.dumps(
        {
            "measures": len(names),
            "records": records,
            "all": slowest_of(everything),
            "processor": slowest_of(processor),
            "slowest": slowest,
            "slowest_seconds": slowest_of(alone[slowest]),
            "each": {name: round(slowest_of(alone[name]), 3) for name in names},
            "longest": longest,
            "lists": lists,
            "list": max(lists.values()),
            "closing": closing,
        }
    )
)
