from __future__ import annotations

from xml.etree import ElementTree

from pregon.plan.enums import Light
from pregon.plan.reports.blocks import Bar, Curve, Point
from pregon.plan.reports.plots import bar_svg, curve_svg


def names_in(svg: str) -> list[str]:
    return [part.get("class", "") for part in ElementTree.fromstring(svg)]


def test_a_bar_without_baseline_or_target_is_a_bar_alone() -> None:
    alone = Bar(name="Uno", text="50", target_text="sin meta", light=Light.GREY, length=50)
    assert names_in(bar_svg(alone, gold="#c58a1c")) == ["plot-ground", "plot-now"]
    whole = Bar(name="Uno", text="50", target_text="", light=Light.RED, length=50, target=100, baseline=40)
    assert names_in(bar_svg(whole, gold="#c58a1c")) == ["plot-ground", "plot-now", "plot-base", "plot-target"]


def test_a_month_alone_is_a_dot_and_two_are_a_line() -> None:
    heights = [50.0, 100.0, None, 20.0, *[None] * 8]
    points = tuple(Point(name="m", short="M", text="", height=height) for height in heights)
    svg = curve_svg(Curve(title="Uno", points=points, top="100", light=Light.GREEN), gold="#c58a1c")
    assert names_in(svg).count("plot-dot") == 3
    assert names_in(svg).count("plot-line") == 2
    assert 'd="M27.5 75.0L82.5 10.0"' in svg
