"""The vocabulary."""

import factory

from alliance.skills.models import Occupation, Skill, ZipArea


class SkillFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Skill
        django_get_or_create = ("code",)

    code = factory.Sequence("skill-{}".format)
    name = factory.Sequence("Skill {}".format)
    family = "Wet lab technique"


class OccupationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Occupation
        django_get_or_create = ("code",)

    code = "lab-technician"
    name = "Laboratory technician"
    soc = "19-4021"
    onet = "19-4021.00"
    title = "Biological Technicians"
    family = "Laboratory"
    typical_education = "certificate"


class ZipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ZipArea
        django_get_or_create = ("code",)

    code = "02118"
    place = "Boston (South End)"
    state = "MA"
    latitude = 42.338
    longitude = -71.070
