"""How easy a text is: the syllables of Spanish, the known scale, and advice that can be followed."""

from __future__ import annotations

import pytest

from pregon.core.readability import read, remarks, syllables


@pytest.mark.parametrize(
    ("word", "many"),
    [
        ("sol", 1),
        ("calle", 2),
        ("Mazamitla", 4),
        ("agua", 2),
        ("ciudad", 2),
        ("país", 2),
        ("día", 2),
        ("río", 2),
        ("teatro", 3),
        ("que", 1),
        ("guitarra", 3),
        ("pingüino", 3),
        ("hoy", 1),
        ("y", 1),
        ("ahora", 3),
        ("creer", 2),
        ("vacunación", 4),
        ("camio\u0301n", 2),
        ("antirrábica", 5),
        ("DIF", 1),
        ("pdf", 1),
    ],
)
def test_syllables_are_counted_as_spanish_does(word: str, many: int) -> None:
    assert syllables(word) == many


def test_the_score_is_the_published_formula() -> None:
    report = read("El sol sale. La luna no.")
    assert report is not None
    assert (report.words, report.sentences) == (6, 2)
    assert report.score == round(206.835 - 62.3 * 8 / 6 - 6 / 2)


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("El sol sale. La luna no.", "muy fácil"),
        (
            (
                "La Dirección de Administración comunicó extraordinariamente determinaciones institucionales "
                "relacionadas con procedimientos administrativos."
            ),
            "muy difícil",
        ),
    ],
)
def test_the_scale_names_the_score(text: str, grade: str) -> None:
    report = read(text)
    assert report is not None
    assert report.grade == grade


@pytest.mark.parametrize("text", ["", "   ", "¿? …", "2026"])
def test_a_text_without_words_is_not_weighed(text: str) -> None:
    assert read(text) is None


def test_a_point_inside_a_number_ends_no_sentence() -> None:
    report = read("Costó 2.4 millones.")
    assert report is not None
    assert report.sentences == 1


def test_advice_names_what_to_change() -> None:
    assert remarks("La calle está abierta. Puedes pasar a pie.") == []
    assert remarks(
        "El ayuntamiento abrió de nuevo la calle Juárez al paso de la gente que vive y trabaja en el centro. "
        "Es antirrábica. Costó 2,412,380 pesos, 12.5% más."
    ) == [
        "La frase «El ayuntamiento abrió de nuevo…» tiene 20 palabras: pártela en dos.",
        "Palabras largas: ayuntamiento, antirrábica. Busca una más corta o explica qué es.",
        "Números exactos: 2,412,380, 12.5%. Redondea donde se pueda: «casi 2 mil», «la mitad».",
    ]
