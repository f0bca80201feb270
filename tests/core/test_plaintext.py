"""The plain-text part of an e-mail says all that the HTML part says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pregon.core.plaintext import plain_from_mjml

LETTER = """
<mjml>
  <mj-head>
    <mj-title>No se lee</mj-title>
    <mj-preview>Tampoco esto</mj-preview>
    <mj-style>.cell > p { color: red }</mj-style>
  </mj-head>
  <mj-body>
    <!--[if mso]><p>Ni esto</p><![endif]-->
    <mj-section><mj-column>
      <mj-image src="https://ejemplo.gob.mx/sello.png" alt="Sello del municipio" />
      <mj-text>
        <h1>Abre el parque <em>Los Ocotes</em></h1>
        <p>El gobierno municipal abri&oacute; hoy el parque, con &aacute;rboles &amp; juegos para
           ni&ntilde;as y ni&ntilde;os de la comunidad.<br>Entrada libre.</p>
        <blockquote><p>Es de todos.</p><p>Cu&iacute;denlo.</p></blockquote>
        <ul><li>Juegos</li><li>Canchas
          <ol><li>Futbol</li><li>Voleibol</li></ol></li></ul>
        <p>Lee <a href="https://ejemplo.gob.mx/boletines/120">el boletín</a> o
           <a href="https://ejemplo.gob.mx">ejemplo.gob.mx</a>.</p>
      </mj-text>
      <mj-divider border-width="1px" />
      <mj-button href="https://ejemplo.gob.mx/boletines/120?a=1&amp;b=2">Ver fotos</mj-button>
      <mj-text css-class="small only-html">Si no ves bien este correo…</mj-text>
      <mj-text>Pie</mj-text>
    </mj-column></mj-section>
  </mj-body>
</mjml>
"""

PLAIN = """\
[Foto: Sello del municipio]

Abre el parque Los Ocotes
=========================

El gobierno municipal abrió hoy el parque, con árboles & juegos
para niñas y niños de la comunidad.
Entrada libre.

> Es de todos.
>
> Cuídenlo.

- Juegos
- Canchas
  1. Futbol
  2. Voleibol

Lee el boletín: https://ejemplo.gob.mx/boletines/120 o
https://ejemplo.gob.mx.

* * *

Ver fotos:
https://ejemplo.gob.mx/boletines/120?a=1&b=2

