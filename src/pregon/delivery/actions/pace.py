"""How fast a channel may speak: to all together by the minute and by the day, and to one server or chat.

Each pace is a bucket in the database, so that all workers on all machines draw from the same one. A minute's pace
leaves two seconds' worth at a time, so that no minute ever holds much more. A day's is counted hour by hour, so that
no 24 hours hold more than the provider allows.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.db.models import F, QuerySet, Sum

from pregon.core.sealing import SealBroken
from pregon.core.work import Lane
from pregon.delivery.contract import Channel
from pregon.delivery.enums import Mode, State
from pregon.delivery.errors import Misconfigured, Rejected
from pregon.delivery.models import Bucket, ChannelAccount, Delivery
from pregon.delivery.registry import build, channel_class

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
#: The name of the buckets that count a channel's hours; no server or chat is called so.
HOURS = "#"


def narrower(*limits: int | None) -> int | None:
    """The smallest of the limits that are set."""
    return min((limit for limit in limits if limit is not None), default=None)


def per_minute(account: ChannelAccount) -> int | None:
    limit = narrower(channel_class(account.kind).limits.per_minute, account.per_minute)
    return limit if account.mode == Mode.LIVE else None


def per_day(account: ChannelAccount) -> int | None:
    limit = narrower(channel_class(account.kind).limits.per_day, account.per_day)
    return limit if account.mode == Mode.LIVE else None


def allowance(account: ChannelAccount, lane: Lane, *, wanted: int, at: datetime) -> int:
    """How many of ``wanted`` lines may be claimed now. With a day used up, the channel rests until its oldest hour
    no longer counts."""
    found = room(account, lane, wanted=wanted, at=at)
    day = per_day(account)
    if day is not None and not found and spent(account.kind, at=at) >= day:
        account.busy_until = hours(account.kind, at=at).earliest("at").at + DAY + HOUR
        account.save(update_fields=["busy_until"])
    return found


def room(account: ChannelAccount, lane: Lane, *, wanted: int, at: datetime) -> int:
    """How many of ``wanted`` the paces have room for. A tenth of the day is kept for alerts, and on a channel with a
    pace nothing else leaves while one waits."""
    minute, day = per_minute(account), per_day(account)
    urgent = lane == Lane.ALERT
    if not urgent and (minute, day) != (None, None) and alert_waits(account.kind, at=at):
        return 0
    if minute is not None:
        wanted = min(wanted, max(1, minute // 30))
    if day is not None:
        waiting = in_hands(account.kind)  # first: what is handed over meanwhile must not be in neither count
        left = day - spent(account.kind, at=at) - waiting
        wanted = min(wanted, max(0, left if urgent else left - day // 10))
    return wanted


def alert_waits(kind: str, *, at: datetime) -> bool:
    return Delivery.objects.claimable(at).filter(lane=Lane.ALERT, channel=kind).exists()


def hours(kind: str, *, at: datetime) -> QuerySet[Bucket]:
    """The hours that still weigh on a day that ends at ``at``."""
    return Bucket.objects.filter(channel=kind, name__startswith=HOURS, at__gt=at - DAY - HOUR)


def spent(kind: str, *, at: datetime) -> int:
    return int(hours(kind, at=at).aggregate(sum=Sum("level"))["sum"] or 0)


def in_hands(kind: str) -> int:
    return Delivery.objects.filter(channel=kind, state=State.LEASED, attempted_at__isnull=True).count()


def note_leaving(account: ChannelAccount, lines: int, *, at: datetime) -> None:
    """So many were claimed: the next ones wait until the minute's pace has room again."""
    if lines and (minute := per_minute(account)) is not None:
        account.busy_until = at + MINUTE * lines / minute
        account.save(update_fields=["busy_until"])


def note_handed(account: ChannelAccount, lines: int, *, at: datetime) -> None:
    """So many were handed to the provider in this hour of the day's count."""
    if not lines or per_day(account) is None:
        return
    hour = at.replace(minute=0, second=0, microsecond=0)
    name = f"{HOURS}{hour:%Y-%m-%dT%H}"
    Bucket.objects.bulk_create(
        [Bucket(channel=account.kind, name=name, level=0, at=hour)], ignore_conflicts=True
    )
    Bucket.objects.filter(channel=account.kind, name=name).update(level=F("level") + lines)


# --- One server, one chat -----------------------------------------------------------------------------------


def choose(account: ChannelAccount, candidates: list[tuple[int, str]], *, at: datetime) -> list[int]:
    """Of ``candidates`` (line and destination), those whose own pace lets them out now; the others become due in
    the order in which it will."""
    channel = paced(account)
    if channel is None:
        return [pk for pk, _destination in candidates]
    free: list[int] = []
    groups: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for pk, destination in candidates:
        try:
            narrow = channel.pace(destination)
        except Rejected:
            narrow = None  # no address at all: sending it says so
        (free if narrow is None else groups[narrow]).append(pk)
    return free + draw(account.kind, groups, at=at)


def paced(account: ChannelAccount) -> Channel[Any] | None:
    """The channel when it asks for more than one pace and speaks at all."""
    if account.mode != Mode.LIVE or channel_class(account.kind).pace is Channel.pace:
        return None
    try:
        return build(account.kind, account.options)
    except (Misconfigured, SealBroken):
        return None  # nothing will leave: whoever sends says why


def draw(kind: str, groups: dict[tuple[str, int], list[int]], *, at: datetime) -> list[int]:
    """Take from each group's bucket for as many of its lines as it holds."""
    names = [name for name, _rate in groups]
    Bucket.objects.bulk_create(
        [Bucket(channel=kind, name=name, level=burst(rate), at=at) for name, rate in groups],
        ignore_conflicts=True,
    )
    locked = Bucket.objects.select_for_update().filter(channel=kind, name__in=names).order_by("name")
    buckets = {bucket.name: bucket for bucket in locked}
    out: list[int] = []
    late: list[Delivery] = []
    for (name, rate), lines in groups.items():
        bucket = buckets[name]
        passed = max(timedelta(), at - bucket.at)
        bucket.level = min(burst(rate), bucket.level + rate * (passed / MINUTE))
        bucket.at = at
        now = lines[: int(bucket.level)]
        bucket.level -= len(now)
        out += now
        for place, pk in zip(count(1), lines[len(now) :], strict=False):
            wait = MINUTE * max(0.0, place - bucket.level) / rate
            late.append(Delivery(pk=pk, due_at=at + wait))
    Bucket.objects.bulk_update(buckets.values(), ["level", "at"])
    Delivery.objects.bulk_update(late, ["due_at"], batch_size=200)
    return out


def burst(rate: int) -> float:
    return max(1.0, rate / 30)


def forget_full(*, at: datetime) -> int:
    """Buckets that have filled up again say nothing: a new one would be as full. Old hours no longer count."""
    return Bucket.objects.filter(at__lt=at - 2 * DAY).delete()[0]
