"""Which measures suit a sentence of a plan, told by its words, and why a person captures what no record tells.

Plans were written long before anybody thought of counting: the same work is called by a handful of words in all of
them, and so is what it is narrowed to: a channel, the yearly report.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
    (r"reunir la informacion|informacion de (cada|las) (area|dependencia)s?", ("departments_heard",)),
    (r"podcast|episodio|programas? de radio", ("podcast_episodes",)),
    (r"\baudios?\b|audiovisual|\bspots?\b|perifoneo", ("recordings_published", "podcast_episodes")),
    (
        r"diapositiva|presentaciones|cartel|volante|espectacular|\blonas?\b|disenar|linea grafica",
        ("documents_published",),
    ),
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
    (r"\bdocumentos\b", ("documents_published",)),
    (r"oportun|inmedia|rapid", ("bulletins_within_a_day", "bulletins_told_promptly")),
)
#: What the office does and no record tells yet, and what to capture of it. Whatever else its sentence says, no measure
#: is proposed.
UNTOLD = (
    (
        r"formatos|ley(es)? .*transparencia|sujetos obligados",
        gettext_lazy("Captura cada mes cuántos formatos se publicaron, con el acuse de la plataforma."),
    ),
    (
        r"\bopinion\b",
        gettext_lazy("Captura el resultado de la encuesta en el mes en que se levantó, con su informe."),
    ),
    (
        r"recursos de la oficina|administrar|equipo de computo|el equipo|insumos|papeleria",
        gettext_lazy("Captura cada mes lo que se revisó, con el inventario, el resguardo o la factura."),
    ),
)
#: Words that name what a measure is narrowed to.
NARROWED = (
    ("topic", r"\binformes? de gobierno\b|\bdel informe\b|\bel informe\b", "informe-de-gobierno"),
    # The one on which town halls are followed; an office that uses another chooses it.
    ("channel", r"facebook|\bredes\b", "facebook"),
    ("channel", r"telegram", "telegram"),
    ("channel", r"whatsapp", "whatsapp"),
    ("channel", r"correo electronico", "email"),
)
_suited = tuple((re.compile(words), names) for words, names in SUITED)
_untold = tuple((re.compile(words), why) for words, why in UNTOLD)
_narrowed = tuple((parameter, re.compile(words), value) for parameter, words, value in NARROWED)


def propose(text: str) -> list[str]:
    """The names of the measures that suit ``text``, the best one first; none where no record can tell."""
    said = fold(text)
    if _why(said):
        return []
    found = [name for words, names in _suited if words.search(said) for name in names]
    return list(dict.fromkeys(found))


def narrowing(text: str) -> dict[str, str]:
    """What ``text`` names that a measure could be narrowed to, by the identifiers of addresses."""
    said = fold(text)
    return {parameter: value for parameter, words, value in _narrowed if words.search(said)}


def by_hand(text: str) -> str:
    """What to capture each month of something that no record tells."""
    return _why(fold(text)) or _("Captura cada mes cuánto se hizo, con el archivo que lo prueba.")


def _why(said: str) -> str:
    return next((str(why) for words, why in _untold if words.search(said)), "")
