"""What Render is told agrees with the code and the documentation."""

import os
import re
import shlex

from django.conf import settings as project
from django.urls import reverse

from config import gunicorn
from tests.config.test_environment import documented

BLUEPRINT = (project.BASE_DIR / "render.yaml").read_text()


def value(key: str) -> str:
    """The value of a key that the blueprint holds once, without its comment."""
    [found] = re.findall(rf"^ *{key}: *(.*?)(?: +#.*)?$", BLUEPRINT, re.M)
    return found.strip('"')


def variables() -> dict[str, str]:
    """Variable → what the line after its key says."""
    return dict(re.findall(r"^ *- key: (\w+)\n *(.*)$", BLUEPRINT, re.M))


def test_every_variable_is_documented() -> None:
    assert set(variables()) - documented() == set()


def test_gunicorns_arguments_are_emptied_so_that_its_file_counts() -> None:
    assert variables()["GUNICORN_CMD_ARGS"] == 'value: ""'


def test_it_holds_no_secret() -> None:
    said = variables()
    assert (said["SECRET_KEY"], said["MONGODB_URI"]) == ("generateValue: true", "sync: false")


def test_it_starts_gunicorn_with_the_file_that_is_there() -> None:
    command = shlex.split(value("startCommand"))
    assert (project.BASE_DIR / command[command.index("--config") + 1]).is_file()


def test_it_probes_liveness() -> None:
    assert value("healthCheckPath") == reverse("healthz")


def test_it_waits_longer_than_gunicorn_does() -> None:
    assert int(value("maxShutdownDelaySeconds")) > gunicorn.graceful_timeout


def test_what_it_builds_with_can_be_run() -> None:
    assert os.access(project.BASE_DIR / value("buildCommand"), os.X_OK)
