"""What holds for every address of the API: problems as JSON, methods, bodies, headers, limits."""

import json
from http import HTTPStatus

import pytest
from django.contrib.auth.decorators import login_not_required
from django.test import Client, override_settings
from django.urls import path

from config import urls
from config.api import problems
from contracts import services
from mongo.errors import OutcomeUnknown
from mongo.ratelimit import limit_key
from tests.conftest import client_for
from tests.factories import MAYA, NOW, make_contract
from tests.machines import Machine, errors_of
from tests.mongo.test_strict_json import REFUSED
from users import tokens
from users.models import ApiToken

NEW = {"template": "basic", "account_id": "a"}

handler400, handler403, handler404 = urls.handler400, urls.handler403, urls.handler404
handler500 = urls.handler500


@login_not_required
def broken(request):
    raise ZeroDivisionError


urlpatterns = [path("api/v1/broken", broken), *urls.urlpatterns]


def problem_of(answer, status):
    """The problem document of an answer, once it is one."""
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    found = answer.json()
    assert (found["status"], found["title"]) == (status, HTTPStatus(status).phrase)
    assert found["request_id"] == answer["X-Request-ID"]
    return found


class TestAddresses:
    @pytest.mark.parametrize(
        "address",
        ["/api/", "/api/v1/", "/api/v1", "/api/v2/contracts", "/api/v1/contract", "/api/v1/docs", "/api/x/"],
    )
    def test_nothing_there_is_a_problem_document(self, db, address):
        problem_of(Client().get(address), 404)

    @pytest.mark.parametrize("path", ["/contracts/", "/contracts/stats/", "/openapi.json/", "/accounts/a/usage/"])
    def test_a_slash_at_the_end_leads_nowhere(self, machine, path):
        assert "no slash" in problem_of(machine.get(path), 404)["detail"]

    @pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
    def test_a_method_that_an_address_has_not_is_told_those_it_has(self, machine, method):
        answer = machine.send(method, "/contracts")
        problem_of(answer, 405)
        assert answer["Allow"] == "GET, HEAD, OPTIONS, POST"

    def test_options_tells_the_methods(self, db):
        answer = Machine().send("OPTIONS", "/contracts/c-1")
        assert (answer.status_code, answer["Allow"]) == (204, "DELETE, GET, HEAD, OPTIONS, PATCH")

    def test_no_other_site_may_ask(self, machine, mongo):
        answer = machine.get("/contracts", Origin="https://elsewhere.example")
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]

    def test_head_answers_as_get_without_the_content(self, machine, mongo):
        contract = services.create(make_contract(), actor=MAYA, now=NOW).contract
        got = machine.get(f"/contracts/{contract.contract_id}")
        head = machine.send("HEAD", f"/contracts/{contract.contract_id}")
        assert (head.status_code, head.content) == (200, b"")
        assert (head["ETag"], head["Content-Length"]) == (got["ETag"], got["Content-Length"])

    def test_what_is_not_a_contract_is_kept_by_nobody(self, machine, mongo):
        assert machine.get("/contracts")["Cache-Control"] == "no-store"
        assert machine.get("/contracts/c-1")["Cache-Control"] == "no-store"

    def test_it_describes_itself_to_everybody(self, db):
        found = Machine().get("/openapi.json")
        assert (found.status_code, found.json()["openapi"]) == (200, "3.1.0")


class TestSessions:
    def test_a_session_opens_nothing(self, admin_user, mongo):
        problem_of(client_for(admin_user).get("/api/v1/contracts"), 401)

    def test_a_session_beside_a_token_changes_nothing(self, admin_user, machine_with, mongo):
        browser = client_for(admin_user)
        answer = browser.get(
            "/api/v1/contracts/x", headers={"Authorization": f"Bearer {machine_with('contracts:write').secret}"}
        )
        problem_of(answer, 403)

    def test_no_cookie_is_set(self, viewer, mongo):
        answer = client_for(viewer).post("/api/v1/contracts", {}, content_type="application/json")
        assert not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")

    def test_a_form_of_another_site_needs_no_token_against_forgery_and_gets_nowhere(self, admin_user, mongo):
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(admin_user)
        problem_of(browser.post("/api/v1/contracts", {}), 401)


class TestTokens:
    def test_without_a_token_it_says_what_to_send(self, mongo):
        answer = Machine().get("/contracts")
        assert "Authorization: Bearer" in problem_of(answer, 401)["detail"]
        assert answer["WWW-Authenticate"] == 'Bearer realm="Counterpart"'

    @pytest.mark.parametrize("secret", ["cp_unknown", "cp_" + "é" * 5, "x" * 5_000])
    def test_an_unknown_token_is_refused(self, mongo, db, secret):
        problem_of(Machine(secret.encode().decode("latin-1")).get("/contracts"), 401)

    def test_a_scope_that_is_missing_is_named(self, machine_with, mongo):
        answer = machine_with("contracts:read").post("/contracts", NEW)
        assert "contracts:write" in problem_of(answer, 403)["detail"]
        assert 'scope="contracts:write"' in answer["WWW-Authenticate"]

    def test_a_revoked_token_is_refused_at_once(self, machine, mongo):
        tokens.revoke(ApiToken.objects.get(), MAYA)
        assert "revoked" in problem_of(machine.get("/contracts"), 401)["detail"]


