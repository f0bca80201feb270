from __future__ import annotations

from pregon.core.remembering import recalled, remembered, remembering


def test_an_answer_is_made_once_within_the_block_and_never_kept_beyond_it() -> None:
    made: list[str] = []

    def make() -> int:
        made.append("made")
        return len(made)

    before = [remembered("a", make) for _ in range(2)]
    with remembering():
        within = [remembered("a", make) for _ in range(2)]
    with remembering():
        again = remembered("a", make)
    assert (before, within, again) == ([1, 2], [3, 3], 4)


def test_answers_to_other_questions_are_apart() -> None:
    with remembering():
        assert [remembered(key, lambda key=key: key) for key in ("a", "b", "a")] == ["a", "b", "a"]


def test_what_was_not_asked_for_is_not_recalled() -> None:
    remembered("a", lambda: 1)
    with remembering():
        before = recalled("a")
        remembered("a", lambda: 2)
        assert (before, recalled("a")) == (None, 2)
    assert recalled("a") is None
