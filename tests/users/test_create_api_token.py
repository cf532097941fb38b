"""The command that makes a token."""

from datetime import timedelta

import pytest
from django.core.management.base import CommandError
from django.utils import timezone
from pymongo.database import Database
from pytest_django import DjangoCaptureOnCommitCallbacks

from mongo.client import Document
from tests.commands import Command
from users import tokens
from users.models import ApiToken

pytestmark = pytest.mark.django_db


@pytest.fixture
def create() -> Command:
    return Command("create_api_token")


def test_it_prints_the_token_and_nothing_else_to_standard_output(create: Command) -> None:
    create("billing", "--scope", "contracts:read", "limits", "--scope", "logs:write")
    [secret] = create.said
    token = tokens.find(secret, timezone.now())
    assert (token.name, token.scopes) == ("billing", ["contracts:read", "logs:write", "limits"])
    assert (token.created_by, token.expires_at) == ("console", None)


def test_it_says_what_the_token_may_do_and_for_how_long(create: Command) -> None:
    create("billing", "--scope", "limits", "--expires", "2099-12-31")
    assert create.warned == [
        "The token “billing” may do limits until 2099-12-31 23:59 UTC. It cannot be shown again:"
    ]


def test_it_expires_after_so_many_days(create: Command) -> None:
    before = timezone.now()
    create("billing", "--scope", "limits", "--expires", "90")
    assert before <= ApiToken.objects.get().expires_at - timedelta(days=90) <= timezone.now()


@pytest.mark.parametrize("end", ["0", "-1", "3651", "9" * 30, "soon", "2026-02-30", "²"])
def test_an_end_that_cannot_be_read_is_refused(create: Command, end: str) -> None:
    with pytest.raises(CommandError, match="give 1 to 3650 days, or a day as in 2027-01-31"):
        create("billing", "--scope", "limits", f"--expires={end}")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("billing", "--scope", "contracts:reed"), "There is no scope contracts:reed. Choose from contracts:read,"),
        (("billing", "--scope", "limits", "--expires", "2020-01-01"), "This moment has passed."),
        (("taken", "--scope", "limits"), "Another token has this name."),
        (("a/b", "--scope", "limits"), "Use letters, digits, spaces"),
        (("form", "--scope", "limits"), "a way of our own. Choose another name."),
        (("billing",), "required: --scope"),
    ],
)
def test_what_is_wrong_is_said_and_no_token_made(
    create: Command, arguments: tuple[str, ...], complaint: str
) -> None:
    create("taken", "--scope", "limits")
    with pytest.raises(CommandError, match=complaint):
        create(*arguments)
    assert ApiToken.objects.count() == len(create.said) == 1


def test_it_is_in_the_audit_trail_as_of_the_console(
    create: Command, mongo: Database[Document], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        create("billing", "--scope", "limits")
    [entry] = mongo.audit_trails.find()
    assert (entry["action"], entry["userId"], entry["via"]) == ("token.created", "console", "console")
    assert create.said[0] not in str(entry)
