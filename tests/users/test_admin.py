"""Django's admin for users and roles: what administrators may do there, and what nobody may."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve

from tests.conftest import PASSWORD, client_for
from users.access import ACCOUNT_MANAGER, ADMINISTRATOR, ROLES, VIEWER
from users.admin import site

pytestmark = pytest.mark.django_db

NEW = "quite another long phrase"


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root", password=PASSWORD)


def group_id(role: str) -> int:
    return Group.objects.get(name=role).pk


def save(client: Client, user: User, **fields: object) -> HttpResponse:
    """Send the user's page with these fields; what is left out is what an unticked box sends, nothing."""
    return client.post(f"/admin/auth/user/{user.pk}/change/", fields)


def roles_of(user: User) -> list[str]:
    return sorted(user.groups.values_list("name", flat=True))


def test_it_holds_users_and_groups_and_nothing_else() -> None:
    assert set(site._registry) == {User, Group}


@pytest.mark.parametrize("path", ["/admin/", "/admin/auth/user/", "/admin/auth/group/"])
def test_the_site_that_other_packages_register_with_is_not_the_one_that_is_served(path: str) -> None:
    view = resolve(path).func
    assert getattr(view, "admin_site", None) is site or view.model_admin.admin_site is site


@pytest.mark.parametrize("path", ["/admin/", "/admin/auth/user/", "/admin/auth/group/", "/admin/auth/user/add/"])
def test_others_than_administrators_may_not_enter(path: str, viewer_client: Client, manager: User) -> None:
    assert viewer_client.get(path, follow=True).status_code == 403
    assert client_for(manager).get(path, follow=True).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/admin/",
        "/admin/auth/",
        "/admin/auth/user/",
        "/admin/auth/user/?groups__id__exact=1&q=a",
        "/admin/auth/user/add/",
        "/admin/auth/group/",
    ],
)
def test_administrators_may_enter(path: str, admin_client: Client) -> None:
    assert admin_client.get(path).status_code == 200


@pytest.mark.parametrize("part", ["change", "password", "delete", "history"])
def test_administrators_may_look_after_a_user(part: str, admin_client: Client, viewer: User) -> None:
    assert admin_client.get(f"/admin/auth/user/{viewer.pk}/{part}/").status_code == 200


def test_the_list_asks_the_database_as_often_for_many_users_as_for_few(
    admin_client: Client, django_assert_max_num_queries: object
) -> None:
    for number in range(20):
        User.objects.create_user(f"user{number}").groups.add(group_id(VIEWER))
    with django_assert_max_num_queries(10):
        admin_client.get("/admin/auth/user/")


def test_a_user_is_made_with_a_role_in_one_step(admin_client: Client) -> None:
    passwords = {"password1": NEW, "password2": NEW}
    admin_client.post("/admin/auth/user/add/", {"username": "maya", "groups": group_id(ADMINISTRATOR), **passwords})
    maya = User.objects.get(username="maya")
    assert roles_of(maya) == [ADMINISTRATOR]
    assert maya.is_staff
    assert maya.check_password(NEW)


@pytest.mark.parametrize("password", ["too short", "123456789987654321"])
def test_a_user_is_not_made_with_a_password_that_is_refused(password: str, admin_client: Client) -> None:
    admin_client.post("/admin/auth/user/add/", {"username": "m", "password1": password, "password2": password})
    assert not User.objects.filter(username="m").exists()


def test_two_usernames_that_differ_in_case_alone_are_refused(admin_client: Client, viewer: User) -> None:
    admin_client.post("/admin/auth/user/add/", {"username": "Viewer", "password1": NEW, "password2": NEW})
    assert User.objects.filter(username__iexact="viewer").count() == 1


def test_a_role_is_given_and_taken(admin_client: Client, viewer: User) -> None:
    save(admin_client, viewer, is_active="on", groups=[group_id(ADMINISTRATOR)])
    assert roles_of(viewer) == [ADMINISTRATOR]
    assert User.objects.get(pk=viewer.pk).is_staff
    save(admin_client, viewer, is_active="on", groups=[group_id(ACCOUNT_MANAGER)])
    assert not User.objects.get(pk=viewer.pk).is_staff


def test_a_username_stays_as_it_is(admin_client: Client, viewer: User) -> None:
    save(admin_client, viewer, is_active="on", username="somebody")
    viewer.refresh_from_db()
    assert viewer.username == "viewer"


def test_a_new_password_ends_the_users_sessions(admin_client: Client, viewer: User) -> None:
    theirs = client_for(viewer)
    admin_client.post(f"/admin/auth/user/{viewer.pk}/password/", {"password1": NEW, "password2": NEW})
    assert theirs.get("/account/password/").status_code == 302
    viewer.refresh_from_db()
    assert viewer.check_password(NEW)


@pytest.mark.parametrize("extra", [{}, {"usable_password": "false", "unset-password": "1"}])
def test_a_password_is_not_set_to_nothing(extra: dict[str, str], admin_client: Client, viewer: User) -> None:
    admin_client.post(f"/admin/auth/user/{viewer.pk}/password/", {"password1": "", "password2": "", **extra})
    viewer.refresh_from_db()
    assert viewer.check_password(PASSWORD)


