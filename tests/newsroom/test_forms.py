from __future__ import annotations

import pytest

from factories.accounts import UserFactory
from factories.newsroom import published
from pregon.newsroom.forms import ReasonsForm, WithdrawalForm, correction_form

pytestmark = pytest.mark.django_db


def test_a_correction_says_what_changed_and_why() -> None:
    assert ReasonsForm({}).errors == {
        "change": ["Escribe qué cambió: se muestra a quien lee."],
        "reason": ["Escribe por qué: queda en el registro y se avisa a quien lo recibió."],
    }


def test_a_withdrawal_says_why() -> None:
    assert list(WithdrawalForm({"reason": ""}).errors) == ["reason"]


def test_the_form_of_a_correction_holds_the_words_and_nothing_else() -> None:
    form = correction_form(published(), for_user=UserFactory.create())
    assert sorted(form.fields) == [
        "body",
        "contact",
        "cover",
        "dateline",
        "easy_reading",
        "lead",
        "second_headline",
        "title",
    ]
