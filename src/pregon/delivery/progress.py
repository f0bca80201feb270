"""How far a dispatch is: its tally on each channel, how fast it goes, and what is left of it."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.cache import cache
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pregon.core.sql import read_moment
from pregon.core.text import sentence
from pregon.delivery import ledger
from pregon.delivery.counting import SETTLED, Counted, Place, count, tally_of
from pregon.delivery.enums import MessageKind, Mode, State
from pregon.delivery.ledger import FIRST_ANSWER, Span
from pregon.delivery.models import ChannelAccount, Delivery, Dispatch
from pregon.delivery.registry import channel_class, kinds, label_of
from pregon.delivery.values import Tally

#: What *Hoy* calls going out: the last hours, and no more than a glance takes in.
RECENT = timedelta(hours=6)
SHOWN = 3
#: The pace is that of the last minute, as far as somebody was looking; two looks closer than this tell nothing.
WINDOW, BLINK = timedelta(minutes=1), timedelta(seconds=1)
#: So many of the lines that wait tell why they do.
HEAD = 500
#: Seconds for which the looks at a dispatch are remembered.
REMEMBERED = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How many lines each channel had settled at one moment."""

    at: datetime
    settled: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What need not be asked again of a dispatch."""

    first_at: datetime | None = None
    looks: tuple[Look, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """How one dispatch stands on one channel."""

    kind: str
    label: str
    tally: Tally
    #: Settled lines a minute, as long as somebody has looked; ``None`` before the second look.
    pace: float | None = None
    #: Why nothing moves, in a sentence; "" when it may.
    hold: str = ""
    #: Laid out for a person to pass on.
    by_hand: bool = False
    #: What the provider said of the lines that it put off, and when the next one is tried.
    put_off: str = ""
    #: The dispatch was called off.
    cancelled: bool = False

    @property
    def rehearsed(self) -> bool:
        """Whether nothing of it was ever meant to leave."""
        return not self.by_hand and 0 < self.tally.rehearsed == self.tally.due

    @property
    def to_pass_on(self) -> int:
        """How many wait for a person's hand."""
        return self.tally.rehearsed if self.by_hand else 0

    @property
    def done(self) -> int:
        """What is behind us, as a bar shows it: what waits for a person is not, and what was called off never will."""
        called_off = self.tally.suppressed if self.cancelled else 0
        return self.tally.settled - self.to_pass_on - called_off

    @property
    def tone(self) -> str:
        if self.tally.failed or self.tally.uncertain:
            return "warn"
        if self.cancelled:
            return "soft"
        if self.tally.waiting:
            return "live"
        return "soft" if self.rehearsed else "ok"

    @property
    def words(self) -> str:
        """The number beside the bar: "812 de 900", or "174 en ensayo" while the channel only rehearses."""
        if self.rehearsed:
            return _("%(count)s en ensayo") % {"count": intcomma(self.tally.due)}
        if self.to_pass_on:
            return _("listo para pegar")
        told = {"done": intcomma(self.tally.arrived), "all": intcomma(self.tally.due)}
        return _("%(done)s de %(all)s") % told

    @property
    def remarks(self) -> list[str]:
        """What a person should know beside the number."""
        tally = self.tally
        unsent = (
            ngettext("%(count)s no salió: se canceló", "%(count)s no salieron: se canceló", tally.suppressed)
            if self.cancelled
            else ngettext("%(count)s ya no hizo falta", "%(count)s ya no hicieron falta", tally.suppressed)
        )
        said = [
            (tally.uncertain, ngettext("%(count)s en duda", "%(count)s en duda", tally.uncertain)),
            (tally.failed, ngettext("%(count)s falló", "%(count)s fallaron", tally.failed)),
            (
                0 if self.rehearsed or self.by_hand else tally.rehearsed,
                ngettext("%(count)s en ensayo", "%(count)s en ensayo", tally.rehearsed),
            ),
            (tally.suppressed, unsent),
        ]
        return [words % {"count": intcomma(count)} for count, words in said if count]

    @property
    def motion(self) -> str:
        """How fast it goes and how long it still takes, or why it does not move; "" once all is settled."""
        waiting = self.tally.waiting
        if not waiting or self.hold:
            return self.hold if waiting else ""
        if self.put_off and (self.pace is None or self.pace < 1):
            said = ngettext("%(count)s espera: %(why)s", "%(count)s esperan: %(why)s", waiting)
            return said % {"count": intcomma(waiting), "why": self.put_off}
        if self.pace is None:
            return _("midiendo el ritmo")
        if self.pace < 1:
            said = ngettext("%(count)s espera su turno", "%(count)s esperan su turno", waiting)
            return said % {"count": intcomma(waiting)}
        told = {"count": intcomma(round(self.pace)), "left": time_left(waiting / self.pace)}
        return _("%(count)s por minuto, %(left)s") % told


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A dispatch with its bars."""

    dispatch: Dispatch
    bars: list[Bar]
    #: When the first answer came.
    first_at: datetime | None = None

    @property
    def waiting(self) -> bool:
        """Whether anything may still change by itself."""
        return self.dispatch.prepared_at is None or any(bar.tally.waiting for bar in self.bars)

    @property
    def leaving(self) -> bool:
        """Whether more of it is about to leave."""
        return self.waiting and not self.dispatch.paused_at and not self.dispatch.cancelled_at

    @property
    def first_after(self) -> float | None:
        """Seconds from asking to the first answer."""
        if self.first_at is None:
            return None
        return max(0.0, (self.first_at - self.dispatch.created_at).total_seconds())

    @property
    def first_words(self) -> str:
        """The same for people: to the tenth of a second once it is one, and in hours and days when it is not."""
        if self.first_after is None:
            return ""
        if self.first_after < 1:
            return _("el primero en menos de un segundo")
        if self.first_after < 120:
            seconds = number_format(self.first_after, 1)
            return _("el primero a los %(seconds)s s") % {"seconds": seconds}
        later = timesince(self.dispatch.created_at, self.first_at)
        return _("el primero %(later)s después") % {"later": later}

    @property
    def left(self) -> int:
        """How many have not left."""
        return sum(bar.tally.waiting for bar in self.bars)


def time_left(minutes: float) -> str:
    """An estimate in words that promise no more than it knows."""
    if minutes < 1:
        return _("falta menos de un minuto")
    if minutes < 90:
        count = math.ceil(minutes)
        return ngettext("falta cerca de un minuto", "faltan unos %(count)s minutos", count) % {"count": count}
    if minutes < 36 * 60:
        count = math.ceil(minutes / 60)
        return ngettext("falta cerca de una hora", "faltan unas %(count)s horas", count) % {"count": count}
    count = math.ceil(minutes / 1440)
    return ngettext("falta cerca de un día", "faltan unos %(count)s días", count) % {"count": count}


# --- Counting -----------------------------------------------------------------------------------------------


def tallies(dispatch: Dispatch | Iterable[Dispatch]) -> dict[str, Tally]:
    """The standing of a dispatch (or of several together) on each channel."""
    dispatches = [dispatch] if isinstance(dispatch, Dispatch) else dispatch
    together: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for (_pk, kind), one in count(asked.pk for asked in dispatches).items():
        together[kind].update(one.states)
    return {kind: tally_of(states) for kind, states in sorted(together.items())}


def progress_of(dispatches: Iterable[Dispatch], *, at: datetime) -> list[Progress]:
    """Each dispatch with its bars, in as many queries however many they are."""
    asked = list(dispatches)
    memories = recall(asked)
    counted = count(dispatch.pk for dispatch in asked)
    first = first_answers(counted, memories)
    accounts = {account.kind: account for account in ChannelAccount.objects.all()}
    found, seen = [], {}
    for dispatch in asked:
        ours = {kind: tally_of(one.states) for (pk, kind), one in counted.items() if pk == dispatch.pk}
        settled = {kind: tally.settled for kind, tally in ours.items()}
        memory = seen[name_of(dispatch)] = Memory(
            first_at=first.get(dispatch.pk),
            looks=looked(memories[dispatch.pk].looks, Look(at=at, settled=settled)),
        )
        bars = [
            Bar(
                kind=kind,
                label=label_of(kind),
                tally=tally,
                pace=pace_of(kind, memory.looks),
                hold=hold_of(dispatch, accounts.get(kind), at=at),
                by_hand=by_hand(kind, accounts.get(kind)),
                cancelled=dispatch.cancelled_at is not None,
            )
            for kind, tally in ours.items()
        ]
        found.append(Progress(dispatch=dispatch, bars=bars, first_at=memory.first_at))
    cache.set_many(seen, REMEMBERED)
    return found


def going_out(at: datetime) -> list[Progress]:
    """The dispatches of the last hours, those that still wait first; letters about a subscription and trials are
    nobody's news."""
    recent = Dispatch.objects.filter(created_at__gte=at - RECENT, trial=False)
    recent = recent.exclude(kind=MessageKind.SERVICE)
    shown = progress_of(recent.defer("message_json").order_by("-created_at", "-pk")[:SHOWN], at=at)
    return sorted(shown, key=lambda one: not one.waiting)


