"""What holds for every address of the API: problems as JSON, methods, bodies, headers, limits."""

import gzip
import json
from http import HTTPStatus
from time import process_time

import pytest
from django.contrib.auth.decorators import login_not_required
from django.test import Client, override_settings
from django.urls import include, path

from config import urls
from config.api import edge
from config.api.bodies import MOST_BYTES
from contracts import services
from mongo import client
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


urlpatterns = [
    path("api/v1/broken", broken),
    path("api/v1/", include([*edge.guarded([path("guarded", broken)])])),
    *urls.urlpatterns,
]


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
    # No body at all has an answer of its own, and so has one that is too large.
    @pytest.mark.parametrize("body", [body for body in REFUSED.values() if 0 < len(body) <= MOST_BYTES])
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

    def test_a_packed_body_is_refused_as_such(self, machine, mongo):
        packed = gzip.compress(json.dumps(NEW).encode())
        answer = machine.send("POST", "/contracts", packed, Content_Encoding="gzip")
        assert "Content-Encoding" in problem_of(answer, 415)["detail"]
        assert answer["Accept-Encoding"] == "identity"

    def test_what_is_large_for_a_contract_is_not_for_a_batch_wherever_the_site_lies(self, machine, mongo):
        entry = {"userId": "a", "action": "b", "details": {"text": "x" * 900_000}}
        answer = Client().post(
            "/api/v1/logs/audit",
            json.dumps([entry, entry]),
            "application/json",
            headers={"Authorization": f"Bearer {machine.secret}"},
            SCRIPT_NAME="/below",
        )
        assert answer.status_code == 201

    def test_utf_8_may_be_named(self, machine, mongo):
        answer = machine.send(
            "POST", "/contracts", json.dumps(NEW).encode(), kind="application/json; charset=UTF-8"
        )
        assert answer.status_code == 201

    def test_what_is_wrong_is_named_by_its_path(self, machine, mongo):
        answer = machine.post("/contracts", {**NEW, "add_ons": [{"name": 1, "monthly_fee": "1"}]})
        problem_of(answer, 422)
        assert errors_of(answer) == {"add_ons.0.name": "Give a text."}


class TestMuchThatIsWrong:
    """What a body of a megabyte may cost, in seconds of this process, and what is told of it."""

    SECONDS, BYTES = 2.0, 40_000
    NAMES = {f"n{number}": 1 for number in range(80_000)}
    ROWS = [{f"n{number}": 1 for number in range(95)} for _ in range(200)]

    @pytest.mark.parametrize(
        "body",
        [
            NAMES,
            {"n" * 900_000: 1},
            {"sla_terms": NAMES},
            {"add_ons": ROWS},
            {"add_ons": [NAMES]},
            {"add_ons": [{}] * 300_000},
            {"usage_based_pricing": {"trade_volume_tiers": ROWS, "trade_value_tiers": ROWS}},
            {"tags": [[]] * 300_000},
            {"tags": [1] * 400_000},
            {"tags": ["x" * 101] * 9_000},
            {"notes": "x" * 900_000},
            {"status": "x" * 900_000},
            {"base_monthly_fee": "9" * 900_000},
            {"template": "x" * 900_000},
        ],
        ids=range(14),
    )
    @pytest.mark.parametrize("method", ["POST", "PATCH"])
    def test_it_costs_little_and_is_told_in_part(self, machine, mongo, method, body):
        path, headers = "/contracts", {}
        if method == "PATCH":
            path = f"/contracts/{services.create(make_contract(), actor=MAYA, now=NOW).contract.contract_id}"
            headers["If_Match"] = machine.get(path)["ETag"]
        content = json.dumps({**(NEW if method == "POST" else {}), **body}, separators=(",", ":")).encode()
        before = process_time()
        answer = machine.send(method, path, content, **headers)
        assert process_time() - before < self.SECONDS
        # Some of it is more than is read at all.
        assert answer.status_code in (400, 422)
        assert len(problem_of(answer, answer.status_code).get("errors", [])) <= 100
        assert len(answer.content) < self.BYTES

    def test_a_parameters_name_is_told_in_part(self, machine, mongo):
        answer = machine.get(f"/contracts?{'n' * 3_000}=1")
        [error] = problem_of(answer, 422)["errors"]
        assert len(error["path"]) <= 200


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
        assert (found["type"], "Retry-After" in answer) == ("urn:problem-type:counterpart:not-configured", False)

    def test_what_is_refused_is_not_worth_another_try(self, machine, mongo, settings):
        settings.MONGODB_URI = "mongodb+srv://"
        client.close()
        answer = machine.get("/contracts")
        found = problem_of(answer, 503)
        assert (found["type"], "Retry-After" in answer) == ("urn:problem-type:counterpart:refused", False)

    @pytest.mark.django_db
    def test_a_mistake_of_ours_is_a_problem_document_too(self):
        browser = Client(raise_request_exception=False)
        with override_settings(ROOT_URLCONF=__name__):
            answer = browser.get("/api/v1/broken")
        assert "ZeroDivision" not in json.dumps(problem_of(answer, 500))
        assert answer["Cache-Control"] == "no-store"
        assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"

    @pytest.mark.django_db
    def test_a_failed_head_is_logged_as_one(self, caplog):
        browser = Client(raise_request_exception=False)
        with override_settings(ROOT_URLCONF=__name__):
            answer = browser.head("/api/v1/guarded")
        assert (answer.status_code, answer.content) == (500, b"")
        assert [record.request.method for record in caplog.records if hasattr(record, "request")] == ["HEAD"]

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

    def test_who_asks_about_limits_of_its_own_is_not_counted_and_not_told(self, machine, mongo):
        limit = {"key": "a", "max_requests": 1, "window_seconds": 60}
        answer = machine.post("/rate-limits/check", limit)
        assert (answer.status_code, "RateLimit" in answer) == (200, False)
        described = machine.get("/openapi.json").json()["paths"]["/api/v1/rate-limits/check"]["post"]["responses"]
        assert "429" not in described
        assert "RateLimit" not in described["200"].get("headers", {})

    def test_a_stranger_is_not_counted(self, mongo, db):
        answer = Machine().get("/contracts")
        assert "RateLimit" not in answer.headers
        assert mongo.rate_limits.count_documents({}) == 0

    def test_the_key_is_the_tokens_and_no_secret(self, machine, mongo):
        machine.get("/contracts")
        (found,) = mongo.rate_limits.find()
        assert found["key"] == limit_key(f"token:{ApiToken.objects.get().digest[:16]}", "api", 60)
