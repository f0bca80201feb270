"""Who speaks, for whom, and about what.

Laws and governments change every three years, so all of this is data with dates and never code.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.fields import RichTextField

from pregon.core.calendar import WorkingCalendar
from pregon.core.remembering import remembered

TILES = RegexValidator(
    r"^https?://[^\s{}]+(?:\{[zxy]\}[^\s{}]*){3}$",
    _(
        "Escribe la dirección de las piezas con {z}, {x} y {y}, por ejemplo https://mapas.muestra.example/{z}/{x}/{y}.png"
    ),
)
#: More days off in one row than any holiday lasts.
MOST_DAYS_OFF = 92
HEX_COLOUR = RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Escribe el color como #RRGGBB, por ejemplo #1F5A45."))


class UserManager(BaseUserManager["User"]):
    """Creates people by e-mail address: nobody has to invent a user name."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username or "")


class User(AbstractUser):  # type: ignore[django-manager-missing]  # Wagtail's image manager is untyped
    """A person at the desk, known by an e-mail address."""

    username = None  # type: ignore[assignment]  # Django's own way to drop the field
    email = models.EmailField(_("correo electrónico"), unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]  # ours takes no user name

    class Meta:
        verbose_name = _("persona")
        verbose_name_plural = _("personas")

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def clean(self) -> None:
        """Capitals do not make another person: forms compare and keep the address without them."""
        super().clean()
        self.email = self.email.lower()


@register_setting(icon="home", order=1)
class Office(BaseGenericSetting):
    """The town hall this installation speaks for: its name, face and addresses. One row."""

    municipality = models.CharField(_("municipio"), max_length=120, default="", blank=True)
    state = models.CharField(_("estado"), max_length=80, default="Jalisco")
    name = models.CharField(_("nombre de la oficina"), max_length=160, default="Comunicación Social")
    seal = models.FileField(
        _("escudo"),
        upload_to="escudo/",
        blank=True,
        help_text=_("PNG o WebP de al menos 512 píxeles de lado; sin él se dibuja uno con los colores."),
    )
    brand = models.CharField(_("color principal"), max_length=7, default="#1f5a45", validators=[HEX_COLOUR])
    accent = models.CharField(_("color de acento"), max_length=7, default="#b3402a", validators=[HEX_COLOUR])
    gold = models.CharField(_("color de realce"), max_length=7, default="#c58a1c", validators=[HEX_COLOUR])
    address = models.CharField(_("domicilio"), max_length=240, blank=True)
    telephones = models.CharField(_("teléfonos"), max_length=120, blank=True)
    email = models.EmailField(_("correo de contacto"), blank=True)
    website = models.URLField(_("sitio del gobierno municipal"), blank=True)
    time_zone = models.CharField(_("zona horaria"), max_length=60, default=settings.TIME_ZONE)
    tiles = models.CharField(
        _("piezas del mapa"),
        max_length=300,
        blank=True,
        validators=[TILES],
        help_text=_(
            "Dirección de un servidor de mapas con {z}, {x} y {y}, si la oficina tiene permiso de usar uno. "
            "Vacío: los actos muestran un croquis dibujado aquí mismo."
        ),
    )
    tiles_credit = models.CharField(
        _("crédito del mapa"),
        max_length=200,
        blank=True,
        help_text=_("Lo que pide quien da el mapa, por ejemplo: © colaboradores de OpenStreetMap."),
    )
    privacy_notice = RichTextField(
        _("aviso de privacidad"),
        blank=True,
        features=["h2", "h3", "bold", "italic", "ol", "ul", "link"],
        help_text=_(
            "Artículos 21 y 22 de la LGPDPPSO: quién responde, para qué, y cómo ejercer los derechos ARCO."
        ),
    )

    panels = [
        MultiFieldPanel([FieldPanel("municipality"), FieldPanel("state"), FieldPanel("name")], _("Oficina")),
        MultiFieldPanel(
            [FieldPanel("seal"), FieldPanel("brand"), FieldPanel("accent"), FieldPanel("gold")], _("Imagen")
        ),
        MultiFieldPanel(
            [
                FieldPanel("address"),
                FieldPanel("telephones"),
                FieldPanel("email"),
                FieldPanel("website"),
                FieldPanel("time_zone"),
            ],
            _("Contacto"),
        ),
        MultiFieldPanel([FieldPanel("tiles"), FieldPanel("tiles_credit")], _("Mapa")),
        FieldPanel("privacy_notice"),
    ]

    class Meta:
        verbose_name = _("oficina")

    @classmethod
    def load(cls, request_or_site: Any = None) -> Self:
        """The one row, which a page asks for many times."""
        office: Self = remembered("office", lambda: super(Office, cls).load(request_or_site))
        return office

    def __str__(self) -> str:
        return f"{self.name} · {self.municipality}" if self.municipality else self.name

    def clean(self) -> None:
        """Whoever gives maps asks to be named."""
        super().clean()
        if self.tiles and not self.tiles_credit.strip():
            raise ValidationError({"tiles_credit": _("Escribe el crédito que pide quien da el mapa.")})

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def calendar(self) -> WorkingCalendar:
        """The days on which it works: all of its week but the rest days of the law and its own."""
        return remembered(
            "office calendar", lambda: WorkingCalendar(closed=frozenset(DaysOff.objects.each_day()))
        )

    @property
    def initials(self) -> str:
        return self.municipality[:1].upper() or "P"


