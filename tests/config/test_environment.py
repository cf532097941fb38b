"""Malformed values stop the start with a sentence, and every variable is documented."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.exceptions import ImproperlyConfigured

from config import environment as env

OPERATIONS = project.BASE_DIR / "docs" / "operations.md"
READERS = re.compile(r"(env\.\w+|os\.environ\.get|os\.getenv)\(")
LONG_KEY = "a long key that nobody has to remember, of fifty characters and more"


def manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run manage.py with these variables and nothing else of ours."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", *arguments],
        cwd=project.BASE_DIR,
        env=kept | {"DATABASE_URL": "sqlite://:memory:"} | variables,
        capture_output=True,
        text=True,
    )


def variables_read() -> Iterator[str]:
    """Names that the code asks the environment for: env.flag("X"), os.environ["X"], "X" in os.environ."""
    for app in ("config", "contracts", "logs", "users", "mongo"):
        for path in (project.BASE_DIR / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                yield from names_in(node)


def names_in(node: ast.AST) -> Iterator[str]:
    candidates: list[ast.expr] = []
    if isinstance(node, ast.Call) and READERS.match(ast.unparse(node)):
        candidates = node.args[:1]
    elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
        candidates = [node.slice]
    elif isinstance(node, ast.Compare) and ast.unparse(node.comparators[0]) == "os.environ":
        candidates = [node.left]
    for candidate in candidates:
        if isinstance(candidate, ast.Constant) and re.fullmatch(r"[A-Z][A-Z_]+", str(candidate.value)):
            yield str(candidate.value)


def documented() -> set[str]:
    """The variables of the table and of the sentences around it."""
    section = OPERATIONS.read_text().partition("## Environment")[2].partition("\n## ")[0]
    return set(re.findall(r"`([A-Z][A-Z_]+)`", section))


@pytest.mark.parametrize(
    ("written", "meant"), [("true", True), ("Yes", True), ("1", True), ("off", False), ("0", False)]
)
def test_a_flag_is_read_in_the_usual_spellings(monkeypatch: pytest.MonkeyPatch, written: str, meant: bool) -> None:
    monkeypatch.setenv("A_FLAG", written)
    assert env.flag("A_FLAG", default=not meant) is meant


@pytest.mark.parametrize("unset", ["", "  "])
def test_an_empty_value_counts_as_none(monkeypatch: pytest.MonkeyPatch, unset: str) -> None:
    monkeypatch.setenv("A_VALUE", unset)
    assert (env.flag("A_VALUE", default=True), env.whole("A_VALUE", 7, least=1, most=9)) == (True, 7)


def test_a_flag_that_is_neither_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_FLAG", "maybe")
    with pytest.raises(ImproperlyConfigured, match=r"A_FLAG is “maybe”\. Set it to true or false"):
        env.flag("A_FLAG", default=True)


@pytest.mark.parametrize("written", ["ten", "1.5", "0", "10", "-3", "+-3", "9" * 19, "1e1", "0x2"])
def test_a_number_that_is_none_or_out_of_range_is_refused(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("A_NUMBER", written)
    with pytest.raises(ImproperlyConfigured, match="a whole number from 1 to 9, or leave it out for 5"):
        env.whole("A_NUMBER", 5, least=1, most=9)


def test_a_choice_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_CHOICE", "both")
    with pytest.raises(ImproperlyConfigured, match="one of sql, mongo"):
        env.one_of("A_CHOICE", ["sql", "mongo"], "sql")


def test_a_list_is_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_LIST", " a.example , b.example,, ")
    assert env.words("A_LIST") == ["a.example", "b.example"]


def test_the_environment_beats_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("IN_BOTH=file\nIN_FILE=file\n")
    monkeypatch.setenv("IN_BOTH", "environment")
    # Put back what reading the file is about to set.
    monkeypatch.setenv("IN_FILE", "")
    monkeypatch.delenv("IN_FILE")
    env.read_file(tmp_path / ".env")
    assert (env.text("IN_BOTH"), env.text("IN_FILE")) == ("environment", "file")
    monkeypatch.delenv("IN_FILE")


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("smtp://mail.example.com", 25),
        ("smtp+tls://user:a%20b@mail.example.com", 587),
        ("smtp+ssl://mail.example.com", 465),
        ("smtp+tls://mail.example.com:2525", 2525),
    ],
)
def test_mail_goes_to_the_usual_port_unless_another_is_named(
    monkeypatch: pytest.MonkeyPatch, url: str, port: int
) -> None:
    monkeypatch.setenv("A_URL", url)
    assert env.email("A_URL", "consolemail://")["EMAIL_PORT"] == port


def test_mail_is_printed_unless_something_else_is_said() -> None:
    assert env.email("A_URL", "consolemail://")["EMAIL_BACKEND"].endswith("console.EmailBackend")


@pytest.mark.parametrize("written", ["https://a.example/", "https://a.example"])
def test_an_address_ends_without_a_slash(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("A_SITE", written)
    assert env.site("A_SITE", "") == "https://a.example"


@pytest.mark.parametrize("written", ["a@b.example", "Counterpart <a@b.example>"])
def test_a_sender_is_an_address_with_or_without_a_name(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("A_SENDER", written)
    assert env.sender("A_SENDER", "") == written


@pytest.mark.parametrize("written", ["a@b\nBcc: c@d.example", "@", "a b@c"])
def test_what_is_no_sender_is_refused(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("A_SENDER", written)
    with pytest.raises(ImproperlyConfigured, match=r"It looks like Counterpart <counterpart@example\.com>"):
        env.sender("A_SENDER", "")


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"DEBUG": "perhaps"}, "DEBUG is “perhaps”. Set it to true or false"),
        ({"AUDIT_RETENTION_DAYS": "soon"}, "AUDIT_RETENTION_DAYS is “soon”"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL cannot be read"),
        ({"DATABASE_URL": "mongodb://user:s3cret@host/name"}, "DATABASE_URL cannot be read"),
        ({"DATABASE_URL": "postgres://user:s3cret@host:port/name"}, "DATABASE_URL cannot be read"),
        ({"CSRF_TRUSTED_ORIGINS": "example.org"}, "Each origin needs its scheme, as in https://example.org"),
        ({"EMAIL_URL": "nonsense"}, "EMAIL_URL cannot be read"),
        ({"EMAIL_URL": "smtp://"}, "EMAIL_URL cannot be read"),
        ({"EMAIL_URL": "smtp://user:s3cret@host:port"}, "EMAIL_URL cannot be read"),
        ({"EMAIL_URL": "imap://user:s3cret@host"}, "It looks like smtp+tls://user:password@host:587"),
        ({"DEFAULT_FROM_EMAIL": "Counterpart"}, "DEFAULT_FROM_EMAIL is “Counterpart”"),
        ({"SITE_URL": "counterpart.example.com"}, "SITE_URL is “counterpart.example.com”"),
        ({"SITE_URL": "https://"}, "It looks like https://counterpart.example.com"),
        ({"SITE_URL": "https://[host/?a=b"}, "SITE_URL is"),
        ({"RENDER": "true"}, "SECRET_KEY is not set"),
        ({"RENDER": "true", "SECRET_KEY": LONG_KEY, "DEBUG": "true"}, "DEBUG is on in production"),
    ],
)
def test_a_malformed_value_ends_the_start_with_one_sentence(variables: dict[str, str], sentence: str) -> None:
    ran = manage("check", **variables)
    assert (ran.returncode, ran.stderr.count("\n")) == (1, 1)
    assert ran.stderr.startswith("Counterpart cannot start: ")
    assert sentence in ran.stderr
    assert "s3cret" not in ran.stderr


def test_djangos_own_check_of_a_deployment_has_nothing_to_say() -> None:
    variables = {"RENDER": "true", "RENDER_EXTERNAL_HOSTNAME": "counterpart.onrender.com", "SECRET_KEY": LONG_KEY}
    ran = manage("check", "--deploy", "--fail-level", "WARNING", **variables)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_every_variable_that_is_read_is_documented() -> None:
    assert set(variables_read()) - documented() == set()


def test_every_variable_of_the_table_is_read() -> None:
    in_table = set(re.findall(r"^\| `([A-Z][A-Z_]+)` \|", OPERATIONS.read_text(), re.M))
    assert in_table - set(variables_read()) == set()
