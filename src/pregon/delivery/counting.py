"""How many lines of a dispatch are in each state on each channel, for a page that asks again and again.

What was counted is not counted again, for there may be a million. Lines leave in the order of their numbers. So there
is a milestone between those behind us, nearly all of which are settled in the same way, and those ahead, nearly all of
which are due: on each side the crowd is what is left of the total, and only the others are counted. The ledger writes
the total with the lines, the clock moves the milestone on, and whoever looks only counts from there. A dispatch
without milestones is counted as a whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter

from django.db.models import F

from pregon.delivery import ledger
from pregon.delivery.enums import OUT, WAITING, State
from pregon.delivery.ledger import COUNT, END, LAST, Span
from pregon.delivery.models import Milestone
from pregon.delivery.values import Tally

SETTLED = [state for state in State.values if state not in WAITING]

#: One dispatch on one channel.
Place = tuple[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many lines one dispatch has in each state on one channel, and how far a milestone could stand: ``behind`` are
    numbered up to ``line``, and most of these are in the state ``crowd``."""

    states: Counter[str]
    line: int
    behind: int
    crowd: str


def count(dispatches: Iterable[int]) -> dict[Place, Counted]:
    """The states of each dispatch on each channel, in at most four queries."""
    asked = set(dispatches)
    milestones: dict[Place, Milestone | None] = {
        (milestone.dispatch_id, milestone.channel): milestone
        for milestone in Milestone.objects.filter(dispatch__in=asked)
    }
    milestones |= dict.fromkeys(ledger.channels_of(asked - {pk for pk, _kind in milestones}))
    ends = furthest(milestones)
    spans = {place: spans_of(place, milestone, ends[place]) for place, milestone in milestones.items()}
    lines = ledger.answers(COUNT, [span for three in spans.values() for part in three for span in part])
    counted = {}
    for place, milestone in sorted(milestones.items(), key=itemgetter(0)):
        behind, between, ahead = (
            Counter({span.state: lines[span] for span in part}) for part in spans[place]
        )
        if milestone is not None:
            behind[milestone.crowd] = milestone.behind - behind.total()
            ahead[State.DUE] = max(0, milestone.total - milestone.behind - between.total() - ahead.total())
        passed = behind + between
        counted[place] = Counted(
            states=passed + ahead,
            line=ends[place],
            behind=passed.total(),
            crowd=max(SETTLED, key=lambda state: passed[state]),
        )
    move(
        {
            place: milestone
            for place, milestone in milestones.items()
            if milestone and milestone.crowd != counted[place].crowd
        },
        counted,
    )
    return counted


def move_milestones() -> None:
    """Move the milestones of all that is under way to where it is now."""
    ahead = Milestone.objects.filter(behind__lt=F("total"))
    milestones = {(milestone.dispatch_id, milestone.channel): milestone for milestone in ahead}
    counted = count({pk for pk, _kind in milestones})
    move(
        {place: milestone for place, milestone in milestones.items() if milestone.line < counted[place].line},
        counted,
    )


def move(milestones: dict[Place, Milestone], counted: dict[Place, Counted]) -> None:
    """Let ``milestones`` stand where was counted to; one that has gone further meanwhile stays there."""
    for place, milestone in milestones.items():
        one = counted[place]
        there = Milestone.objects.filter(pk=milestone.pk, line__lte=one.line)
        there.update(line=one.line, behind=one.behind, crowd=one.crowd)


def furthest(milestones: dict[Place, Milestone | None]) -> dict[Place, int]:
    """The highest number of a settled line in each place: where the milestone moves to."""
    asked = ledger.answers(
        LAST, [Span(dispatch=pk, channel=kind, state=state) for pk, kind in milestones for state in SETTLED]
    )
    ends = {place: milestone.line if milestone else 0 for place, milestone in milestones.items()}
    for span, last in asked.items():
        place = (span.dispatch, span.channel)
        ends[place] = max(ends[place], last or 0)
    return ends


def spans_of(
    place: Place, milestone: Milestone | None, end: int
) -> tuple[list[Span], list[Span], list[Span]]:
    """What has to be counted behind the milestone, between it and where it moves to, and ahead."""

    def spans(after: int, upto: int, *, but: str = "") -> list[Span]:
        pk, kind = place
        return [
            Span(dispatch=pk, channel=kind, state=state, after=after, upto=upto)
            for state in State.values
            if after < upto and state != but
        ]

    line = milestone.line if milestone else 0
    behind = spans(0, line, but=milestone.crowd) if milestone else []
    return behind, spans(line, end), spans(end, END, but=State.DUE if milestone else "")


def tally_of(states: Counter[str]) -> Tally:
    return Tally(
        due=states.total(),
        sent=sum(states[state] for state in OUT),
        withheld=states[State.WITHHELD] + states[State.SUPPRESSED],
        suppressed=states[State.SUPPRESSED],
        failed=states[State.FAILED],
        waiting=sum(states[state] for state in WAITING),
        uncertain=states[State.UNCERTAIN],
    )