def test_an_administrator_makes_nobody_a_superuser(admin_client: Client, viewer: User) -> None:
    everything = Permission.objects.values_list("pk", flat=True)
    save(admin_client, viewer, is_active="on", is_superuser="on", is_staff="on", user_permissions=list(everything))
    viewer.refresh_from_db()
    assert not viewer.is_superuser
    assert not viewer.is_staff
    assert not viewer.user_permissions.exists()


def test_an_administrator_adds_no_superuser(admin_client: Client) -> None:
    fields = {"username": "evil", "password1": NEW, "password2": NEW, "is_superuser": "on", "is_staff": "on"}
    admin_client.post("/admin/auth/user/add/", fields)
    evil = User.objects.get(username="evil")
    assert not evil.is_superuser
    assert not evil.is_staff


def test_an_administrator_does_not_see_the_superusers_box(admin_client: Client, viewer: User) -> None:
    page = admin_client.get(f"/admin/auth/user/{viewer.pk}/change/").text
    assert "is_superuser" not in page
    assert "user_permissions" not in page


@pytest.mark.parametrize("part", ["change", "password", "delete"])
def test_an_administrator_changes_no_superuser(part: str, admin_client: Client, root: User) -> None:
    form = {"password1": NEW, "password2": NEW, "post": "yes", "first_name": "Changed"}
    assert admin_client.post(f"/admin/auth/user/{root.pk}/{part}/", form).status_code == 403
    root.refresh_from_db()
    assert root.check_password(PASSWORD)
    assert root.first_name == ""


def test_an_administrator_may_look_at_a_superuser(admin_client: Client, root: User) -> None:
    page = admin_client.get(f"/admin/auth/user/{root.pk}/change/")
    assert page.status_code == 200
    assert "Set a new password" not in page.text


def test_a_superuser_makes_superusers(root: User, viewer: User) -> None:
    save(client_for(root), viewer, is_active="on", is_superuser="on")
    viewer.refresh_from_db()
    assert viewer.is_superuser
    assert viewer.is_staff


@pytest.mark.parametrize("who", ["admin", "root"])
def test_nobody_lowers_or_switches_off_themselves(who: str, admin_user: User, root: User) -> None:
    me = User.objects.get(username=who)
    before = roles_of(me)
    save(client_for(me), me, first_name="Ada")
    me.refresh_from_db()
    assert me.first_name == "Ada"
    assert (me.is_active, me.is_superuser, roles_of(me)) == (True, who == "root", before)


def test_ones_own_page_says_why(admin_client: Client, admin_user: User) -> None:
    page = admin_client.get(f"/admin/auth/user/{admin_user.pk}/change/").text
    assert "Another administrator can change your role" in page


def test_nobody_deletes_themselves(admin_client: Client, admin_user: User) -> None:
    assert admin_client.post(f"/admin/auth/user/{admin_user.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=admin_user.pk).exists()


def test_users_are_deleted_one_by_one(admin_client: Client, viewer: User) -> None:
    form = {"action": "delete_selected", "_selected_action": [viewer.pk], "post": "yes"}
    admin_client.post("/admin/auth/user/", form)
    assert User.objects.filter(pk=viewer.pk).exists()


@pytest.mark.parametrize("address", ["{}", "0{}"])
def test_ones_own_password_is_changed_where_the_present_one_is_asked(address: str) -> None:
    me = User.objects.create_superuser("me", pk=7, password=PASSWORD)
    form = {"password1": NEW, "password2": NEW}
    assert client_for(me).post(f"/admin/auth/user/{address.format(7)}/password/", form).url == "/account/password/"


def test_the_admins_own_password_page_and_sign_out_are_ours(admin_client: Client) -> None:
    assert admin_client.get("/admin/password_change/").url == "/account/password/"
    assert admin_client.post("/admin/logout/").url == "/sign-out/"


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_neither_renamed_nor_deleted(role: str, root: User) -> None:
    client, page = client_for(root), f"/admin/auth/group/{group_id(role)}"
    assert client.post(f"{page}/change/", {"name": "Renamed"}).status_code == 403
    assert client.post(f"{page}/delete/", {"post": "yes"}).status_code == 403
    assert Group.objects.filter(name=role).exists()


def test_no_role_is_added(root: User) -> None:
    assert client_for(root).post("/admin/auth/group/add/", {"name": "New"}).status_code == 403


def test_a_group_that_is_no_role_may_be_deleted(admin_client: Client) -> None:
    stray = Group.objects.create(name="Stray")
    admin_client.post(f"/admin/auth/group/{stray.pk}/delete/", {"post": "yes"})
    assert not Group.objects.filter(name="Stray").exists()


def test_the_roles_are_explained(admin_client: Client) -> None:
    page = admin_client.get("/admin/auth/group/").text
    assert "they cannot be added, renamed or deleted" in page
    assert "See contracts and their histories." in page
    assert "delete contracts; manage users." in page


@pytest.mark.parametrize(
    ("cookie", "shown"), [("dark", "theme-dark"), ("light", "theme-light"), ('x"><b>', "theme-auto")]
)
def test_it_follows_the_colours_chosen(cookie: str, shown: str, admin_client: Client) -> None:
    admin_client.cookies["theme"] = cookie
    assert f'class="{shown} ' in admin_client.get("/admin/").text


def test_there_is_a_way_back(admin_client: Client) -> None:
    assert '<a href="/">Back to Counterpart</a>' in admin_client.get("/admin/auth/user/").text
