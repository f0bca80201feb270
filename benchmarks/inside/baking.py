"""Many bulletins as rows, and what baking costs beside them."""

import json
import statistics
import sys
import time
from datetime import datetime, timedelta

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django stands first
from django.contrib.contenttypes.models import ContentType  # noqa: E402 - Django stands first
from django.db import transaction  # noqa: E402 - the same
from django.test import Client  # noqa: E402 - the same
from django.utils import timezone  # noqa: E402 - the same
from wagtail.models import Page  # noqa: E402 - the same

from pregon.accounts.models import Department, Office, Topic  # noqa: E402 - the same
from pregon.config.supervisor import spare_garbage_collection  # noqa: E402 - the same
from pregon.newsroom import actions as newsroom  # noqa: E402 - the same
from pregon.newsroom.models import Bulletin, BulletinIndex, NumberSeries  # noqa: E402 - the same
from pregon.website import actions as website  # noqa: E402 - the same
from pregon.website.actions.baking import files_of  # noqa: E402 - the same
from pregon.website.actions.rebuilding import begun  # noqa: E402 - the same
from pregon.website.models import BakedPage  # noqa: E402 - the same
from pregon.website.queries import archive_path  # noqa: E402 - the same

spare_garbage_collection()  # as a baker that the supervisor starts

#: An office that publishes some hundred bulletins a month has ten thousand after eight years.
A_MONTH = 100
TEXT = "El gobierno municipal informa de las obras que avanzan en las localidades. " * 12


def furnish(count: int) -> dict[str, int]:
    """As many public bulletins as asked for, spread over the months before this one."""
    index = BulletinIndex.objects.get()
    kind = ContentType.objects.get_for_model(Bulletin)
    now = timezone.now()
    topics, departments = list(Topic.objects.all()), list(Department.objects.all())
    have = Bulletin.objects.filter(slug__startswith="medida-").count()
    body = json.dumps([{"type": "paragraph", "value": f"<p>{TEXT}</p>", "id": "1"}])
    years: dict[int, int] = dict(NumberSeries.objects.values_list("year", "last"))
    with transaction.atomic():
        start = index.numchild
        pages, facts = [], []
        for number in range(have, count):
            moment: datetime = now - timedelta(days=1) - timedelta(days=30.4 / A_MONTH) * number
            years[moment.year] = years.get(moment.year, 0) + 1
            facts.append((moment, years[moment.year]))
            pages.append(
                Page(
                    title=f"Boletín de muestra {number}",
                    slug=f"medida-{number}",
                    content_type=kind,
                    path=Page._get_path(index.path, index.depth + 1, start + number - have + 1),  # noqa: SLF001 - rows by the thousand
                    depth=index.depth + 1,
                    numchild=0,
                    url_path=f"{index.url_path}medida-{number}/",
                    live=True,
                    locale_id=index.locale_id,
                    first_published_at=moment,
                    last_published_at=moment,
                    latest_revision_created_at=moment,
                )
            )
        Page.objects.bulk_create(pages, batch_size=500)
        chosen = []
        for page, (moment, given) in zip(pages, facts, strict=True):
            bulletin = Bulletin(
                page_ptr_id=page.pk, number=given, year=moment.year, lead=TEXT[:300], body=body,
                department=departments[given % len(departments)],
            )  # fmt: skip
            bulletin.__dict__.update(
                {name: value for name, value in page.__dict__.items() if name != "_state"}
            )
            bulletin.save_base(raw=True)
            chosen.append(
                Bulletin.topics.through(bulletin_id=page.pk, topic_id=topics[given % len(topics)].pk)
            )
        Bulletin.topics.through.objects.bulk_create(chosen, batch_size=500)
        Page.objects.filter(pk=index.pk).update(numchild=start + len(pages))
        for year, last in years.items():
            NumberSeries.objects.update_or_create(year=year, defaults={"last": last})
    # Rows that were written in bulk told nobody: the months that they fill are counted as a rebuild would.
    office = Office.load()
    website.mark({archive_path(moment, office) for moment, _ in facts}, at=now, bulk=True)
    oven_at_rest()
    return {"bulletins": Bulletin.objects.count()}


def oven_at_rest(until: timedelta = website.REPORTS_FOLLOW) -> None:
    """Bake whatever is due, and what becomes so by then."""
    while website.bake_due(timezone.now() + until):
        pass


