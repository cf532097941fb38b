"""The Django application."""

from django.apps import AppConfig
from django.core.checks import register

from config.ui.checks import icons_exist


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "Counterpart"

    def ready(self) -> None:
        register(icons_exist)
