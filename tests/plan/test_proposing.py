"""Measures proposed by the words of a plan, asked of every activity that comes with Pregón."""

from __future__ import annotations

import pytest

from pregon.plan import registry
from pregon.plan.proposing import SUITED, UNTOLD, by_hand, narrowing, propose
from pregon.plan.reading import known, read
from pregon.plan.values import ActivityLine

#: The best proposal for each activity of the plans that come with Pregón; "" where no record tells and a person does.
BEST = {
    "Elaborar los boletines informativos": "bulletins_on_working_days",
    "Guardar la memoria fotográfica de los actos": "photos_in_memory",
    "Preparar diapositivas para reuniones": "documents_published",
    "Diseñar carteles, volantes y espectaculares": "documents_published",
    "Producir audio y video para redes y perifoneo": "recordings_published",
    "Mantener al día las páginas oficiales del gobierno": "days_with_publication",
    "Administrar los recursos de la oficina conforme a la ley": "",
    "Cuidar y aprovechar el equipo y los insumos": "",
    "Difundir por los canales propios lo que hace el gobierno": "days_with_publication",
    "Cubrir los actos de todas las dependencias": "acts_covered",
    "Avisar con tiempo de planes, trámites y actividades para la familia": "acts_announced_ahead",
    "Reunir la información de cada área antes del informe": "departments_heard",
    "Cubrir el informe y entregar grabaciones y documentos de respaldo": "acts_covered",
}


def activities() -> list[ActivityLine]:
    return [line for name in known() for line in read(name).plan.every_activity]


def test_every_activity_that_comes_with_pregon_has_a_proposal_or_none_on_purpose() -> None:
    found = {line.description: next(iter(propose(line.description)), "") for line in activities()}
    assert found == BEST


def test_the_plans_that_come_with_pregon_measure_each_activity_with_its_best_proposal() -> None:
    measured = {line.description: line.measure.name for line in activities()}
    assert measured == BEST


def test_whatever_is_proposed_is_registered_and_every_measure_is_proposed_somewhere() -> None:
    proposed = {name for _words, names in SUITED for name in names}
    assert proposed == set(registry.names())


@pytest.mark.parametrize(
    ("text", "best"),
    [
        ("BOLETINES", "bulletins_on_working_days"),
        ("Registrar memoria fotografica", "photos_in_memory"),
        ("Episodios del podcast", "podcast_episodes"),
        ("Transmisión en vivo de los eventos", "live_coverages"),
        ("Cobertura de eventos", "acts_covered"),
        ("Informar con antelación de programas", "acts_announced_ahead"),
        ("Contenido audiovisual en redes y perifoneo", "recordings_published"),
        ("Actualización de redes sociales", "days_with_publication"),
        ("Actualizar formatos de transparencia", ""),
        ("Opinión pública", ""),
        ("Realización de spots, perifoneo, carteles", "recordings_published"),
        ("Anuncios de perifoneo", "recordings_published"),
        ("", ""),
    ],
)
def test_accents_and_capitals_do_not_matter(text: str, best: str) -> None:
    assert next(iter(propose(text)), "") == best


def test_nothing_is_proposed_twice() -> None:
    proposed = propose("Spots de audio, video y podcast en redes, en vivo y con tiempo")
    assert len(proposed) == len(set(proposed)) > 3


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Cubrir el informe y entregar grabaciones", {"topic": "informe-de-gobierno"}),
        ("Cubrir los informes de gobierno", {"topic": "informe-de-gobierno"}),
        ("Generar boletines informativos", {}),
        ("Redes sociales", {"channel": "facebook"}),
        ("Avisos por Telegram del informe", {"topic": "informe-de-gobierno", "channel": "telegram"}),
    ],
)
def test_what_a_measure_is_narrowed_to_is_told_by_the_words(text: str, named: dict[str, str]) -> None:
    assert narrowing(text) == named


def test_what_to_capture_of_what_no_record_tells_is_said_in_a_sentence_of_its_own() -> None:
    sentences = {
        by_hand(text) for text in ("Opinión pública", "Cuidar el equipo", "Actualizar formatos", "Otra cosa")
    }
    assert len(sentences) == 4 == len(UNTOLD) + 1
    assert all(sentence.startswith("Captura") and sentence.endswith(".") for sentence in sentences)
