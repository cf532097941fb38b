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
    # Nor does one tell of numbers deep inside free-form JSON (400), of rules between fields (422), or of what
    # somebody has to have seen (412).
    "checks": {
        "positive_data_acceptance": {"expected-statuses": ["2xx", "304", "400", "401", "404", "409", "412", "422"]},
        "negative_data_rejection": {
            "expected-statuses": ["400", "401", "404", "405", "411", "412", "413", "415", "422", "428"]
        },
        "missing_required_header": {"expected-statuses": ["401", "428"]},
    },
}
OF_SOMETHING = r"\{(contract|account)_id\}"
schema = schemathesis.openapi.from_wsgi(
    "/api/v1/openapi.json", application, config=SchemathesisConfig.from_dict(CONFIG)
)
made_up = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


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


@schema.include(path_regex=OF_SOMETHING).parametrize()
@made_up
def test_every_answer_about_a_contract_is_as_described(case, secrets, contract):
    aimed(case, contract)
    case.call_and_validate(headers=sent_with(next(secrets)))
