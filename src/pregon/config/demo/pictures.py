"""Draws the pictures of the demo offices: hills and roofs, a lake, paper cuttings. Plainly not photographs.

Each office has a palette of its own; the same seed always draws the same picture.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

WIDTH, HEIGHT = 1800, 1200


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one town: skies from top to bottom, land from far to near, walls, roofs, water, paper."""

    skies: tuple[tuple[str, str], ...]
    land: tuple[str, ...]
    walls: tuple[str, ...]
    roofs: tuple[str, ...]
    water: tuple[str, str]
    paper: tuple[tuple[str, str], ...]
    sun: str = "#fff3d6"


PALETTES = {
    "mazamitla": Palette(
        skies=(
            ("#f7dcae", "#e8a87c"),
            ("#cfe3ee", "#f3d9c4"),
            ("#b9d3e6", "#e9eef0"),
            ("#f4c9a0", "#c9795c"),
        ),
        land=("#8aa79a", "#5f8775", "#3c6a57", "#234f3f", "#173a2e"),
        walls=("#fbf4e6", "#f4e7d0", "#fffaf0"),
        roofs=("#a8452e", "#973a26", "#b85a3c"),
        water=("#7fa8a5", "#4d807c"),
        paper=(("#b3402a", "#fbf1de"), ("#1f5a45", "#f6e7b8"), ("#c58a1c", "#fff7e2")),
    ),
    "ocotlan": Palette(
        skies=(
            ("#fbe3b4", "#f0a98a"),
            ("#bfe0ea", "#f7ecd8"),
            ("#9cc7dc", "#e3f0f2"),
            ("#f6b98f", "#a86b86"),
        ),
        land=("#9fb3bd", "#7d97a6", "#5b7a8c", "#3f6073", "#2b485a"),
        walls=("#fdf3e2", "#f2e3cd", "#eadfd0"),
        roofs=("#b06a3b", "#9a5a34", "#c4814e"),
        water=("#8fc1cf", "#3f8ba3"),
        paper=(("#12586f", "#f3ead6"), ("#a4502d", "#fdf0dc"), ("#6a4b2f", "#f4dfae")),
    ),
}


def draw(office: str, *, seed: int) -> bytes:
    """One picture as SVG, 1800 × 1200."""
    palette = PALETTES.get(office, PALETTES["mazamitla"])
    dice = random.Random(f"{office}-{seed}")  # noqa: S311 - a picture, not a secret
    scenes: Sequence[Callable[[Palette, random.Random], str]] = (
        (village, plaza, village, lake, papers, lake, forest)
        if office == "ocotlan"
        else (village, forest, plaza, village, papers, lake, forest)
    )
    body = scenes[seed % len(scenes)](palette, dice)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}">{body}</svg>'
    ).encode()


def sky(palette: Palette, dice: random.Random) -> str:
    top, bottom = dice.choice(palette.skies)
    x, y, r = dice.uniform(0.15, 0.85) * WIDTH, dice.uniform(0.16, 0.34) * HEIGHT, dice.uniform(70, 120)
    return (
        f'<defs><linearGradient id="s" x1="0" y1="0" x2="0" y2="1"><stop stop-color="{top}"/>'
        f'<stop offset="1" stop-color="{bottom}"/></linearGradient></defs>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="url(#s)"/>'
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{r * 1.5:.0f}" fill="{palette.sun}" opacity=".25"/>'
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{r:.0f}" fill="{palette.sun}" opacity=".9"/>'
    )


def ridge(dice: random.Random, *, base: float, swing: float, colour: str) -> str:
    """One line of hills as a smooth curve from edge to edge."""
    step = WIDTH / 8
    points = [(index * step, base + dice.uniform(-swing, swing)) for index in range(10)]
    path = f"M0 {HEIGHT} L0 {points[0][1]:.0f} "
    for (x0, y0), (x1, y1) in pairwise(points):
        middle = (x0 + x1) / 2
        path += f"C{middle:.0f} {y0:.0f} {middle:.0f} {y1:.0f} {x1:.0f} {y1:.0f} "
    return f'<path d="{path}L{WIDTH} {HEIGHT} Z" fill="{colour}"/>'


