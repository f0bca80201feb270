"""A service or procedure, told so that nobody makes the trip in vain: what it is for, what to bring, what it costs,
where, when and how long; and what changes, and from when."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel

from pregon.newsroom.models.pieces import Piece, lines_of

EACH = _("Cada uno en su renglón.")


class Service(Piece):
    folder = "/servicios/"
    section = "services"

    who = models.TextField(_("quién puede hacerlo"), blank=True)
    requirements = models.TextField(_("requisitos"), blank=True, help_text=EACH)
    amount = models.DecimalField(
        _("costo en pesos"),
        max_digits=9,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("0 si es gratuito; vacío si se calcula."),
    )
    cost = models.CharField(
        _("cómo se calcula o se paga"),
        max_length=300,
        blank=True,
        help_text=_("«Según los metros de la obra, conforme a la ley de ingresos.»"),
    )
    place = models.CharField(_("dónde"), max_length=300, blank=True)
    hours = models.CharField(_("horario"), max_length=200, blank=True)
    telephone = models.CharField(_("teléfono"), max_length=60, blank=True)
    steps = models.TextField(_("pasos"), blank=True, help_text=EACH)
    takes = models.CharField(
        _("cuánto tarda"), max_length=160, blank=True, help_text=_("«El mismo día», «10 días hábiles».")
    )
    basis = models.TextField(_("fundamento"), blank=True, help_text=EACH)
    online = models.URLField(_("dirección para hacerlo en línea"), blank=True)
    reviewed_on = models.DateField(
        _("datos revisados el"), help_text=_("El día en que la dependencia confirmó lo que dice esta página.")
    )
    change = models.TextField(
        _("qué cambia"), blank=True, help_text=_("«Desde el lunes se atiende en la Casa de la Cultura.»")
    )
    change_from = models.DateField(_("desde"), null=True, blank=True)
    change_until = models.DateField(
        _("se avisa hasta"), null=True, blank=True, help_text=_("Vacío: mientras no se borre.")
    )

    edit_handler = Piece.editor(
        (
            [
                FieldPanel("title", heading=_("Nombre")),
                FieldPanel("summary", heading=_("Para qué sirve, en una frase")),
                FieldPanel("who"),
                FieldPanel("requirements"),
                FieldPanel("steps"),
                MultiFieldPanel(
                    [FieldRowPanel([FieldPanel("amount"), FieldPanel("takes")]), FieldPanel("cost")],
                    heading=_("Costo y tiempo"),
                ),
                MultiFieldPanel(
                    [
                        FieldPanel("place"),
                        FieldRowPanel([FieldPanel("hours"), FieldPanel("telephone")]),
                        FieldPanel("online"),
                    ],
                    heading=_("Dónde y cuándo"),
                ),
                FieldPanel("basis"),
                FieldPanel("reviewed_on"),
            ],
            _("Trámite"),
        ),
        (
            [
                FieldPanel("change"),
                FieldRowPanel([FieldPanel("change_from"), FieldPanel("change_until")]),
            ],
            _("Aviso de cambio"),
        ),
        ([FieldPanel("cover"), FieldPanel("body"), Piece.whom_panel], _("Más")),
    )

    class Meta:
        verbose_name = _("trámite o servicio")
        verbose_name_plural = _("trámites y servicios")

    @property
    def more_words(self) -> str:
        return f"{self.who} {self.requirements} {self.steps} {self.place} {self.change}"

    @property
    def price(self) -> str:
        """The cost in words: free, an amount, or how it is computed."""
        if self.amount is None:
            return self.cost
        if self.amount == 0:
            return _now("Gratuito")
        whole = self.amount == self.amount.to_integral_value()
        return _now("%(amount)s pesos") % {
            "amount": f"{self.amount:,.0f}" if whole else f"{self.amount:,.2f}"
        }

    @property
    def requirement_list(self) -> list[str]:
        return lines_of(self.requirements)

    @property
    def step_list(self) -> list[str]:
        return lines_of(self.steps)

    @property
    def basis_list(self) -> list[str]:
        return lines_of(self.basis)

    def change_on(self, day: date) -> str:
        """What is being announced that day; "" once it is told no more."""
        return "" if self.change_until and day > self.change_until else self.change

    def lacks(self) -> dict[str, str]:
        wanted = {
            "department": (self.department_id, _("Elige la dependencia que lo atiende.")),
            "place": (
                self.place or self.online,
                _("Di dónde se hace, o la dirección para hacerlo en línea."),
            ),
            "amount": (
                self.amount is not None or self.cost,
                _("Di cuánto cuesta: 0 si es gratuito, o cómo se calcula."),
            ),
        }
        return {field: str(sentence) for field, (there, sentence) in wanted.items() if not there}

    def clean(self) -> None:
        super().clean()
        self.not_before(Decimal(0), self.amount, "amount", _("El costo no puede ser menor que cero."))
        self.not_before(
            self.change_from, self.change_until, "change_until", _("El aviso termina antes de empezar.")
        )
