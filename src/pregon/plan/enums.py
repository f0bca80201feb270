"""How an indicator is read: which way is better, how often, and the four lights."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PlanKind(models.TextChoices):
    """What kind of document a plan is."""

    ANNUAL = "poa", _("Programa operativo anual")
    BUDGETED = "programa-presupuestal", _("Programa presupuestal")
    CAMPAIGN = "campana", _("Plan de campaña")


class Level(models.TextChoices):
    """The four rows of a matrix of indicators (Metodología del Marco Lógico)."""

    END = "fin", _("Fin")
    PURPOSE = "proposito", _("Propósito")
    COMPONENT = "componente", _("Componente")
    ACTIVITY = "actividad", _("Actividad")


class Kind(models.TextChoices):
    """What an indicator watches: what changes outside, or how the work goes."""

    STRATEGIC = "estrategico", _("Estratégico")
    MANAGEMENT = "gestion", _("De gestión")


class Dimension(models.TextChoices):
    """Which side of the work an indicator measures."""

    EFFICACY = "eficacia", _("Eficacia")
    EFFICIENCY = "eficiencia", _("Eficiencia")
    QUALITY = "calidad", _("Calidad")
    ECONOMY = "economia", _("Economía")


class Direction(models.TextChoices):
    """Which way an indicator should move."""

    UP = "ascendente", _("Ascendente: más es mejor")
    DOWN = "descendente", _("Descendente: menos es mejor")


class Overshoot(models.TextChoices):
    """What it means to pass the target by far."""

    MET = "cumple", _("Pasar la meta es cumplirla")
    DOUBT = "revisar", _("Pasarla por mucho pide revisar la meta")


class Frequency(models.TextChoices):
    """How often an indicator is measured."""

    DAILY = "diaria", _("Diaria")
    WEEKLY = "semanal", _("Semanal")
    MONTHLY = "mensual", _("Mensual")
    TWO_MONTHLY = "bimestral", _("Bimestral")
    QUARTERLY = "trimestral", _("Trimestral")
    FOUR_MONTHLY = "cuatrimestral", _("Cuatrimestral")
    HALF_YEARLY = "semestral", _("Semestral")
    YEARLY = "anual", _("Anual")
    TWO_YEARLY = "bienal", _("Cada dos años")
    ONCE = "unica", _("Una sola vez")


class Light(models.TextChoices):
    """The traffic light. Grey is a light of its own: a missing figure is neither good nor bad."""

    GREEN = "verde", _("En meta")
    YELLOW = "amarillo", _("Atención")
    RED = "rojo", _("Fuera de meta")
    GREY = "gris", _("Sin dato")


#: Names of the tokens in website/tokens.css, beside the word and never instead of it.
COLOURS: dict[Light, str] = {
    Light.GREEN: "ok",
    Light.YELLOW: "warn",
    Light.RED: "bad",
    Light.GREY: "soft",
}


class SealAct(models.TextChoices):
    """What a link of the chain says of its month."""

    CLOSED = "cierre", _("Cierre")
    REOPENED = "reapertura", _("Reapertura")


#: What the office's log calls each.
SEAL_LOGGED = {SealAct.CLOSED: "pregon.plan.close", SealAct.REOPENED: "pregon.plan.reopen"}


class Severity(models.TextChoices):
    """How much a fault of a plan matters, the gravest first."""

    ERROR = "error", _("Hay que corregirlo")
    WARNING = "aviso", _("Conviene corregirlo")
    NOTE = "nota", _("Para tenerlo en cuenta")


class Part(models.TextChoices):
    """The parts of a plan, as people call them."""

    PLAN = "plan", _("Plan")
    PROGRAMME = "programa", _("Programa")
    INDICATOR = "indicador", _("Indicador")
    ACTIVITY = "actividad", _("Actividad")


class DraftState(models.TextChoices):
    """What became of a document that somebody handed in to be a plan."""

    WAITING = "espera", _("Por confirmar")
    LOADED = "cargado", _("Cargado")
    DROPPED = "descartado", _("Descartado")


DRAFT_STEPS = {
    DraftState.WAITING: {DraftState.LOADED, DraftState.DROPPED},
    DraftState.LOADED: set[DraftState](),
    DraftState.DROPPED: set[DraftState](),
}


class Mark(models.TextChoices):
    """What one month of an activity's calendar shows."""

    DONE = "hecho", _("Hecho")
    LATE = "sin-registros", _("Planeado, sin registros")
    NOW = "en-curso", _("En curso, aún sin registros")
    AHEAD = "por-venir", _("Planeado")
    BEFORE = "antes", _("Planeado, antes del primer registro")
    UNMEASURED = "planeado", _("Planeado; no se mide con registros")
    EXTRA = "ademas", _("Hecho sin estar planeado")
    NONE = "no", _("Sin actividad planeada")


class Closing(models.TextChoices):
    """How a month of a plan stands on its way to be closed."""

    AHEAD = "por-venir", _("Por venir")
    RUNS = "corre", _("Corre")
    OPEN = "por-cerrar", _("Por cerrar")
    CLOSED = "cerrado", _("Cerrado")
    REOPENED = "abierto", _("Abierto de nuevo")
