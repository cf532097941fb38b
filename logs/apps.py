"""The Django application."""

from importlib import import_module

from django.apps import AppConfig


class LogsConfig(AppConfig):
    name = "logs"
    verbose_name = "Logs"

    def ready(self) -> None:
        # Connects the receivers, which need the models.
        import_module("logs.signals")
