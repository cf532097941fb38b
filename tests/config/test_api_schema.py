"""What the API says of itself is true: requests are made up from it, and every answer is checked against it."""

import itertools

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig

from config.wsgi import application
from contracts import repository, services
from contracts.api.documents import etag_of
from contracts.domain.errors import ContractNotFound
from tests import strategies
from tests.factories import MAYA, NOW, make_contract
from users import tokens

TOKENS = 60
# `make prove` asks for many more.
EXAMPLES = strategies.EXAMPLES // 5
CONFIG = {
    # That NUL is refused is tried elsewhere: no schema says so.
    "generation": {"allow-x00": False},
    "checks": {
        # Of what is refused though it is as described, the check below asks why.
        "positive_data_acceptance": {"expected-statuses": ["2xx", "304", "404", "409", "412", "422"]},
        "negative_data_rejection": {
            "expected-statuses": ["400", "401", "404", "405", "411", "412", "413", "415", "422", "428"]
        },
        "missing_required_header": {"expected-statuses": ["401", "428"]},
    },
    "operations": [
        {
            # Numbers deep inside free-form JSON may be larger than any that can be stored.
            "include-path-regex": "/logs/",
            "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "400", "422"]}},
        },
    ],
}
# Where rules between fields hold, which no schema tells of.
RULED = {"createContract", "changeContract", "transitionContract"}
# Nor does one tell which cursors, keys and ids there are, which texts are moments and which of those have passed,
# what no letter is in, what names are in free-form JSON, or that 7.0 is refused.
UNTOLD = (
    "This is no cursor.",
    "This Idempotency-Key was sent before",
    "Another entry has this entryId.",
    "Give a date and time",
    "Entries without a date lie in no time.",
    "has not begun",
    "lies before",
    "Give a text that is not empty.",
    "is no name here",
    "Give a whole number.",
    "Send this number as a text",
)
OF_SOMETHING, OF_NOTHING = r"\{", r"^[^{]*$"
schema = schemathesis.openapi.from_wsgi(
    "/api/v1/openapi.json", application, config=SchemathesisConfig.from_dict(CONFIG)
)
made_up = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


@schemathesis.check
def what_is_described_is_taken(ctx, response, case):
    """What is as described is refused for nothing but what no schema can say."""
    if not case.meta.generation.mode.is_positive or case.operation.definition.raw["operationId"] in RULED:
        return
    errors = response.json()["errors"] if response.status_code == 422 else []
    messages = [one["message"] for one in errors]
    assert [text for text in messages if not any(words in text for words in UNTOLD)] == []


@pytest.fixture
def secrets(mongo, transactional_db):
    """Of so many tokens that none reaches its limit."""
    return itertools.cycle([tokens.issue(f"robot {n}", tokens.SCOPES, MAYA)[1] for n in range(TOKENS)])


@pytest.fixture
def contract(mongo):
    return services.create(make_contract(), actor=MAYA, now=NOW).contract


def sent_with(secret):
    # Called in process, nothing would undo a compression.
    return {"Authorization": f"Bearer {secret}", "Accept-Encoding": "identity"}


def aimed(case, contract):
    """The request, at the contract that there is and with its tag where it has a place for them."""
    places = case.path_parameters or {}
    for name in {"contract_id", "account_id"} & set(places):
        places[name] = getattr(contract, name)
    if "If-Match" in (case.headers or {}):
        try:
            case.headers["If-Match"] = etag_of(repository.document(contract.contract_id))
        except ContractNotFound:
            services.create(make_contract(contract_id=contract.contract_id), actor=MAYA, now=NOW)


@schema.exclude(path_regex=OF_SOMETHING).parametrize()
@made_up
def test_every_answer_is_as_described(case, secrets):
    case.call_and_validate(headers=sent_with(next(secrets)))


@schema.exclude(path_regex=OF_NOTHING).parametrize()
@made_up
def test_every_answer_about_a_contract_is_as_described(case, secrets, contract):
    aimed(case, contract)
    case.call_and_validate(headers=sent_with(next(secrets)))