class TestBodies:
    # No body at all has an answer of its own.
    @pytest.mark.parametrize("body", list(filter(None, REFUSED.values())))
    def test_bad_json_is_refused_and_nothing_is_stored(self, machine, mongo, body):
        answer = machine.send("POST", "/contracts", body)
        assert problem_of(answer, 400)["detail"]
        assert mongo.contracts.count_documents({}) == 0

    @pytest.mark.parametrize(
        "kind",
        [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "application/json; charset=latin-1",
            "",
        ],
    )
    def test_only_json_is_read(self, machine, mongo, kind):
        answer = machine.send("POST", "/contracts", json.dumps(NEW).encode(), kind=kind)
        problem_of(answer, 415)
        assert answer["Accept-Post"] == "application/json"

    def test_a_patch_of_another_kind_is_told_which_is_read(self, machine, mongo):
        answer = machine.send("PATCH", "/contracts/c-1", b"[]", kind="application/json-patch+json", If_Match='"x"')
        problem_of(answer, 415)
        assert answer["Accept-Patch"] == "application/merge-patch+json"

    @pytest.mark.parametrize("size", [1_000_001, 11 * 2**20])
    def test_a_body_beyond_all_measure_is_refused(self, machine, mongo, size):
        body = json.dumps({**NEW, "notes": "x" * size}).encode()
        problem_of(machine.send("POST", "/contracts", body), 413)

    def test_a_body_in_pieces_is_refused(self, machine, mongo):
        answer = machine.send("POST", "/contracts", b"", Transfer_Encoding="chunked")
        problem_of(answer, 411)

    def test_utf_8_may_be_named(self, machine, mongo):
        answer = machine.send(
            "POST", "/contracts", json.dumps(NEW).encode(), kind="application/json; charset=UTF-8"
        )
        assert answer.status_code == 201

    def test_what_is_wrong_is_named_by_its_path(self, machine, mongo):
        answer = machine.post("/contracts", {**NEW, "add_ons": [{"name": 1, "monthly_fee": "1"}]})
        problem_of(answer, 422)
        assert errors_of(answer) == {"add_ons.0.name": "Give a text."}


class TestOutages:
    def test_without_mongodb_it_says_so_and_when_to_come_back(self, machine, away):
        answer = machine.get("/contracts")
        problem_of(answer, 503)
        assert answer["Retry-After"] == "5"

    def test_what_cannot_be_counted_is_let_through(self, machine, away):
        answer = machine.get("/contracts")
        assert answer["RateLimit"].startswith('"token";r=600')

    def test_a_mongodb_that_is_not_configured_is_named(self, machine):
        answer = machine.get("/contracts")
        found = problem_of(answer, 503)
        assert "MONGODB_URI" in found["detail"]
        assert found["type"] == "urn:problem-type:counterpart:not-configured"

    def test_a_lost_answer_is_told_from_a_refusal(self, rf):
        told = problems.TABLE[OutcomeUnknown](OutcomeUnknown("lost"))
        answer = problems.answer(rf.post("/api/v1/contracts"), told)
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")
        found = json.loads(answer.content)
        assert found["type"] == "urn:problem-type:counterpart:outcome-unknown"
        assert "Idempotency-Key" in found["detail"]

    @pytest.mark.django_db
    def test_a_mistake_of_ours_is_a_problem_document_too(self):
        browser = Client(raise_request_exception=False)
        with override_settings(ROOT_URLCONF=__name__):
            found = problem_of(browser.get("/api/v1/broken"), 500)
        assert "ZeroDivision" not in json.dumps(found)

    @pytest.mark.django_db
    def test_a_host_that_is_not_ours_is_a_problem_document_too(self):
        problem_of(Client().get("/api/v1/contracts", headers={"Host": "elsewhere.example"}), 400)


class TestLimits:
    def test_every_answer_to_a_token_tells_what_is_left(self, machine, mongo):
        first, second = machine.get("/contracts"), machine.get("/contracts/c-1")
        assert first["RateLimit-Policy"] == '"token";q=600;w=60'
        assert [answer["RateLimit"].split(";")[1] for answer in (first, second)] == ["r=599", "r=598"]

    def test_beyond_the_limit_nothing_is_done(self, machine, mongo, settings):
        settings.API_REQUESTS_PER_MINUTE = 2
        machine.get("/contracts")
        machine.get("/contracts")
        answer = machine.post("/contracts", NEW)
        problem_of(answer, 429)
        assert 1 <= int(answer["Retry-After"]) <= 60
        assert answer["RateLimit"].startswith('"token";r=0;t=')
        assert mongo.contracts.count_documents({}) == 0

    def test_each_token_has_its_own(self, machine, machine_with, mongo, settings):
        settings.API_REQUESTS_PER_MINUTE = 1
        machine.get("/contracts")
        assert machine_with("contracts:read", name="crm").get("/contracts").status_code == 200

    def test_a_stranger_is_not_counted(self, mongo, db):
        answer = Machine().get("/contracts")
        assert "RateLimit" not in answer.headers
        assert mongo.rate_limits.count_documents({}) == 0

    def test_the_key_is_the_tokens_and_no_secret(self, machine, mongo):
        machine.get("/contracts")
        (found,) = mongo.rate_limits.find()
        assert found["key"] == limit_key(f"token:{ApiToken.objects.get().pk}", "api", 60)
