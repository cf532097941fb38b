"""Entries of the audit trail that MongoDB has not taken yet."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies: list[tuple[str, str]] = []

    operations = [
        migrations.CreateModel(
            name="WaitingEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("own", models.CharField(max_length=24, unique=True)),
                ("entry", models.JSONField()),
            ],
        ),
    ]
