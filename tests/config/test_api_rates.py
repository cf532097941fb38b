"""`POST /rate-limits/check`: other services ask whether a request may go on."""

import pytest

from tests.machines import Machine, errors_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mongo")]

CHECK = "/rate-limits/check"
LIMIT = {"key": "maya@example.com", "max_requests": 2, "window_seconds": 60}


@pytest.fixture
def service(machine_with) -> Machine:
    return machine_with("limits")


def test_it_allows_as_many_as_agreed_and_says_when_there_is_room(service):
    answers = [service.post(CHECK, LIMIT) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    found = [answer.json() for answer in answers]
    assert [(one["allowed"], one["remaining"], one["degraded"]) for one in found] == [
        (True, 1, False),
        (True, 0, False),
        (False, 0, False),
    ]
    assert 1 <= found[2]["reset_seconds"] <= 60


def test_each_token_has_keys_of_its_own(service, machine_with):
    for _ in range(2):
        service.post(CHECK, LIMIT)
    assert machine_with("limits", name="another").post(CHECK, LIMIT).json()["allowed"]


def test_each_window_of_a_key_is_counted_by_itself(service):
    for _ in range(2):
        service.post(CHECK, LIMIT)
    assert service.post(CHECK, LIMIT | {"window_seconds": 61}).json()["allowed"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("key", ""),
        ("key", "k" * 201),
        ("key", 7),
        ("max_requests", 0),
        ("max_requests", 1_001),
        ("max_requests", 1.5),
        ("max_requests", True),
        ("max_requests", "2"),
        ("window_seconds", 0),
        ("window_seconds", 3_601),
        ("window_seconds", None),
        ("more", 1),
    ],
)
def test_a_limit_that_cannot_be_kept_is_refused_by_its_field(service, field, value):
    response = service.post(CHECK, LIMIT | {field: value})
    assert response.status_code == 422
    assert list(errors_of(response)) == [field]


@pytest.mark.parametrize("missing", list(LIMIT))
def test_each_field_is_needed(service, missing):
    response = service.post(CHECK, {name: value for name, value in LIMIT.items() if name != missing})
    assert errors_of(response) == {missing: "Give this."}


def test_asking_is_not_counted_against_the_token(service, settings):
    settings.API_REQUESTS_PER_MINUTE = 1
    answers = [service.post(CHECK, LIMIT | {"key": str(number)}) for number in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]


def test_without_mongodb_a_request_is_allowed_and_said_not_to_be_counted(service, away):
    assert service.post(CHECK, LIMIT).json() | {"reset_seconds": 0} == {
        "allowed": True,
        "remaining": 2,
        "reset_seconds": 0,
        "degraded": True,
    }