def first_answers(counted: dict[Place, Counted], memories: dict[int, Memory]) -> dict[int, datetime]:
    """When the first line of each dispatch was settled."""
    known = {pk: memory.first_at for pk, memory in memories.items() if memory.first_at}
    asking = [
        Span(dispatch=pk, channel=kind, state=state)
        for (pk, kind), one in counted.items()
        for state in SETTLED
        if pk not in known and one.states[state]
    ]
    for span, answered in ledger.answers(FIRST_ANSWER, asking).items():
        if answered is not None:
            at = read_moment(answered)
            known[span.dispatch] = min(at, known.get(span.dispatch, at))
    return known


# --- What is remembered -------------------------------------------------------------------------------------


def name_of(dispatch: Dispatch) -> str:
    return f"delivery.progress.{dispatch.pk}"


def recall(dispatches: list[Dispatch]) -> dict[int, Memory]:
    kept = cache.get_many([name_of(dispatch) for dispatch in dispatches])
    return {dispatch.pk: kept.get(name_of(dispatch), Memory()) for dispatch in dispatches}


def looked(before: tuple[Look, ...], now: Look) -> tuple[Look, ...]:
    """The looks of the last minute with this one, unless it tells nothing new."""
    kept = tuple(look for look in before if now.at - WINDOW <= look.at <= now.at)
    return kept if kept and now.at - kept[-1].at < BLINK else (*kept, now)


