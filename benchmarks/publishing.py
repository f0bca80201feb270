"""``pregon publish`` with twelve photos of 24 megapixels and with none, beside Wagtail making its own renditions."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

from bench import PREGON, Bench, Row, medians, tell

ROUNDS, PHOTOS = 3, 12
SHEET = """---
titulo: {title}
fecha: 2026-03-17 10:00
lugar: Plaza principal
dependencia: Obras Públicas
{photos}---

La plaza principal quedó abierta este martes con luminarias y jardineras nuevas.

Las cuadrillas trabajaron seis semanas. El paso de vehículos se abre el viernes.
"""


@dataclass(frozen=True, slots=True)
class Published:
    """What one run of the command told."""

    start_up: float
    seconds: dict[str, float]


class Publisher:
    """Publishes one new folder after another in the same office, and keeps what each run told."""

    def __init__(self, bench: Bench, home: Path, pictures: list[Path]) -> None:
        self.bench, self.home, self.pictures = bench, home, pictures
        self.runs: list[Published] = []

    def publish(self) -> float:
        folder = self.bench.root / "folders" / f"{len(self.pictures)}-photos-{len(self.runs)}"
        folder.mkdir(parents=True)
        for picture in self.pictures:
            (folder / picture.name).hardlink_to(picture)
        notes = "".join(
            f"  - archivo: {picture.name}\n    pie: Imagen de muestra.\n" for picture in self.pictures
        )
        sheet = SHEET.format(title=f"Obra {folder.name}", photos=f"fotos:\n{notes}" if notes else "")
        (folder / "acto.md").write_text(sheet, encoding="utf-8")
        started = time.perf_counter()
        told = json.loads(self.bench.run([PREGON, "publish", folder, "--home", self.home, "--json"]))
        whole = time.perf_counter() - started
        seconds: dict[str, float] = told["seconds"]
        self.runs.append(Published(whole - max(value for value in seconds.values() if value), seconds))
        return seconds["page_ready"]

    def median(self, name: str) -> float:
        return sorted(run.seconds[name] for run in self.runs)[len(self.runs) // 2]

    @property
    def start_up(self) -> float:
        return sorted(run.start_up for run in self.runs)[len(self.runs) // 2]


def measure(bench: Bench) -> list[Row]:
    home, peer = bench.office(), bench.office()
    pictures = bench.root / "pictures"
    pictures.mkdir()
    tell("publishing: drawing twelve photos of 24 megapixels …")
    bench.inside("pictures", home, pictures, PHOTOS)
    photos = sorted(pictures.iterdir())
    size = sum(photo.stat().st_size for photo in photos) / len(photos) / 1e6
    bare, full = Publisher(bench, home, []), Publisher(bench, home, photos)
    tell(f"publishing: {PHOTOS} photos of {size:.1f} MB and none, {ROUNDS} rounds …")
    found = medians(
        ROUNDS,
        bare=bare.publish,
        full=full.publish,
        wagtail=lambda: float(bench.inside("renditions", peer, *photos)["seconds"]),
    )
    text_first = all(run.seconds["first_sent"] < run.seconds["page_ready"] for run in full.runs)
    return [
        Row(
            measure=f"`pregon publish` with {PHOTOS} photos of 24 megapixels ({size:.1f} MB each): all of it, page "
            "ready; beside Wagtail's own renditions of the same photos in the same sizes, alone",
            ours=f"{found['full']:.1f} s",
            peer=f"{found['wagtail']:.1f} s",
            ratio=f"{found['wagtail'] / found['full']:.1f} ×",
            bar="≤ 10 s",
            met=found["full"] <= 10,
        ),
        Row(
            measure="… its first message out, its page with photos ready",
            ours=f"{full.median('first_sent'):.1f} s",
            peer=f"{found['full']:.1f} s",
            ratio="–",
            bar="text first",
            met=text_first,
        ),
        Row(
            measure="`pregon publish` without photos: page ready, after a start-up of the process of",
            ours=f"{found['bare']:.2f} s",
            peer=f"{bare.start_up:.2f} s",
            ratio="–",
            bar="≤ 1 s",
            met=found["bare"] <= 1,
        ),
    ]
