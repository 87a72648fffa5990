"""Who knocked? Staff, at the vocabulary. Its files are its source, so nothing is typed here."""

from django.contrib import admin

from alliance.audit.desk import DeskModelAdmin, Rows
from alliance.skills.models import Occupation, OccupationSkill, Skill, SkillAlias, ZipArea


class Aliases(Rows):
    model = SkillAlias
    fields = ("text",)


class AskedSkills(Rows):
    model = OccupationSkill
    fields = ("skill", "level")
    related = ("skill", "occupation")


@admin.register(Skill)
class SkillAdmin(DeskModelAdmin):
    list_display = ("name", "family", "about")
    list_filter = ("family",)
    search_fields = ("name", "code", "aliases__text")
    inlines = (Aliases,)
    shows = ("name", "code", "family", "about")


@admin.register(Occupation)
class OccupationAdmin(DeskModelAdmin):
    list_display = ("name", "soc", "onet", "family", "typical_education")
    list_filter = ("family",)
    search_fields = ("name", "title", "soc", "onet")
    inlines = (AskedSkills,)
    shows = ("name", "code", "soc", "onet", "title", "family", "typical_education")


@admin.register(ZipArea)
class ZipAreaAdmin(DeskModelAdmin):
    list_display = ("code", "place", "state")
    list_filter = ("state",)
    search_fields = ("code", "place")
    shows = ("code", "place", "state", "latitude", "longitude")