def hills(palette: Palette, dice: random.Random, *, count: int = 4, top: float = 0.42) -> list[str]:
    return [
        ridge(dice, base=HEIGHT * (top + index * 0.115), swing=HEIGHT * 0.05, colour=palette.land[index])
        for index in range(count)
    ]


def house(palette: Palette, dice: random.Random, *, x: float, ground: float, width: float) -> str:
    tall = width * dice.uniform(0.62, 1.05)
    eave, peak = width * 0.1, width * 0.34
    top = ground - tall
    door, window = width * 0.2, width * 0.16
    return (
        f'<rect x="{x:.0f}" y="{top:.0f}" width="{width:.0f}" height="{tall:.0f}" fill="{dice.choice(palette.walls)}"/>'
        f'<path d="M{x - eave:.0f} {top:.0f} L{x + width / 2:.0f} {top - peak:.0f} L{x + width + eave:.0f} {top:.0f} Z" '
        f'fill="{dice.choice(palette.roofs)}"/>'
        f'<rect x="{x + width * 0.16:.0f}" y="{ground - tall * 0.5:.0f}" width="{door:.0f}" height="{tall * 0.5:.0f}" '
        f'rx="{door * 0.4:.0f}" fill="#6b4a33"/>'
        f'<rect x="{x + width * 0.62:.0f}" y="{top + tall * 0.24:.0f}" width="{window:.0f}" height="{window:.0f}" '
        f'fill="#f2c879" opacity=".9"/>'
    )


def row_of_houses(palette: Palette, dice: random.Random, *, ground: float) -> str:
    parts: list[str] = []
    x = WIDTH * dice.uniform(0.06, 0.16)
    while x < WIDTH * 0.86:
        width = dice.uniform(84, 150)
        parts.append(house(palette, dice, x=x, ground=ground + dice.uniform(-14, 14), width=width))
        x += width + dice.uniform(14, 46)
    return "".join(parts)


def village(palette: Palette, dice: random.Random) -> str:
    *far, near = hills(palette, dice)
    church = WIDTH * dice.uniform(0.3, 0.65)
    tower = (
        f'<rect x="{church:.0f}" y="620" width="86" height="330" fill="{palette.walls[0]}"/>'
        f'<path d="M{church - 8:.0f} 620 L{church + 43:.0f} 500 L{church + 94:.0f} 620 Z" fill="{palette.roofs[1]}"/>'
        f'<rect x="{church + 30:.0f}" y="660" width="26" height="60" rx="13" fill="#6b4a33"/>'
    )
    front = ridge(dice, base=HEIGHT * 0.86, swing=HEIGHT * 0.035, colour=palette.land[4])
    return sky(palette, dice) + "".join(far) + near + tower + row_of_houses(palette, dice, ground=960) + front


def lake(palette: Palette, dice: random.Random) -> str:
    light, deep = palette.water
    shore = HEIGHT * 0.6
    ripples = "".join(
        f'<path d="M{x:.0f} {y:.0f} q60 -12 120 0 t120 0" stroke="#fff" stroke-opacity=".28" stroke-width="5" fill="none"/>'
        for x, y in ((dice.uniform(0, WIDTH), dice.uniform(shore + 40, HEIGHT - 60)) for _ in range(26))
    )
    boats = "".join(boat(palette, dice, shore=shore) for _ in range(dice.randint(2, 4)))
    return (
        sky(palette, dice)
        + "".join(hills(palette, dice, count=3, top=0.4))
        + f'<defs><linearGradient id="w" x1="0" y1="0" x2="0" y2="1"><stop stop-color="{light}"/>'
        + f'<stop offset="1" stop-color="{deep}"/></linearGradient></defs>'
        + f'<rect y="{shore:.0f}" width="{WIDTH}" height="{HEIGHT - shore:.0f}" fill="url(#w)"/>'
        + ripples
        + boats
    )


def boat(palette: Palette, dice: random.Random, *, shore: float) -> str:
    x, y = dice.uniform(0.1, 0.85) * WIDTH, dice.uniform(shore + 90, HEIGHT - 170)
    size = 0.55 + (y - shore) / (HEIGHT - shore)
    return (
        f'<g transform="translate({x:.0f} {y:.0f}) scale({size:.2f})">'
        f'<path d="M0 0 h190 l-34 46 h-122 Z" fill="{dice.choice(palette.roofs)}"/>'
        f'<path d="M92 -8 V-170 L178 -26 Z" fill="{palette.walls[0]}"/><path d="M84 -8 V-140 L20 -26 Z" fill="{palette.walls[1]}"/></g>'
    )


