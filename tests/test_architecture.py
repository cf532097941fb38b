"""The architecture as a table that a machine checks: who may import whom, and what a template may hold."""

import ast
import re
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

import pytest
from django.conf import settings

# Each application may import itself and those below it; nobody imports config.
LAYERS = ("config", "contracts", "logs", "users", "mongo")
# The only ways from contracts to logs: a change and a download are audited, usage is compared with the terms.
SEAM = {
    ("contracts.saving", "logs.services.record_audit"),
    ("contracts.downloads", "logs.services.record_audit"),
    ("contracts.usage", "logs.usage"),
}
DRIVER = {"pymongo", "bson", "gridfs"}
# Kind of module → what it must not reach: pages do not write around the services, forms ask no database.
FORBIDDEN = {
    "views": r"(pymongo|bson|gridfs|mongo\.transaction|mongo\.client\.writing|\w+\.writes)\b",
    "forms": r"(pymongo|bson|gridfs|mongo\.client|mongo\.transaction|\w+\.(writes|repository|revisions))\b",
}
WRITES = r"(insert|add|append|store|save|update|upsert|replace|delete|remove|write)(_|$)"
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)|<style\b|\sstyle\s*=|\son[a-z]+\s*=|(href|src|action)\s*=\s*[\"']?\s*javascript:", re.I
)


def imported(tree: ast.AST, module: str) -> Iterator[str]:
    """Dotted names that a module imports, a relative import as seen from the module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = module.split(".")[: -node.level] if node.level else []
            inside = [*package, *([node.module] if node.module else [])]
            yield from (".".join([*inside, alias.name]) for alias in node.names)


def problems(module: str, source: str) -> list[str]:
    """What in a module of the project breaks a rule."""
    tree = ast.parse(source)
    found = [problem for name in imported(tree, module) if (problem := refusal(module, name))]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            hidden = [inner for inner in ast.walk(node) if isinstance(inner, ast.Import | ast.ImportFrom)]
            found += [f"{module} imports inside {node.name}()" for _ in hidden]
        if "views" in module.split(".") and writes_through_repository(node):
            found.append(f"{module} writes through a repository")
    return found


def refusal(module: str, name: str) -> str | None:
    """Why the module may not import the name; None where it may."""
    app, other = module.split(".")[0], name.split(".")[0]
    if "domain" in module.split("."):
        own = name.startswith(f"{app}.domain") or other in sys.stdlib_module_names
        return None if own else f"{module} is domain and imports {name}"
    if app == "contracts" and other == "logs" and (module, name) not in SEAM:
        return f"{module} imports {name} past the seam"
    if other in LAYERS and app in LAYERS and LAYERS.index(other) < LAYERS.index(app):
        return f"{module} imports {name} upwards"
    for kind, pattern in FORBIDDEN.items():
        if kind in module.split(".") and re.match(pattern, name):
            return f"{module} imports {name}"
    return None


def writes_through_repository(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.value.id.endswith(("repository", "revisions")) and bool(re.match(WRITES, node.attr))
    if isinstance(node, ast.ImportFrom) and (node.module or "").endswith((".repository", ".revisions")):
        return any(re.match(WRITES, alias.name) for alias in node.names)
    return False


def chosen(requirements: str) -> list[str]:
    """The packages of a requirements file that were chosen: those before what they bring along."""
    return re.findall(r"^([\w-]+)(?:\[\w+\])?==", requirements.partition("# What those bring along")[0], re.M)


def project() -> dict[str, str]:
    """Every module of the project with its source."""
    paths = (path for app in LAYERS for path in (settings.BASE_DIR / app).rglob("*.py"))
    return {".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts): path.read_text() for path in paths}


def graph(modules: dict[str, str]) -> dict[str, set[str]]:
    """Module → modules of the project that it imports."""
    return {
        module: {known for name in imported(ast.parse(source), module) for known in ends(name, modules)} - {module}
        for module, source in modules.items()
    }


def ends(name: str, modules: dict[str, str]) -> Iterator[str]:
    """The module a dotted name lies in."""
    yield from (known for known in (name, name.rpartition(".")[0]) if known in modules)


@pytest.mark.parametrize(("module", "source"), sorted(project().items()), ids=sorted(project()))
def test_every_module_keeps_the_rules(module: str, source: str) -> None:
    assert problems(module, source) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    TopologicalSorter(graph(project())).prepare()


def test_no_template_holds_inline_script_style_or_handlers() -> None:
    templates = (settings.BASE_DIR / "templates").rglob("*.html")
    assert [path.name for path in templates if INLINE.search(path.read_text())] == []


def test_every_dependency_has_its_reason() -> None:
    reasons = (settings.BASE_DIR / "docs" / "decisions" / "0008-dependencies.md").read_text()
    files = ["requirements.txt", "requirements-local.txt", "requirements-dev.txt"]
    wanted = [name for file in files for name in chosen((settings.BASE_DIR / file).read_text())]
    assert [name for name in wanted if f"| {name} |" not in reasons] == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("mongo.client", "from users.access import can"),
        ("users.views", "import config.settings"),
        ("logs.services", "from contracts import repository"),
        ("contracts.services", "from logs.services import log_transaction"),
        ("contracts.views.index", "from logs import repository"),
        ("contracts.domain.model", "from django.db import models"),
        ("contracts.domain.model", "from mongo import codec"),
        ("logs.domain.entries", "from contracts.domain import model"),
        ("contracts.views.index", "import pymongo"),
        ("contracts.views.index", "from bson import ObjectId"),
        ("contracts.views.index", "from contracts import writes"),
        ("contracts.views.index", "from mongo.client import writing"),
        ("logs.views.entry", "repository.insert_many([])"),
        ("logs.views.entry", "from logs.repository import delete_entry"),
        ("contracts.forms.terms", "from contracts import repository"),
        ("users.access", "def late():\n    from mongo import client"),
        ("contracts.domain.model", "from .. import documents"),
    ],
)
def test_the_check_finds_a_module_that_breaks_a_rule(module: str, source: str) -> None:
    assert problems(module, source)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("config.views", "from contracts import repository\nfrom mongo.client import reading"),
        ("contracts.saving", "from logs.services import record_audit\nfrom contracts import writes"),
        ("contracts.usage", "from logs import usage"),
        ("contracts.views.index", "from contracts import repository\nrepository.find_page()"),
        ("logs.domain.filters", "from datetime import date\nfrom logs.domain.entries import Entry"),
    ],
)
def test_the_check_lets_a_module_pass_that_keeps_them(module: str, source: str) -> None:
    assert problems(module, source) == []


def test_the_check_finds_a_circle() -> None:
    modules = {"mongo.a": "from mongo import b", "mongo.b": "import mongo.c", "mongo.c": "from mongo.a import x"}
    with pytest.raises(CycleError):
        TopologicalSorter(graph(modules)).prepare()


@pytest.mark.parametrize(
    "html",
    ["<script>1</script>", '<p style="a">', "<style>", '<a onclick="x()">', '<a href="javascript:x()">'],
)
def test_the_check_finds_what_a_template_must_not_hold(html: str) -> None:
    assert INLINE.search(html)


def test_the_check_lets_scripts_of_our_own_files_pass() -> None:
    assert not INLINE.search('<script src="{% static \'app.js\' %}" defer></script><p class="style">on = off</p>')
