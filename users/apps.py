"""The Django application."""

from importlib import import_module

from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "users"
    verbose_name = "Users"

    def ready(self) -> None:
        # Connects the receivers, which need the models.
        import_module("users.roles")
        # What the admin calls the part that holds users and groups.
        self.apps.get_app_config("auth").verbose_name = "Users and roles"
