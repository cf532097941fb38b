"""Django's admin, for users and roles alone, in which nobody can raise themselves above their own rights."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth import admin as stock
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db.models import Field, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString

from users.access import ACCOUNT_MANAGER, ADMINISTRATOR, ROLES, VIEWER
from users.announcing import AnnouncingAdmin, AnnouncingRoleAdmin, role_names
from users.forms import NewUserForm, SetPasswordForm

MAY = {
    VIEWER: "See contracts and their histories.",
    ACCOUNT_MANAGER: "What viewers may; create and edit contracts, which includes their status.",
    ADMINISTRATOR: "What account managers may; delete contracts; manage users.",
}
HELP = {
    "username": "Letters, digits and @ . + - _. Histories name the user by it, so it cannot be changed later.",
    "is_active": "Who is not active cannot sign in. Prefer this to deleting a user.",
    "groups": "What each role may do stands under Groups. A user without a role sees nothing.",
    "is_superuser": "Has all rights without any role, and alone may change other superusers.",
}
OWN_PAGE = "This is you. Another administrator can change your role, make you inactive or delete you."


class UserAdminSite(admin.AdminSite):
    """A site of its own, so that nothing which another package registers gets in."""

    site_title = site_header = "Counterpart"
    index_title = "Administration"
    enable_nav_sidebar = False

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one sign-in page; who has signed in and is still sent here may not enter."""
        if request.user.is_authenticated:
            raise PermissionDenied("users.manage")
        return redirect("admin:index")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("account_change_password")


site = UserAdminSite()


class RoleFilter(admin.RelatedFieldListFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "role"


@admin.register(User, site=site)
class UserAdmin(AnnouncingAdmin, stock.UserAdmin):
    """Only superusers may touch superusers, and nobody their own role."""

    form = forms.ModelForm
    add_form = NewUserForm
    add_form_template = None
    change_password_form = SetPasswordForm
    names = ("first_name", "last_name", "email")
    add_fieldsets = (
        (None, {"fields": ("username", "password1", "password2")}),
        ("Person", {"fields": names}),
        ("Rights", {"fields": ("groups",)}),
    )
    list_display = ("username", "full_name", "roles", "is_active", "last_login")
    list_filter = (("groups", RoleFilter), "is_active")
    filter_horizontal = ()
    actions = None

    @admin.display(description="Name", ordering="last_name", empty_value="–")
    def full_name(self, user: User) -> str | None:
        return user.get_full_name() or None

    @admin.display(description="Role", empty_value="–")
    def roles(self, user: User) -> str | None:
        return ", ".join(role_names(user)) or ("Superuser" if user.is_superuser else None)

    @admin.display(description="Password")
    def password_link(self, user: User) -> SafeString:
        url = reverse("admin:auth_user_password_change", args=[user.pk])
        return format_html('<a class="button" href="{}">Set a new password</a>', url)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return self.add_fieldsets
        may_change = self.has_change_permission(request, obj)
        rights = ("is_active", "groups", *(["is_superuser"] if request.user.is_superuser else []))
        return (
            (None, {"fields": ("username", *(["password_link"] if may_change else []))}),
            ("Person", {"fields": self.names}),
            ("Rights", {"fields": rights, "description": OWN_PAGE if obj == request.user else ""}),
            ("Dates", {"fields": ("last_login", "date_joined")}),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Since nobody can lower themselves, there is always one administrator left."""
        if obj is None:
            return ()
        own = ("is_active", "groups", "is_superuser") if obj == request.user else ()
        return ("username", "password_link", "last_login", "date_joined", *own)

    def get_form(self, request: HttpRequest, obj: User | None = None, **kwargs: Any) -> type[forms.ModelForm]:
        return super().get_form(request, obj, help_texts=HELP, labels={"groups": "Roles"}, **kwargs)

    def formfield_for_manytomany(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> forms.Field:
        return super().formfield_for_manytomany(db_field, request, widget=forms.CheckboxSelectMultiple, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and _is_within_reach(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        allowed = super().has_delete_permission(request, obj) and _is_within_reach(request, obj)
        return allowed and obj != request.user

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """One's own password is changed by who knows the present one."""
        if self.get_object(request, unquote(id)) == request.user:
            return redirect("account_change_password")
        return super().user_change_password(request, id, form_url)


@admin.register(Group, site=site)
class RoleAdmin(AnnouncingRoleAdmin):
    """Roles are part of the product: they are explained here, not changed."""

    list_display = ("name", "may", "members")
    fields = ("name", "may", "members")
    ordering = ("pk",)
    actions = None

    @admin.display(description="May", empty_value="Nothing: Counterpart does not know this group.")
    def may(self, group: Group) -> str | None:
        return MAY.get(group.name)

    @admin.display(description="Users", empty_value="–")
    def members(self, group: Group) -> str | None:
        return ", ".join(sorted(user.username for user in group.user_set.all())) or None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        return super().get_queryset(request).prefetch_related("user_set")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or obj.name not in ROLES)


def _is_within_reach(request: HttpRequest, user: User | None) -> bool:
    """Whether the user is not above the one who asks."""
    return user is None or request.user.is_superuser or not user.is_superuser
