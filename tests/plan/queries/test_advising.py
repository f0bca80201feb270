"""How each line of the plans that come with Pregón can be measured, of our files and of the documents themselves."""

from __future__ import annotations

import pytest

from factories.documents import SEEDS
from pregon.accounts.models import Topic
from pregon.plan.importing import draft_of
from pregon.plan.queries import advise
from pregon.plan.reading import known, read
from pregon.plan.values import PlanPart

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

INVENTORY = "Captura cada mes lo que se revisó, con el inventario, el resguardo o la factura."
FORMATS = "Captura cada mes cuántos formatos se publicaron, con el acuse de la plataforma."
SURVEY = "Captura el resultado de la encuesta en el mes en que se levantó, con su informe."
#: How many letters of a line tell which one it is.
BEGINNING = 48
#: Each activity of both plans, and every line of their documents.
OURS = {
    "Elaborar los boletines informativos": "Boletines en días hábiles",
    "Guardar la memoria fotográfica de los actos": "Fotos en la memoria",
    "Preparar diapositivas para reuniones": "Documentos publicados",
    "Diseñar carteles, volantes y espectaculares": "Documentos publicados",
    "Producir audio y video para redes y perifoneo": "Audio y video publicados",
    "Mantener al día las páginas oficiales del gobierno": "Días con publicación",
    "Administrar los recursos de la oficina conforme a la ley": INVENTORY,
    "Cuidar y aprovechar el equipo y los insumos": INVENTORY,
    "Difundir por los canales propios lo que hace el gobierno": "Días con publicación",
    "Cubrir los actos de todas las dependencias": "Actos cubiertos",
    "Avisar con tiempo de planes, trámites y actividades para la familia": "Actos avisados con tiempo",
    "Reunir la información de cada área antes del informe": "Dependencias con noticias, tema «Informe de gobierno»",
    "Cubrir el informe y entregar grabaciones y documentos de respaldo": "Actos cubiertos, tema «Informe de gobierno»",
}
DOCUMENTS = {
    "mazamitla": {
        "Se acompaña a la presidenta municipal a todos los eventos oficiales dentro y fuera del municipio": (
            "Actos cubiertos"
        ),
        "Redes Sociales": "Días con publicación, canal Facebook",
        "Realización de spots, perifoneo, carteles, etc.": "Audio y video publicados",
        "Actualizar formatos": FORMATS,
        "Generar boletines informativos": "Boletines en días hábiles",
        "Registrar memoria fotográfica": "Fotos en la memoria",
        "Generar diapositivas informativas para diferentes reuniones, etc.": "Documentos publicados",
        "Diseñar carteles y volantes, así como espectaculares.": "Documentos publicados",
        "Generar y publicar contenido audiovisual publicitario en redes y sistemas de perifoneo.": (
            "Audio y video publicados"
        ),
        "Actualizar la información constantemente de las páginas oficiales del Gobierno Municipal.": (
            "Días con publicación"
        ),
    },
    "ocotlan": {
        "Opinión Pública": SURVEY,
        "La opinión Pública": SURVEY,
        "La Opinión Pública.": SURVEY,
        "Formar parte de una administración pública nos obliga": INVENTORY,
        "Utilizar responsable y adecuadamente herramientas e insumos": INVENTORY,
        "Difundir permanentemente a través de canales propios": "Días con publicación",
        "Al interior de la administración municipal cubrir": "Actos cubiertos",
        "Informar con antelación de planes, proyectos y programas": "Actos avisados con tiempo",
        "Se cubrirá todo el proceso del informe de gobierno": "Actos cubiertos",
        "Se proporcionarán videos, audios y material de apoyo": "Audio y video publicados",
    },
}


@pytest.fixture
def report() -> Topic:
    return Topic.objects.create(name="Informe de gobierno", slug="informe-de-gobierno")


def names_of(plan: PlanPart) -> list[str]:
    return [line.name for line in plan.every_indicator] + [line.description for line in plan.every_activity]


@pytest.mark.usefixtures("report")
def test_each_activity_of_both_plans_can_be_measured_or_says_what_to_capture() -> None:
    activities = [line.description for name in known() for line in read(name).plan.every_activity]
    assert {text: str(advise(text)) for text in activities} == OURS


@pytest.mark.parametrize("name", DOCUMENTS)
def test_so_can_each_line_of_their_documents(name: str) -> None:
    document = SEEDS / f"{name}.txt"
    plan = draft_of(document.read_bytes(), name=document.name, year=2026).plan
    told = {text[:BEGINNING]: str(advise(text)) for text in names_of(plan)}
    assert told == {text[:BEGINNING]: said for text, said in DOCUMENTS[name].items()}


@pytest.mark.usefixtures("report")
def test_the_plans_that_come_with_pregon_are_measured_as_advised() -> None:
    lines = [line for name in known() for line in read(name).plan.every_activity]
    assert {line.description: advise(line.description).measure for line in lines} == {
        line.description: line.measure for line in lines
    }


def test_nothing_is_narrowed_to_what_the_office_does_not_have() -> None:
    advice = advise("Cubrir el informe")
    assert (str(advice), advice.measure.parameters) == ("Actos cubiertos", {})
