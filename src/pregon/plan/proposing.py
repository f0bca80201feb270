"""Which measures suit a sentence of a plan, told by its words.

Plans were written long before anybody thought of counting: the same work is called by a handful of words in all of
them. What no record of the office can tell is proposed nothing, and a person captures it.
"""

from __future__ import annotations

import re

from pregon.core.text import fold

#: Words as a plan writes them, without accents, and the measures that answer them, the best one first. Where a sentence
#: has words of several lines, the earlier line goes before the later one.
SUITED: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"correccion|fe de erratas|rectificacion", ("corrections_published",)),
    (
        r"boletin|comunicados? de prensa|notas? informativ",
        ("bulletins_on_working_days", "bulletins_published"),
    ),
    (
        r"fotogra|\bfotos?\b|\balbum|galeria|memoria",
        (
            "photos_in_memory",
            "acts_with_photos",
            "albums_published",
            "bulletins_with_photos",
            "photos_described",
        ),
    ),
    (r"podcast|episodio|programas? de radio", ("podcast_episodes",)),
    (r"\baudios?\b|audiovisual|\bspots?\b", ("recordings_published", "podcast_episodes")),
    (r"\bvideos?\b|capsula", ("videos_published", "recordings_published")),
    (r"en vivo|minuto a minuto|transmision", ("live_coverages",)),
    (r"alerta|emergencia|proteccion civil", ("alerts_issued", "alerts_followed_up", "alerts_justified")),
    (
        r"con tiempo|antelacion|anticipa|convoca|invita|agenda",
        ("acts_announced_ahead",),
    ),
    (r"\bcubr|cobertura|\bactos?\b|evento|ceremonia|\bgiras?\b", ("acts_covered", "acts_held")),
    (r"campana", ("campaigns_published",)),
    (r"tramite|servicios? al publico|guias?\b", ("services_reviewed",)),
    (r"lectura facil|accesib|lenguaje claro", ("bulletins_in_easy_reading", "photos_described")),
    (r"suscri|seguidor|lista de correo", ("subscribers_gained", "messages_delivered")),
    (r"\bvistas\b|visita|trafico del sitio|lectores", ("page_views",)),
    (
        r"\bredes\b|facebook|paginas?\b|portal|sitio|canales|difundir|difusion|publicacion",
        ("days_with_publication", "bulletins_told_promptly", "page_views"),
    ),
    (r"oportun|inmedia|rapid", ("bulletins_within_a_day", "bulletins_told_promptly")),
)
#: What the office does and no record tells yet. Whatever else its sentence says, nothing is proposed.
UNTOLD = (
    r"diapositiva|presentaciones",
    r"cartel|volante|espectacular|lona|diseno|disenar|linea grafica",
    r"formatos|ley(es)? .*transparencia|sujetos obligados",
    r"recursos de la oficina|administrar|equipo de computo|el equipo|insumos|papeleria",
    r"opinion",
    r"reunir la informacion",
)
_suited = tuple((re.compile(words), names) for words, names in SUITED)
_untold = re.compile("|".join(UNTOLD))


def propose(text: str) -> list[str]:
    """The names of the measures that suit ``text``, the best one first; none where no record can tell."""
    said = fold(text)
    if _untold.search(said):
        return []
    found = [name for words, names in _suited if words.search(said) for name in names]
    return list(dict.fromkeys(found))