def papers(palette: Palette, dice: random.Random) -> str:
    ground, sheet = dice.choice(palette.paper)
    parts = [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{ground}"/>']
    for line, top in enumerate((110, 520, 930)):
        parts.append(
            f'<path d="M0 {top} Q{WIDTH / 2} {top + 70} {WIDTH} {top}" stroke="{sheet}" stroke-width="6" fill="none"/>'
        )
        for index in range(6):
            x = index * 300 + (40 if line % 2 else 20)
            sag = 70 * (1 - ((x + 130 - WIDTH / 2) / (WIDTH / 2)) ** 2)
            parts.append(cutting(dice, x=x, y=top + sag * 0.5, sheet=sheet, ground=ground))
    return "".join(parts)


def cutting(dice: random.Random, *, x: float, y: float, sheet: str, ground: str) -> str:
    size = dice.choice((16, 20, 24))
    holes = "".join(
        f'<path d="M{cx} {cy - size} L{cx + size} {cy} L{cx} {cy + size} L{cx - size} {cy} Z" fill="{ground}"/>'
        for cx in (45, 130, 215)
        for cy in (52, 124, 196)
    )
    scallops = "".join(
        f'<circle cx="{22 + 43.4 * index:.0f}" cy="250" r="22" fill="{sheet}"/>' for index in range(6)
    )
    return f'<g transform="translate({x:.0f} {y:.0f})"><rect width="260" height="252" fill="{sheet}"/>{scallops}{holes}</g>'


def forest(palette: Palette, dice: random.Random) -> str:
    trees: list[tuple[float, str]] = []
    for _ in range(46):
        y = dice.uniform(HEIGHT * 0.62, HEIGHT * 1.05)
        size = 70 + (y / HEIGHT - 0.6) * 420
        x = dice.uniform(-40, WIDTH + 40)
        colour = dice.choice(palette.land[2:])
        crowns = "".join(
            f'<path d="M{x - size * w:.0f} {y - size * low:.0f} L{x:.0f} {y - size * high:.0f} '
            f'L{x + size * w:.0f} {y - size * low:.0f} Z" fill="{colour}"/>'
            for w, low, high in ((0.5, 0.25, 1.2), (0.4, 0.75, 1.65), (0.28, 1.25, 2.05))
        )
        trunk = f'<rect x="{x - size * 0.06:.0f}" y="{y - size * 0.3:.0f}" width="{size * 0.12:.0f}" height="{size * 0.36:.0f}" fill="#5a4030"/>'
        trees.append((y, trunk + crowns))
    front = "".join(tree for _, tree in sorted(trees))
    return sky(palette, dice) + "".join(hills(palette, dice, count=3)) + front


def plaza(palette: Palette, dice: random.Random) -> str:
    ground, tile = palette.walls[1], palette.roofs[2]
    middle = WIDTH * dice.uniform(0.42, 0.58)
    posts = "".join(
        f'<rect x="{middle + offset:.0f}" y="640" width="16" height="250" fill="{palette.land[4]}"/>'
        for offset in (-210, -110, 94, 194)
    )
    kiosk = (
        f'<path d="M{middle - 270:.0f} 660 L{middle:.0f} 470 L{middle + 270:.0f} 660 Z" fill="{palette.roofs[0]}"/>'
        f'{posts}<rect x="{middle - 250:.0f}" y="880" width="500" height="56" fill="{tile}"/>'
    )
    people = "".join(
        f'<g transform="translate({x:.0f} {y:.0f})"><circle r="17" cy="-62" fill="#8a5f45"/>'
        f'<path d="M-21 0 q0 -44 21 -44 t21 44 Z" fill="{dice.choice((*palette.roofs, *palette.land))}"/></g>'
        for x, y in ((dice.uniform(60, WIDTH - 60), dice.uniform(1000, 1170)) for _ in range(24))
    )
    return (
        sky(palette, dice)
        + "".join(hills(palette, dice, count=2, top=0.46))
        + row_of_houses(palette, dice, ground=850)
        + f'<rect y="850" width="{WIDTH}" height="350" fill="{ground}"/>'
        + kiosk
        + people
    )
