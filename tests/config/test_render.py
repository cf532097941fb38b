"""What Render is told agrees with the code and the documentation."""

import os
import re
import shlex

import pytest
from django.conf import settings as project
from django.core.management import get_commands
from django.urls import reverse

from config import gunicorn
from tests.config.test_environment import documented

BLUEPRINT = (project.BASE_DIR / "render.yaml").read_text()
HEAD, SITE, JOB = re.split(r"^  - type: ", BLUEPRINT.partition("\ndatabases:")[0], flags=re.M)


def value(service: str, key: str) -> str:
    """The value of a key that a service holds once, without its comment."""
    [found] = re.findall(rf"^ *{key}: *(.*?)(?: +#.*)?$", service, re.M)
    return found.strip('"')


def variables(service: str) -> dict[str, str]:
    """Variable → what the lines after its key say."""
    found = re.findall(r"^ *- key: (\w+)\n((?:(?! *- (?:key|fromGroup): | *#).+\n?)*)", service, re.M)
    return {name: " ".join(said.split()) for name, said in found}


@pytest.mark.parametrize("service", [SITE, JOB], ids=["site", "job"])
class TestEach:
    def test_every_variable_is_documented(self, service: str) -> None:
        assert set(variables(service)) - documented() == set()

    def test_it_holds_no_secret(self, service: str) -> None:
        secret = ("SECRET_KEY", "MONGODB_URI", "DATABASE_URL", "EMAIL_URL")
        said = [variables(service)[name] for name in secret if name in variables(service)]
        assert [text for text in said if text.startswith("value:")] == []

    def test_what_it_builds_with_is_there(self, service: str) -> None:
        words = shlex.split(value(service, "buildCommand"))
        assert (project.BASE_DIR / words[-1]).is_file()


def test_gunicorns_arguments_are_emptied_so_that_its_file_counts() -> None:
    assert variables(SITE)["GUNICORN_CMD_ARGS"] == 'value: ""'


def test_secrets_are_made_or_asked_for() -> None:
    said = variables(SITE)
    assert (said["SECRET_KEY"], said["MONGODB_URI"]) == ("generateValue: true", "sync: false")


def test_it_starts_gunicorn_with_the_file_that_is_there() -> None:
    command = shlex.split(value(SITE, "startCommand"))
    assert (project.BASE_DIR / command[command.index("--config") + 1]).is_file()


def test_it_probes_liveness() -> None:
    assert value(SITE, "healthCheckPath") == reverse("healthz")


def test_it_waits_longer_than_gunicorn_does() -> None:
    assert int(value(SITE, "maxShutdownDelaySeconds")) > gunicorn.graceful_timeout


def test_what_it_builds_with_can_be_run() -> None:
    assert os.access(project.BASE_DIR / value(SITE, "buildCommand"), os.X_OK)


def test_the_job_runs_a_command_that_is_there() -> None:
    assert shlex.split(value(JOB, "startCommand"))[2] in get_commands()


def test_the_job_works_on_what_the_site_shows() -> None:
    site, job = variables(SITE), variables(JOB)
    shared = ("SECRET_KEY", "MONGODB_URI")
    assert {name: job[name] for name in shared} == {
        name: f"fromService: type: web name: counterpart envVarKey: {name}" for name in shared
    }
    assert (job["DATABASE_URL"], job["PYTHON_VERSION"]) == (site["DATABASE_URL"], site["PYTHON_VERSION"])


def test_what_both_must_agree_on_stands_in_one_group() -> None:
    assert {"MONGODB_DB_NAME", "TRADE_TYPES"} <= variables(HEAD).keys() <= documented()
    name = value(HEAD, "- name")
    assert [value(service, "- fromGroup") for service in (SITE, JOB)] == [name, name]
    assert variables(HEAD).keys() & (variables(SITE).keys() | variables(JOB).keys()) == set()
