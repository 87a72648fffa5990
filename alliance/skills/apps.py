from django.apps import AppConfig


class SkillsConfig(AppConfig):
    name = "alliance.skills"
    verbose_name = "Vocabulary"
