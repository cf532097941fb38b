"""What a heading means: its path, its label or its last name, however it is written."""

import pytest

from contracts.domain import fields
from contracts.uploads import mapping


@pytest.mark.parametrize(
    ("heading", "path"),
    [
        ("account_id", "account_id"),
        ("Account ID", "account_id"),
        ("ACCOUNT-ID", "account_id"),
        ("  last  day ", "end_date"),
        ("endDate", "end_date"),
        ("Primary contact’s e-mail", "primary_contact.email"),
        ("primary_contact.email", "primary_contact.email"),
        ("Primary Contact Email", "primary_contact.email"),
        ("uptime guarantee", "sla_terms.uptime_guarantee"),
        ("max_monthly_trades", "usage_limits.max_monthly_trades"),
        # Two contacts have one.
        ("email", ""),
        ("Colour", ""),
        ("", ""),
    ],
)
def test_a_heading_is_understood(heading, path):
    assert mapping.guessed([heading]) == (path,)


@pytest.mark.parametrize("field", fields.ALL, ids=lambda field: field.path)
def test_every_field_is_known_by_its_path_and_its_label(field):
    assert mapping.guessed([field.path, field.label]) == (field.path, "")
    assert mapping.guessed([field.label]) == (field.path,)


def test_a_field_is_given_to_the_first_column_alone():
    assert mapping.guessed(["Start", "start_date", "Notes"]) == ("start_date", "", "notes")


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        (["account_id", "notes"], False),
        (["account_id", "Notes"], True),
        (["notes", "notes"], True),
        (["", "a"], True),
    ],
)
def test_nobody_is_asked_where_every_heading_is_a_path_of_its_own(header, asked):
    assert mapping.names_fields(header) is not asked


def test_what_new_contracts_need_is_told_but_what_has_a_default():
    assert mapping.missing(["account_id"]) == ["Start", "Base fee a month"]
    assert mapping.missing(["account_id", "start_date", "base_monthly_fee"]) == []
