"""Sign-in, sign-out and one's own password, of allauth's pages the ones that are offered here; and API tokens."""

from allauth.account import views
from django.urls import path

from users import machines
from users.tries import limited

urlpatterns = [
    path("sign-in/", limited(views.login), name="account_login"),
    path("sign-out/", views.logout, name="account_logout"),
    path("account/password/", views.password_change, name="account_change_password"),
    path("account/confirm/", views.reauthenticate, name="account_reauthenticate"),
    path("tokens/", machines.every, name="tokens"),
    path("tokens/new/", machines.new, name="token_new"),
    path("tokens/<int:token_id>/revoke/", machines.revoke, name="token_revoke"),
]
