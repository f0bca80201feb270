"""Draws photos as heavy as a camera's: gradients, shapes of every size and grain."""

import json
import sys
from pathlib import Path

import pyvips

WIDTH, HEIGHT = 6000, 4000

folder, count = Path(sys.argv[1]), int(sys.argv[2])
place = pyvips.Image.xyz(WIDTH, HEIGHT)
across, down = place[0] * (200 / WIDTH), place[1] * (200 / HEIGHT)
grain = pyvips.Image.gaussnoise(WIDTH, HEIGHT, sigma=7, mean=0, seed=1)
shapes = sum(
    pyvips.Image.gaussnoise(WIDTH // size, HEIGHT // size, sigma=12, mean=0, seed=size).resize(size)
    for size in (8, 40, 200)
)
texture = (grain + shapes).cast("short").copy_memory()
for number in range(count):
    moved = texture.wrap(x=number * 377, y=number * 211)
    colours = (across + moved).bandjoin([down + moved, (across + down) / 2 + moved])
    colours.cast("uchar").copy(interpretation="srgb").jpegsave(str(folder / f"{number + 1:02d}.jpg"), Q=91)
print(json.dumps({"drawn": count}))
