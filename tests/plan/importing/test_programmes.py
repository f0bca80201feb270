"""Where programmes come from, what they need, and when they are worked on."""

from __future__ import annotations

from decimal import Decimal

from factories.documents import doubts, drafted, plan_of, seed
from pregon.plan.values import EVERY_MONTH


def test_a_value_that_sounds_like_a_label_is_still_a_value() -> None:
    (sheet,) = plan_of(
        "Radio\nOBJETIVO GENERAL\tMeta de todos\nESTRATEGIA\tPrograma de radio\nEJE\tMisión cumplida\n"
    ).programmes
    assert (sheet.general_objective, sheet.strategy, sheet.axis) == (
        "Meta de todos",
        "Programa de radio",
        "Misión cumplida",
    )


def test_inputs_have_their_amounts_in_a_table() -> None:
    (sheet,) = plan_of(
        "Radio\nOBJETIVO GENERAL: Informar\nInsumo\tMonto\tPartida\nCámara\t$12,500.50\t5231\nTinta\t900\t2141\n"
    ).programmes
    assert [(one.description, one.amount, one.budget_line) for one in sheet.inputs] == [
        ("Cámara", Decimal("12500.50"), "5231"),
        ("Tinta", Decimal(900), "2141"),
    ]


def test_thirteen_marks_for_a_programme_are_a_doubt() -> None:
    draft = drafted(seed("ocotlan").replace("\t✔\n", "\t✔\n\t✔\n", 1))
    assert "Hay 13 marcas para 12 meses" in doubts(draft)
    assert draft.plan.programmes[0].months == EVERY_MONTH


def test_an_input_may_name_its_amount_among_its_words() -> None:
    (sheet,) = plan_of(
        "Radio\nOBJETIVO GENERAL: Informar\nINSUMOS:\n- Cámara por $12,500.50\n- Tinta\n"
    ).programmes
    assert [(one.description, one.amount) for one in sheet.inputs] == [
        ("Cámara por $12,500.50", Decimal("12500.50")),
        ("Tinta", None),
    ]


def test_what_says_that_there_is_nothing_is_kept_with_a_doubt() -> None:
    draft = drafted("Radio\nOBJETIVO GENERAL: Informar\nESTRATEGIA: NA\n")
    assert draft.plan.programmes[0].strategy == "NA"
    assert "Dice «NA» donde va «estrategia»: si lo hay, escríbelo" in doubts(draft)


def test_an_objective_again_opens_another_programme() -> None:
    draft = drafted("Radio\nOBJETIVO GENERAL: Informar\nESTRATEGIA: Una\nESTRATEGIA: Otra\n")
    assert [sheet.strategy for sheet in draft.plan.programmes] == ["Una", "Otra"]
    assert "«estrategia» aparece otra vez" in doubts(draft)
