"""Tokens, by which other services sign in."""

import django.core.validators
import django.db.models.functions.text
from django.db import migrations, models

import users.models


class Migration(migrations.Migration):
    dependencies = [
        ("users", "0001_roles"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "name",
                    models.CharField(
                        error_messages={"blank": "Enter a name."},
                        max_length=60,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[^\\W_][\\w .-]*\\Z",
                                "Use letters, digits, spaces and . _ -, a letter or digit first.",
                            )
                        ],
                    ),
                ),
                ("beginning", models.CharField(max_length=8)),
                ("digest", models.CharField(max_length=64, unique=True)),
                (
                    "scopes",
                    models.JSONField(
                        error_messages={"blank": "Choose at least one scope."},
                        validators=[users.models.check_scopes],
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=150)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("last_refused_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_by", models.CharField(blank=True, max_length=150)),
            ],
            options={
                "verbose_name": "API token",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"),
                        condition=models.Q(("revoked_at__isnull", True)),
                        name="one_live_token_a_name",
                    )
                ],
            },
        ),
    ]
