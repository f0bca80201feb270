"""Plots as SVG without a word in them: the words stand beside, where they can be read aloud, copied and translated.

The attributes are the colours on paper; on a page its style sheet says others by the same classes.
"""

from __future__ import annotations

from pregon.plan.enums import Light
from pregon.plan.reports.blocks import Bar, Curve

TONES = {Light.GREEN: "#1f6b45", Light.YELLOW: "#8a5a00", Light.RED: "#a3261d", Light.GREY: "#5b625d"}
GROUND, HAIR, INK = "#eeede7", "#d6d9d2", "#1c1407"
BAR = (400, 22)
CURVE = (660, 150)
MARGIN = 10


def bar_svg(bar: Bar, *, gold: str) -> str:
    """One bar on its ground, with a dash for the baseline and a stroke for the target."""
    wide, high = BAR
    parts = [
        f'<rect class="plot-ground" y="3" width="{wide}" height="{high - 6}" fill="{GROUND}"/>',
        f'<rect class="plot-now" y="3" width="{_x(bar.length)}" height="{high - 6}" fill="{TONES[bar.light]}"/>',
    ]
    if bar.baseline is not None:
        place = _x(bar.baseline)
        parts.append(
            f'<path class="plot-base" d="M{place} 3V{high - 3}" stroke="{INK}" stroke-width="2" '
            f'stroke-dasharray="2 3"/>'
        )
    if bar.target is not None:
        place = min(_x(bar.target), wide - 2)
        parts.append(
            f'<path class="plot-target" d="M{place} 0V{high}" stroke="{gold}" stroke-width="4" fill="none"/>'
        )
    return _svg(BAR, parts, f"plot-bar {bar.light.value}")


def curve_svg(curve: Curve, *, gold: str) -> str:
    """Twelve places, the line between those that have a figure, and the target across."""
    wide, high = CURVE
    tone = TONES[curve.light]
    low = high - MARGIN
    parts = [
        f'<path class="plot-axis" d="M0 {low}H{wide}M0 {MARGIN}H{wide}" stroke="{HAIR}" stroke-width="1" fill="none"/>'
    ]
    if curve.target is not None:
        level = _y(curve.target)
        parts.append(
            f'<path class="plot-target" d="M0 {level}H{wide}" stroke="{gold}" stroke-width="3" fill="none"/>'
        )
    for stroke in curve.strokes:
        line = "L".join(f"{_place(place)} {_y(height)}" for place, height in stroke)
        parts.append(
            f'<path class="plot-line" d="M{line}" stroke="{tone}" stroke-width="3.5" fill="none" '
            f'stroke-linejoin="round"/>'
        )
        # A stroke of no length with round ends stays round however wide the drawing is stretched.
        parts += [
            f'<path class="plot-dot" d="M{_place(place)} {_y(height)}h0" stroke="{tone}" stroke-width="11" '
            f'stroke-linecap="round"/>'
            for place, height in stroke
        ]
    return _svg(CURVE, parts, f"plot-curve {curve.light.value}")


def _svg(size: tuple[int, int], parts: list[str], names: str) -> str:
    wide, high = size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{names}" width="{wide}" height="{high}" '
        f'viewBox="0 0 {wide} {high}" preserveAspectRatio="none" aria-hidden="true">{"".join(parts)}</svg>'
    )


def _x(length: float) -> float:
    return round(BAR[0] * length / 100, 1)


def _place(month: int) -> float:
    """The middle of a month's column: twelve of them share the width."""
    return round(CURVE[0] * (month + 0.5) / 12, 1)


def _y(height: float) -> float:
    return round(CURVE[1] - MARGIN - (CURVE[1] - 2 * MARGIN) * height / 100, 1)
