from __future__ import annotations

from pregon.plan.enums import Light
from pregon.plan.reports.blocks import Curve, Point


def test_a_curve_is_drawn_in_stretches_without_a_gap() -> None:
    heights = [None, 10.0, 20.0, None, None, 30.0, *[None] * 6]
    points = tuple(Point(name="m", short="M", text="", height=height) for height in heights)
    curve = Curve(title="Uno", points=points, top="100", light=Light.GREEN)
    assert curve.strokes == (((1, 10.0), (2, 20.0)), ((5, 30.0),))