Pie
"""


def said(html: str, *, width: int = 72) -> str:
    return plain_from_mjml(f"<mjml><mj-body><mj-text>{html}</mj-text></mj-body></mjml>", width=width)


def test_a_whole_letter_becomes_plain_text() -> None:
    assert plain_from_mjml(LETTER, width=64) == PLAIN


@pytest.mark.parametrize("source", ["", "<mjml></mjml>", "<mj-text> <p>&#32;</p> </mj-text>", "<mj-head>x"])
def test_nothing_said_is_nothing_written(source: str) -> None:
    assert plain_from_mjml(source) == ""


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="https://a.mx/b">https://a.mx/b</a>', "https://a.mx/b\n"),
        ('<a href="https://www.a.mx/">a.mx</a>', "https://www.a.mx/\n"),
        ('<a href="https://a.mx/b"></a>', "https://a.mx/b\n"),
        ('<a href="https://a.mx/b">Más:</a>', "Más: https://a.mx/b\n"),
        ('<a href="https://a.mx/b"><img src="x" alt="Plaza"></a>', "[Foto: Plaza]: https://a.mx/b\n"),
        ('<a href="mailto:prensa@a.mx">prensa@a.mx</a>', "prensa@a.mx\n"),
        ('<a href="mailto:prensa@a.mx">Prensa</a>', "Prensa: prensa@a.mx\n"),
        ('<a href="tel:3310000000">Llama</a>', "Llama: 3310000000\n"),
        ('<a href="#arriba">Subir</a>', "Subir\n"),
        ('<a href="javascript:alert(1)">Pulsa</a>', "Pulsa\n"),
        ('<a href="data:text/html,x">Pulsa</a>', "Pulsa\n"),
        ("<a>Sin dirección</a>", "Sin dirección\n"),
        ('<a href="%%LEAVE%%">Darse de baja</a>', "Darse de baja: %%LEAVE%%\n"),
        ('<a href="https://a.mx/b c">Más</a>', "Más: https://a.mx/b%20c\n"),
        ('Ve<a href="https://a.mx"> a.mx </a>hoy', "Ve https://a.mx hoy\n"),
        ('Ve<a href="https://a.mx"></a>hoy', "Ve https://a.mx hoy\n"),
        (
            '<a href="https://a.mx">Más</a>hoy, <a href="https://a.mx">ya</a>.',
            "Más: https://a.mx hoy, ya: https://a.mx.\n",
        ),
        ('<a href="/1">uno<a href="/2">dos</a>', "uno: /1 dos: /2\n"),
        ('<a href="https://a.mx"><p>Uno</p><p>Dos</p></a>', "Uno\n\nDos\n\nhttps://a.mx\n"),
    ],
)
def test_a_link_says_its_words_and_where_it_leads(html: str, expected: str) -> None:
    assert said(html) == expected


def test_an_address_is_never_broken_however_long() -> None:
    address = "https://ejemplo.gob.mx/" + "muy-largo/" * 30
    assert said(f'Mira <a href="{address}">todo</a> ya', width=40) == f"Mira todo:\n{address}\nya\n"


def test_an_address_keeps_its_quote_mark_and_its_wholeness() -> None:
    address = "https://ejemplo.gob.mx/" + "x-" * 60
    assert said(f"<blockquote>Ve a {address}</blockquote>", width=30) == f"> Ve a\n> {address}\n"


@pytest.mark.parametrize(
    ("mjml", "expected"),
    [
        ('<mj-image src="x" alt="Una  plaza" />', "[Foto: Una plaza]\n"),
        ('<mj-image src="x" alt="Plaza" href="https://a.mx" />', "[Foto: Plaza]: https://a.mx\n"),
        ('<mj-image src="x" alt="" />', ""),
        ('<mj-image src="x" />', ""),
        ('<mj-image src="x" alt="" href="https://a.mx"></mj-image>', "https://a.mx\n"),
        ('<mj-button href="https://a.mx">Ver</mj-button>', "Ver:\nhttps://a.mx\n"),
        ('<mj-button href="https://a.mx">\n  Ver todo:\n</mj-button>', "Ver todo:\nhttps://a.mx\n"),
        ("<mj-button>Ver</mj-button>", "Ver\n"),
        ('<mj-button href="https://a.mx"></mj-button>', "https://a.mx\n"),
        ("<mj-divider></mj-divider>", "* * *\n"),
        ("<mj-spacer /><mj-text>A</mj-text><mj-text>B</mj-text>", "A\n\nB\n"),
        ("<mj-raw><p>A</p></mj-raw>", "A\n"),
        (
            "<mj-table><tr><th>Mes</th><th>Meta</th></tr><tr><td>Mayo</td><td>4</td></tr></mj-table>",
            "Mes | Meta\n\nMayo | 4\n",
        ),
    ],
)
def test_each_part_of_a_letter_has_its_words(mjml: str, expected: str) -> None:
    assert plain_from_mjml(mjml) == expected


@pytest.mark.parametrize(
    "mjml",
    [
        '<mj-section css-class="only-html"><mj-section><mj-text>no</mj-text></mj-section> no </mj-section>',
        '<mj-image css-class="a only-html b" alt="no" />',
        '<mj-text><p class="only-html">no</p></mj-text>',
        '<mj-text><img class="only-html" alt="no"></mj-text>',
        "<mj-text><style>no</style><script>no</script></mj-text>",
    ],
)
def test_what_is_only_for_html_is_left_out_and_what_follows_is_not(mjml: str) -> None:
    assert plain_from_mjml(mjml + "<mj-text>sí</mj-text>") == "sí\n"


def test_a_class_that_only_resembles_the_mark_leaves_nothing_out() -> None:
    assert plain_from_mjml('<mj-text css-class="only-htmlish">sí</mj-text>') == "sí\n"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<script>alert(1)</script>\n"),
        ("a &#x1F389; &nbsp;b", "a 🎉 \xa0b\n"),
        ("uno\u2028dos\x00tres\x85cuatro", "uno dos tres cuatro\n"),
        ("antes <![CDATA[x]]> después", "antes después\n"),
        ("antes <![foo> después", "antes después\n"),
        ("antes <!-- <p>no</p> --> después", "antes después\n"),
        ("</li></blockquote></a></p>sí", "sí\n"),
        ("<ul><li>uno<li>dos</ul>tres", "- uno\n- dos\n\ntres\n"),
        ("<li>suelto</li>", "- suelto\n"),
        ("<blockquote>uno", "> uno\n"),
        ("<br><br>uno<br><br>dos<br>", "uno\n\ndos\n"),
        ("uno<br><br> <br/><br>dos", "uno\n\ndos\n"),
        ("<p>uno</p><p>&nbsp;</p><p>dos</p>", "uno\n\ndos\n"),
        ("<h2>Segundo</h2>texto", "Segundo\n\ntexto\n"),
        ("<ol><li><p>uno</p><p>más</p></li><li></li><li>tres</li></ol>", "1. uno\n   más\n3. tres\n"),
    ],
)
def test_hostile_or_careless_text_is_read_as_well_as_it_can_be(html: str, expected: str) -> None:
    assert said(html) == expected


def test_depth_stops_taking_room_from_the_text() -> None:
    assert said("<blockquote>" * 500 + "hondo" + "</blockquote>" * 500 + "<p>fuera</p>") == (
        "> > > > > > hondo\n\nfuera\n"
    )


PIECES = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<a href='https://a.mx/x'>",
            "</a>",
            "<ul>",
            "<li>",
            "</li>",
            "</ul>",
            "<blockquote>",
        ),
        *(
            "</blockquote>",
            "<mj-text>",
            "</mj-text>",
            "<mj-button href='x:y'>",
            "</mj-button>",
            "<br/>",
            "<td>",
        ),
        *("<!--", "-->", "<![", "]]>", "<!", "<?", "&", "&#x", "&amp;", "<", ">", "</", "<h1>", "</h1>"),
        *(
            "<mj-image alt='z'/>",
            "<mj-head>",
            "<p class=only-html>",
            "<p class",
            "<script>",
            "<style>",
            "'",
            '"',
        ),
        *("\ud800", "\x00", "hola ", "niño"),
    ]
)


@given(st.lists(PIECES | st.text(max_size=5)).map("".join), st.integers(-3, 90))
def test_no_source_is_too_broken_to_be_read(source: str, width: int) -> None:
    plain = plain_from_mjml(source, width=width)
    assert plain == "" or (plain.endswith("\n") and not plain.startswith("\n") and "\n\n\n" not in plain)


@given(st.lists(st.text("abcñó", min_size=1, max_size=12), min_size=1), st.integers(20, 90))
def test_every_word_arrives_and_every_line_fits(words: list[str], width: int) -> None:
    plain = said(f"<p>{' '.join(words)}</p>", width=width)
    assert plain.split() == words
    assert max(map(len, plain.splitlines())) <= width
