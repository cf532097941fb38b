"""Names of tokens, told apart without the difference of capital and small letters in whatever database."""

from typing import Any

import django.core.validators
from django.db import migrations, models

import users.models


def fold(apps: Any, schema_editor: Any) -> None:
    """Fold every name; of two live tokens that SQLite took for different ones, the later stands beside the rule."""
    tokens, seen = apps.get_model("users", "ApiToken").objects, set()
    for token in tokens.order_by("pk"):
        name = users.models.folded(token.name)
        if token.revoked_at is None:
            # No name holds this sign.
            name = f"{name}#{token.pk}" if name in seen else name
            seen.add(name)
        tokens.filter(pk=token.pk).update(folded_name=name)


class Migration(migrations.Migration):
    dependencies = [
        ("users", "0002_api_tokens"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="apitoken", name="one_live_token_a_name"),
        migrations.AddField(
            model_name="apitoken",
            name="folded_name",
            field=models.CharField(default="", editable=False, max_length=1200),
            preserve_default=False,
        ),
        migrations.RunPython(fold, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="apitoken",
            name="name",
            field=models.CharField(
                error_messages={"blank": "Enter a name."},
                max_length=60,
                validators=[
                    django.core.validators.RegexValidator(
                        "\\A[^\\W_][\\w .-]*\\Z", "Use letters, digits, spaces and . _ -, a letter or digit first."
                    ),
                    users.models.check_name,
                ],
            ),
        ),
        migrations.AddConstraint(
            model_name="apitoken",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revoked_at__isnull", True)),
                fields=("folded_name",),
                name="one_live_token_a_name",
            ),
        ),
    ]