def pace_of(kind: str, looks: tuple[Look, ...]) -> float | None:
    if len(looks) < 2:
        return None
    first, last = looks[0], looks[-1]
    passed = last.settled.get(kind, 0) - first.settled.get(kind, 0)
    return max(0, passed) / ((last.at - first.at) / timedelta(minutes=1))


# --- Why nothing moves --------------------------------------------------------------------------------------


def by_hand(kind: str, account: ChannelAccount | None) -> bool:
    live = account is not None and account.mode == Mode.LIVE
    return live and kind in kinds() and channel_class(kind).limits.by_hand


def hold_of(dispatch: Dispatch, account: ChannelAccount | None, *, at: datetime) -> str:
    """Why a line of ``dispatch`` that waits on this channel stays where it is; "" when it is only its turn."""
    if dispatch.cancelled_at:
        return _("cancelado: lo que falta ya no sale")
    if dispatch.paused_at:
        return _("en pausa")
    if account is None or account.busy_until is None or account.busy_until <= at:
        return ""
    if account.trouble:
        told = {"problem": sentence(account.trouble), "when": spoken(account.busy_until, at=at)}
        return _("detenido: %(problem)s Se intenta otra vez %(when)s.") % told
    if account.busy_until - at > WINDOW:
        return _("llegó a su límite del día y sigue %(when)s") % {"when": spoken(account.busy_until, at=at)}
    return ""


def with_reasons(one: Progress, *, at: datetime) -> Progress:
    """The same, with what the lines that were put off wait for. The first that wait have been tried: what they were
    told is what most are told."""
    bars = [
        replace(bar, put_off=put_off(one.dispatch, bar.kind, at=at))
        if bar.tally.waiting and not bar.hold
        else bar
        for bar in one.bars
    ]
    return replace(one, bars=bars)


def put_off(dispatch: Dispatch, kind: str, *, at: datetime) -> str:
    first = Delivery.objects.filter(dispatch=dispatch, channel=kind, state=State.DUE).order_by("pk")
    waiting = [
        (reason, due_at) for reason, due_at in first.values_list("reason", "due_at")[:HEAD] if due_at > at
    ]
    reasons = Counter(reason for reason, _due_at in waiting if reason)
    if not reasons:
        return ""
    told = {
        "reason": sentence(reasons.most_common(1)[0][0]),
        "when": spoken(min(due_at for _reason, due_at in waiting), at=at),
    }
    return _("%(reason)s Se intenta otra vez %(when)s.") % told


def spoken(moment: datetime, *, at: datetime) -> str:
    """An hour of these days, as one says it: "a las 14:05", "el sábado a las 9:00"."""
    there, here = timezone.localtime(moment), timezone.localtime(at)
    if there.date() == here.date():
        return _("a las %(hour)s") % {"hour": date_format(there, "G:i")}
    told = {"day": date_format(there, "l j").lower(), "hour": date_format(there, "G:i")}
    return _("el %(day)s a las %(hour)s") % told
