from django.apps import AppConfig


class FrontdeskConfig(AppConfig):
    name = "alliance.frontdesk"
