"""People, topics and places of an office that does not exist."""

from __future__ import annotations

import factory
from django.contrib.auth.models import Group
from django.utils.text import slugify

from pregon.accounts.enums import Role
from pregon.accounts.models import Department, Locality, Topic, User


class UserFactory(factory.django.DjangoModelFactory[User]):
    """A person of the desk; ``roles=[Role.EDITOR]`` gives what they may do."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"persona{n}@oficina.example")
    first_name = factory.Sequence(lambda n: f"Redacción {n}")
    password = factory.django.Password("una-clave-de-prueba")

    @factory.post_generation
    def roles(self: User, create: bool, given: list[Role] | None) -> None:  # type: ignore[misc]  # factory-boy hands the made object in
        if create and given:
            self.groups.set(Group.objects.filter(name__in=[role.value for role in given]))


class TopicFactory(factory.django.DjangoModelFactory[Topic]):
    class Meta:
        model = Topic

    name = factory.Sequence(lambda n: f"Tema {n}")
    slug = factory.LazyAttribute(lambda made: slugify(made.name))


class LocalityFactory(factory.django.DjangoModelFactory[Locality]):
    class Meta:
        model = Locality

    name = factory.Sequence(lambda n: f"Localidad {n}")
    slug = factory.LazyAttribute(lambda made: slugify(made.name))


class DepartmentFactory(factory.django.DjangoModelFactory[Department]):
    class Meta:
        model = Department

    name = factory.Sequence(lambda n: f"Dirección {n}")
    slug = factory.LazyAttribute(lambda made: slugify(made.name))
