"""The fields as data agree with the contract that they describe."""

from dataclasses import fields as attributes
from typing import Any

import pytest

from contracts.domain import fields
from contracts.domain.fields import ROWS, Field
from contracts.domain.model import (
    AddOn,
    BillingContact,
    Contract,
    Pricing,
    PrimaryContact,
    SlaTerms,
    UsageLimits,
    ValueTier,
    VolumeTier,
)

GROUPS = {
    "usage_based_pricing": Pricing,
    "usage_limits": UsageLimits,
    "primary_contact": PrimaryContact,
    "billing_contact": BillingContact,
    "sla_terms": SlaTerms,
}


def names(kind: type[Any]) -> list[str]:
    return [attribute.name for attribute in attributes(kind)]


def test_every_attribute_of_a_contract_is_a_field_once() -> None:
    single = [name for name in names(Contract) if name not in (*GROUPS, "oddities")]
    grouped = [f"{group}.{name}" for group, kind in GROUPS.items() for name in names(kind)]
    assert sorted(field.path for field in fields.ALL) == sorted([*single, *grouped])


def test_no_two_fields_have_the_same_label() -> None:
    labels = [field.label for field in fields.ALL]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize(
    ("table", "row"),
    [(fields.VOLUME_TIERS, VolumeTier), (fields.VALUE_TIERS, ValueTier), (fields.ADD_ONS, AddOn)],
    ids=lambda part: getattr(part, "path", ""),
)
def test_every_column_of_a_table_is_an_attribute_of_its_rows(table: Field, row: type[Any]) -> None:
    assert [column.name for column in table.columns] == [name for name in names(row) if name != "extra"]


def test_only_tables_have_columns() -> None:
    assert [field.path for field in fields.ALL if bool(field.columns) != (field.kind == ROWS)] == []


def test_what_is_compared_is_all_but_the_id_and_the_bookkeeping() -> None:
    left = {field.path for field in fields.ALL} - {field.path for field in fields.COMPARED}
    assert left == {"contract_id", *(field.path for field in fields.BOOKKEEPING)}


def test_a_path_that_nobody_knows_is_its_own_label() -> None:
    assert fields.label_of("base_monthly_fee") == "Base fee a month"
    assert fields.label_of("crm.id") == "crm.id"


def test_a_fields_name_is_the_end_of_its_path() -> None:
    assert fields.BY_PATH["primary_contact.email"].name == "email"
    assert fields.BY_PATH["notes"].name == "notes"
