"""Labels, and what stands beside or below them."""

from __future__ import annotations

from factories.documents import doubts, drafted, plan_of


def test_words_go_on_until_the_next_label() -> None:
    plan = plan_of("MISIÓN\nInformar a la\npoblación.\nVISIÓN: Ser claros.\nY rápidos.\n")
    assert (plan.mission, plan.vision) == (
        "Informar a la población.",
        "Ser claros.\n\nY rápidos.",
    )


def test_a_figure_ends_with_its_first_value() -> None:
    draft = drafted("INDICADOR: Uno\nMETA ANUAL\n95\nUna línea suelta\n")
    assert draft.plan.indicators[0].target == 95
    assert "No supimos qué es esta línea" in draft.lines[3].doubt


def test_a_label_that_was_guessed_is_a_doubt() -> None:
    draft = drafted("MISION INSTITUCIONALL:\nInformar.\nVISSIÓN:\nSer claros.\n")
    assert draft.plan.vision == "Ser claros."
    assert "se leyó como «visión»: revísalo." in doubts(draft)


def test_a_label_without_value_says_that_it_is_empty() -> None:
    draft = drafted("INDICADOR: Uno\nRESULTADO ANTERIOR:\nUNIDAD DE MEDIDA: Horas\n")
    assert draft.lines[1].becomes.endswith("; vacío")


def test_who_answers_is_the_plans_the_programmes_or_the_indicators() -> None:
    plan = plan_of(
        "RESPONSABLE: Titular\nINDICADOR: Uno\nRESPONSABLE: Redacción\nUNIDAD DE MEDIDA: Veces\n"
        "Radio\nOBJETIVO GENERAL: Informar\nRESPONSABLE: Cabina\n"
    )
    told = (plan.responsible, plan.indicators[0].responsible, plan.programmes[0].responsible)
    assert told == ("Titular", "Redacción", "Cabina")