def publish(rounds: int) -> dict[str, float]:
    """One publication after another: seconds until no page that tells of it is due, how many pages that was, and the
    same of the figures that count it. In the same breath plain Wagtail renders as many pages, so that a machine that
    is slow for a while is slow for both."""
    oven_at_rest()
    client, paths = Client(HTTP_HOST="localhost:8000"), bulletin_pages(30)
    for path in paths:
        client.get(path)
    topic = Topic.objects.first()
    seconds, processor, baked, news, figures, counted, plain = [], [], [], [], [], [], []
    for number in range(rounds + 1):
        bulletin = Bulletin(
            title=f"Publicación {number}", lead=TEXT[:300], live=False, slug=f"publicada-{time.time_ns()}"
        )
        BulletinIndex.objects.get().add_child(instance=bulletin)
        bulletin.topics = [topic]
        bulletin = newsroom.publish(bulletin, by=None)
        before = dict(BakedPage.objects.values_list("path", "version"))
        started, used, hour = time.perf_counter(), time.process_time(), time.time()
        while website.bake_due(timezone.now()):
            pass
        seconds.append(time.perf_counter() - started)
        processor.append(time.process_time() - used)
        news.append(files_of(bulletin.get_absolute_url())[0].stat().st_mtime - hour)
        after = dict(BakedPage.objects.values_list("path", "version"))
        baked.append(sum(version != before.get(path) for path, version in after.items()))
        plain.append(rendered(client, paths[: baked[-1]]))
        used = time.process_time()
        oven_at_rest(website.FIGURES_FOLLOW)
        figures.append(time.process_time() - used)
        before, after = after, dict(BakedPage.objects.values_list("path", "version"))
        counted.append(sum(version != before.get(path) for path, version in after.items()))
    return {
        # The first one warms the templates and the tables up.
        "seconds": statistics.median(seconds[1:]),
        "processor": statistics.median(processor[1:]),
        "page": statistics.median(news[1:]),
        "pages": statistics.median(baked[1:]),
        "plain": statistics.median(plain[1:]),
        "figures": statistics.median(figures[1:]),
        "counted": statistics.median(counted[1:]),
    }


def begin(_: int) -> dict[str, int]:
    """Every page is old, as before a rebuild."""
    oven_at_rest()
    return {"pages": BakedPage.objects.count()}


def done(_: int) -> dict[str, int]:
    """How many pages the rebuild has baked; which ones, and when their hour comes again, is noted beside the office."""
    since = datetime.fromisoformat(begun().read_text())
    rows = BakedPage.objects.filter(baked_at__gte=since).values_list("path", "version", "due_at")
    baked = {path: (version, due.timestamp() if due else None) for path, version, due in rows}
    NOTED.write_text(json.dumps(baked))
    return {"done": len(baked)}


def again(_: int) -> dict[str, int]:
    """How many of those were baked once more, though their hour had not come: an act that began is no reason to
    blame whoever went on."""
    noted = json.loads(NOTED.read_text())
    now, hour = dict(BakedPage.objects.values_list("path", "version")), time.time()
    twice = [path for path, (version, _due) in noted.items() if now.get(path) != version]
    return {"again": sum(noted[path][1] is None or noted[path][1] > hour for path in twice)}


def render(count: int) -> dict[str, float]:
    """The same bulletins through Django's own handler and Wagtail's own page, each rendered and forgotten."""
    client = Client(HTTP_HOST="localhost:8000")
    paths = bulletin_pages(count + 10)
    for path in paths[:10]:
        client.get(path)
    return {"per_second": (len(paths) - 10) / rendered(client, paths[10:])}


def bulletin_pages(many: int) -> list[str]:
    return [f"/boletines/{slug}/" for slug in Bulletin.objects.live().values_list("slug", flat=True)[:many]]


def rendered(client: Client, paths: list[str]) -> float:
    """Seconds in which every page of ``paths`` is answered."""
    started = time.perf_counter()
    for path in paths:
        if client.get(path).status_code != 200:
            raise SystemExit(path)
    return time.perf_counter() - started


NOTED = settings.HOME.run / "noted.json"
MEASURES = {
    "furnish": furnish,
    "publish": publish,
    "begin": begin,
    "done": done,
    "again": again,
    "render": render,
}
what, number = sys.argv[1], int(sys.argv[2])
print(json.dumps(MEASURES[what](number)), flush=True)
