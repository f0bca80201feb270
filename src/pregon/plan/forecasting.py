"""Where a figure will be when the year ends, with how sure that is: exact predictive distributions, no simulation.

A share is a row of yes and no. With a uniform prior on how often it is yes, what will be kept of the next *n* follows
a beta-binomial distribution. A number of things arrives at a rate; with the prior of Jeffreys on that rate, what will
come in the working days that are left follows a negative binomial (gamma-Poisson) distribution. Both stand in Gelman et
al., *Bayesian Data Analysis* (3rd ed.), sections 2.1 to 2.6. The interval leaves at most a tenth on each side, by sums
of the probabilities themselves. What counts for more than one (an album of twelve photos) comes in clumps, so less is
known than its number says: amounts are counted in units of ``sum(a²) / sum(a)``, as quasi-likelihood does.

It says what happens if the office goes on as it did, and nothing else: no season, no plan to do better.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from django.utils.translation import gettext as _

#: How much of what may happen lies within, in per cent.
LEVEL = 80
TAIL = (1 - LEVEL / 100) / 2
#: With less than a month of working days nothing is said.
FEWEST_DAYS = 20
PERCENT = Decimal(100)
ONE = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known: what was kept and what was missed, each with how much it counts for, in so many working days, and
    how many of those are left."""

    kept: Sequence[Decimal]
    missed: Sequence[Decimal] = ()
    days: int
    days_left: int

    @property
    def enough(self) -> bool:
        return self.days >= FEWEST_DAYS and self.days_left > 0 and bool(self.kept or self.missed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Between what and what the figure of the year will be."""

    low: Decimal
    high: Decimal
    share: bool

    @property
    def text(self) -> str:
        """«entre 88 y 94 %»."""
        between = _("entre %(low)s y %(high)s") % {"low": self.low, "high": self.high}
        words = str(self.low) if self.low == self.high else between
        return f"{words} %" if self.share else words


def share_at_the_end(seen: Seen) -> Forecast | None:
    """In per cent, to the whole: outwards, so that the interval promises no less than it says."""
    if not seen.enough:
        return None
    clump = _clump([*seen.kept, *seen.missed])
    kept, missed = float(sum(seen.kept)) / clump, float(sum(seen.missed)) / clump
    owed = kept + missed
    if not owed:
        return None
    ahead = max(1, round(owed * seen.days_left / seen.days))
    low, high = _bounds(_beta_binomial(ahead, kept + 1, missed + 1), ahead)
    return Forecast(
        low=_rounded(PERCENT * Decimal((kept + low) / (owed + ahead)), ROUND_FLOOR),
        high=min(PERCENT, _rounded(PERCENT * Decimal((kept + high) / (owed + ahead)), ROUND_CEILING)),
        share=True,
    )


def number_at_the_end(seen: Seen) -> Forecast | None:
    if not seen.enough:
        return None
    clump, done = _clump(seen.kept), sum(seen.kept, Decimal(0))
    shape, chance = float(done) / clump + 0.5, seen.days / (seen.days + seen.days_left)
    most = math.ceil(shape * (1 / chance - 1) + 40 * (1 + math.sqrt(shape * (1 - chance)) / chance))
    low, high = _bounds(_negative_binomial(shape, chance), most)
    return Forecast(
        low=_rounded(done + Decimal(low * clump), ROUND_FLOOR),
        high=_rounded(done + Decimal(high * clump), ROUND_CEILING),
        share=False,
    )


def _clump(amounts: Sequence[Decimal]) -> float:
    total = sum(amounts, Decimal(0))
    squares = sum((amount * amount for amount in amounts), Decimal(0))
    return max(1.0, float(squares / total)) if total else 1.0


def _bounds(probability: Callable[[int], float], most: int) -> tuple[int, int]:
    """Below the first at most a tenth, above the second at most a tenth."""
    below, low = 0.0, None
    for count in range(most + 1):
        here = below + probability(count)
        if low is None and here > TAIL:
            low = count
        if here >= 1 - TAIL:
            return low if low is not None else count, count
        below = here
    return low if low is not None else most, most


def _beta_binomial(ahead: int, alpha: float, beta: float) -> Callable[[int], float]:
    of_all = _log_beta(alpha, beta)

    def probability(count: int) -> float:
        ways = math.lgamma(ahead + 1) - math.lgamma(count + 1) - math.lgamma(ahead - count + 1)
        return math.exp(ways + _log_beta(alpha + count, beta + ahead - count) - of_all)

    return probability


def _negative_binomial(shape: float, chance: float) -> Callable[[int], float]:
    def probability(count: int) -> float:
        ways = math.lgamma(shape + count) - math.lgamma(shape) - math.lgamma(count + 1)
        return math.exp(ways + shape * math.log(chance) + count * math.log1p(-chance))

    return probability


def _log_beta(alpha: float, beta: float) -> float:
    return math.lgamma(alpha) + math.lgamma(beta) - math.lgamma(alpha + beta)


def _rounded(number: Decimal, how: str) -> Decimal:
    # What floating point left over the whole number is no unit more.
    return number.quantize(Decimal("0.000001")).quantize(ONE, how)
