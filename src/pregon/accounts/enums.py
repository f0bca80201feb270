"""The seven roles of a communication office."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person comes to the desk for. A person may hold several; the value is the group's name."""

    HEAD = "Titular", _("Titular")
    EDITOR = "Redacción", _("Redacción")
    PHOTOGRAPHER = "Fotografía", _("Fotografía")
    DESIGNER = "Diseño", _("Diseño")
    LIAISON = "Enlace", _("Enlace de dependencia")
    TRANSPARENCY = "Transparencia", _("Transparencia")
    READER = "Consulta", _("Consulta")