class DaysOffQuerySet(models.QuerySet["DaysOff"]):
    def each_day(self) -> Iterator[date]:
        for off in self:
            yield from (off.first + timedelta(days=n) for n in range(off.length))


class DaysOff(models.Model):
    """Days on which the office does not work, besides the rest days of the law: the feast of the town, its holidays.

    Ley Federal del Trabajo, art. 74, names the others. What is not worked is not owed.
    """

    first = models.DateField(_("desde"))
    last = models.DateField(_("hasta"), null=True, blank=True, help_text=_("Vacío: es un solo día."))
    reason = models.CharField(
        _("motivo"), max_length=160, help_text=_("Por ejemplo: fiesta patronal, vacaciones de invierno.")
    )

    objects = DaysOffQuerySet.as_manager()

    class Meta:
        verbose_name = _("días inhábiles")
        verbose_name_plural = _("días inhábiles")
        ordering = ["-first"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last__isnull=True) | models.Q(last__gte=models.F("first")),
                name="days_off_in_order",
                violation_error_message=_("No pueden terminar antes de empezar: revisa las fechas."),
            )
        ]

    def __str__(self) -> str:
        return self.reason

    def clean(self) -> None:
        """A slip of the finger in the year would close the office for good."""
        super().clean()
        if self.first and self.length > MOST_DAYS_OFF:
            raise ValidationError(
                {"last": _("Son más de %(most)s días seguidos: revisa el año.") % {"most": MOST_DAYS_OFF}}
            )

    @property
    def length(self) -> int:
        return ((self.last or self.first) - self.first).days + 1


class Department(models.Model):  # type: ignore[django-manager-missing]  # acts and bulletins: untyped managers
    """A dependency of the government: the one an act or a bulletin is about."""

    name = models.CharField(_("nombre"), max_length=160, unique=True)
    short_name = models.CharField(_("nombre corto"), max_length=60, blank=True)
    slug = models.SlugField(_("identificador"), max_length=80, unique=True)
    liaisons = models.ManyToManyField(User, verbose_name=_("enlaces"), blank=True, related_name="departments")
    active = models.BooleanField(_("vigente"), default=True)

    class Meta:
        verbose_name = _("dependencia")
        verbose_name_plural = _("dependencias")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Topic(models.Model):
    """What a bulletin is about, in words that a citizen would choose to follow."""

    name = models.CharField(_("nombre"), max_length=80, unique=True)
    slug = models.SlugField(_("identificador"), max_length=80, unique=True)

    class Meta:
        verbose_name = _("tema")
        verbose_name_plural = _("temas")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Locality(models.Model):
    """A place of the municipality, from the county seat to the smallest hamlet (INEGI: localidad)."""

    name = models.CharField(_("nombre"), max_length=120, unique=True)
    slug = models.SlugField(_("identificador"), max_length=120, unique=True)
    latitude = models.DecimalField(_("latitud"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitud"), max_digits=9, decimal_places=6, null=True, blank=True)

    class Meta:
        verbose_name = _("localidad")
        verbose_name_plural = _("localidades")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class OfficialQuerySet(models.QuerySet["Official"]):
    def in_office(self, day: date) -> Self:
        return self.filter(models.Q(until__isnull=True) | models.Q(until__gte=day), since__lte=day)


class Official(models.Model):
    """A public servant with the dates of the term: the list that checks on personal promotion stand on.

    Constitución, art. 134; LGCS, arts. 8 and 9.
    """

    name = models.CharField(_("nombre"), max_length=160)
    position = models.CharField(_("cargo"), max_length=160)
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        verbose_name=_("dependencia"),
        null=True,
        blank=True,
        related_name="officials",
    )
    since = models.DateField(_("en el cargo desde"))
    until = models.DateField(_("hasta"), null=True, blank=True)

    objects = OfficialQuerySet.as_manager()

    class Meta:
        verbose_name = _("servidor público")
        verbose_name_plural = _("servidores públicos")
        ordering = ["position", "since"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="official_term_in_order",
                violation_error_message=_("El cargo no puede terminar antes de empezar: revisa las fechas."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.name}"
