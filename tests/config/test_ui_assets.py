"""The bundles, the sprite, the checks and what every page is given."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from config.ui import context
from config.ui.bundles import BUNDLES, BundleFinder, joined
from config.ui.checks import icons_exist, missing_in_sprite, unknown_to_lucide
from config.ui.sprite import ICONS, current_digest, drawing

STATIC = Path(settings.BASE_DIR) / "static"


@pytest.fixture
def finder(settings: Settings, tmp_path: Path) -> BundleFinder:
    settings.DATA_DIR = tmp_path
    return BundleFinder()


# Bundles --------------------------------------------------------------------------------------------------


def test_a_bundle_holds_its_parts_in_order() -> None:
    css = joined(STATIC, BUNDLES["app.css"]).decode()

    assert css.index("@layer reset, base") < css.index(".app {") < css.index("@media print")


def test_a_bundle_is_found_and_is_up_to_date(finder: BundleFinder) -> None:
    path = Path(str(finder.find("app.js")))
    path.write_text("old")

    assert Path(str(finder.find("app.js"))).read_bytes() == joined(STATIC, BUNDLES["app.js"])


def test_a_bundle_that_is_up_to_date_is_not_written_again(finder: BundleFinder) -> None:
    path = Path(str(finder.find("app.css")))
    written = path.stat().st_ino

    assert Path(str(finder.find("app.css"))).stat().st_ino == written


def test_the_finder_knows_nothing_else(finder: BundleFinder) -> None:
    assert finder.find("css/base.css") == []
    assert finder.find("app.css", find_all=True) == [str(finder.storage.path("app.css"))]


def test_staticfiles_finds_the_bundles() -> None:
    assert finders.find("app.css").endswith("app.css")


def test_every_part_exists_and_every_file_is_a_part(finder: BundleFinder) -> None:
    files = {str(path.relative_to(STATIC)) for path in STATIC.rglob("*") if path.suffix in {".css", ".js"}}
    parts = {part for bundle in BUNDLES.values() for part in bundle}

    assert finder.check() == []
    assert files - parts == {"css/admin.css"}


def test_each_script_is_a_function_of_its_own() -> None:
    for part in BUNDLES["app.js"]:
        code = re.sub(r"^//.*\n", "", (STATIC / part).read_text(), flags=re.MULTILINE).strip()
        assert code.startswith('(() => {\n  "use strict";'), part
        assert code.endswith("})();"), part


def test_collected_bundles_are_named_by_their_content_and_compressed(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }

    call_command("collectstatic", interactive=False, verbosity=0)

    assert len(list(tmp_path.glob("app.*.css.br"))) == len(list(tmp_path.glob("app.*.js.br"))) == 1
    assert sum(path.stat().st_size for path in tmp_path.glob("app.*.br")) < 25_000


# Icons ----------------------------------------------------------------------------------------------------


def test_all_icons_exist() -> None:
    assert icons_exist() == []


def test_an_icon_that_lucide_has_renamed_fails_the_check() -> None:
    assert [error.id for error in unknown_to_lucide(["plus", "no-such-icon"])] == ["config.E001"]


def test_a_template_with_an_icon_that_is_not_in_the_sprite_fails_the_check(tmp_path: Path) -> None:
    source = """{% icon "plus" %}{% icon 'rocket' %}{% include "b" with action_icon="ghost" %}"""
    (tmp_path / "a.html").write_text(source)

    ghost, rocket = missing_in_sprite([tmp_path])

    assert ghost.msg == "a.html uses the icon “ghost”, which is not in the sprite."
    assert "“rocket”" in rocket.msg


def test_the_sprite_is_kept_for_ever_under_its_own_name(client: Client) -> None:
    answer = client.get(reverse("sprite", args=[current_digest()]))

    assert answer["Content-Type"] == "image/svg+xml"
    assert "immutable" in answer["Cache-Control"]
    assert answer.content.decode() == drawing()


def test_the_sprite_of_another_release_is_not_kept(client: Client) -> None:
    assert "immutable" not in client.get(reverse("sprite", args=["0000"]))["Cache-Control"]


def test_the_sprite_holds_each_icon_once() -> None:
    assert re.findall(r'<symbol id="([\w-]+)"', drawing()) == list(ICONS)
    assert len(set(ICONS)) == len(ICONS)


# What every page is given ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cookie", "theme"), [("dark", "dark"), ("auto", "auto"), ('"><script>', "auto"), (None, "auto")]
)
def test_the_theme_is_one_of_three(cookie: str | None, theme: str) -> None:
    request = RequestFactory().get("/")
    if cookie:
        request.COOKIES["theme"] = cookie

    assert context.theme_of(request) == theme


def navigation_of(user: User | AnonymousUser, path: str = "/") -> list[str]:
    request = RequestFactory().get(path)
    request.user = user
    return [line.label + "*" * line.current for group in context.navigation(request) for line in group.items]


def test_nobody_who_is_not_signed_in_has_a_navigation() -> None:
    assert navigation_of(AnonymousUser()) == []


def test_the_navigation_shows_what_the_user_may_see(viewer: User, admin_user: User) -> None:
    assert navigation_of(viewer) == ["Overview*", "Contracts"]
    found = navigation_of(admin_user, "/contracts/new/")
    assert found == "Overview, Contracts*, Transactions, Agent runs, Audit trail, Users, API tokens".split(", ")


def test_the_person_has_the_role_in_words(manager: User) -> None:
    request = RequestFactory().get("/")
    request.user = manager

    assert context.person(request) == {"name": "manager", "role": "Account manager"}


def test_giving_a_page_its_context_asks_no_sql(
    viewer: User, django_assert_num_queries: type[CaptureQueriesContext]
) -> None:
    request = RequestFactory().get("/")
    request.user = viewer
    with django_assert_num_queries(0):
        page = context.page(request)
    with django_assert_num_queries(1):
        Template("{{ nav }}{{ nav }}{{ person.role }}").render(Context(page))
