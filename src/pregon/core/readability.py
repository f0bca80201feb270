"""How easy a Spanish text is to read: a number with a known scale, and what to look at. It helps, and never forbids.

The number is the perspicuity of Szigriszt Pazos (1993), 206.835 - 62.3 syllables a word - words a sentence, told on
the INFLESZ scale: Barrio-Cantalejo and others, «Validación de la Escala INFLESZ», Anales del Sistema Sanitario de
Navarra 31(2), 2008. The advice beside it is the office's own: short sentences, short words, round numbers.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: The most words of a sentence and syllables of a word that an easy text should have.
LONGEST_SENTENCE, LONGEST_WORD = 15, 4
#: How many long words are named; a list of all of them would help nobody.
NAMED = 6
GRADES = (
    (80, gettext_lazy("muy fácil")),
    (65, gettext_lazy("bastante fácil")),
    (55, gettext_lazy("normal")),
    (40, gettext_lazy("algo difícil")),
)
_word = re.compile(r"[^\W\d_]+")
_sentence = re.compile(r"[^.!?…\n]*[^\W_][^.!?…\n]*")
#: A point inside a number ends no sentence.
_point_inside = re.compile(r"(?<=\d)[.,](?=\d)")
_exact = re.compile(r"\d[\d.,]*%|\d+[.,]\d{1,2}\b|\d[\d.,]{4,}")
#: Two of these stand in two syllables; with a weak one beside it they glide into one.
_strong, _weak, _weak_stressed = "aáeéoó", "iuü", "íú"


@dataclass(frozen=True, slots=True, kw_only=True)
class Readability:
    """What is known of a text; ``score`` has no lower end, and 100 is about the upper one."""

    words: int
    sentences: int
    score: int
    remarks: tuple[str, ...]

    @property
    def grade(self) -> str:
        return next((str(name) for least, name in GRADES if self.score > least), _("muy difícil"))


def read(text: str) -> Readability | None:
    """Weigh ``text``; nothing when it has no words."""
    text = unicodedata.normalize("NFC", text)
    words = _word.findall(text)
    sentences = _sentence.findall(_point_inside.sub("", text))
    if not words:
        return None
    score = 206.835 - 62.3 * sum(map(syllables, words)) / len(words) - len(words) / len(sentences)
    return Readability(
        words=len(words), sentences=len(sentences), score=round(score), remarks=tuple(remarks(text))
    )


def remarks(text: str) -> list[str]:
    """What somebody might change, each in a sentence."""
    found: list[str] = []
    for sentence in _sentence.findall(_point_inside.sub("", text)):
        many = len(sentence.split())
        if many > LONGEST_SENTENCE:
            beginning = " ".join(sentence.split()[:5])
            found.append(
                _("La frase «%(beginning)s…» tiene %(many)d palabras: pártela en dos.")
                % {"beginning": beginning, "many": many}
            )
    long = list(dict.fromkeys(word.lower() for word in _word.findall(text) if syllables(word) > LONGEST_WORD))
    if long:
        found.append(
            _("Palabras largas: %(words)s. Busca una más corta o explica qué es.")
            % {"words": ", ".join(long[:NAMED])}
        )
    if exact := list(dict.fromkeys(_exact.findall(text))):
        found.append(
            _("Números exactos: %(numbers)s. Redondea donde se pueda: «casi 2 mil», «la mitad».")
            % {"numbers": ", ".join(exact[:NAMED])}
        )
    return found


def syllables(word: str) -> int:
    """How many syllables a Spanish word has: one for each vowel or diphthong, at least one."""
    letters = re.sub(r"(?<=[qg])u(?=[eéií])", "", unicodedata.normalize("NFC", word).lower())
    letters = re.sub(r"y(?![aáeéiíoóuú])", "i", letters).replace("h", "")
    many, before = 0, ""
    for letter in letters:
        vowel = letter in _strong + _weak + _weak_stressed
        glides = bool(before) and (letter in _weak or before in _weak) and letter != before
        if vowel and not glides:
            many += 1
        before = letter if vowel else ""
    return max(many, 1)
