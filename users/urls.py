"""Sign-in, sign-out and one's own password, of allauth's pages the ones that are offered here; and API tokens."""

from allauth.account import views
from django.urls import path

from users import machines
from users.tries import CHANGES_OF_USER, CONFIRMATIONS_OF_USER, FORMS_OF_ADDRESS, address_of, limited, user_of

urlpatterns = [
    path("sign-in/", limited(FORMS_OF_ADDRESS, address_of)(views.login), name="account_login"),
    path("sign-out/", views.logout, name="account_logout"),
    path(
        "account/password/",
        limited(CHANGES_OF_USER, user_of)(views.password_change),
        name="account_change_password",
    ),
    path(
        "account/confirm/",
        limited(CONFIRMATIONS_OF_USER, user_of)(views.reauthenticate),
        name="account_reauthenticate",
    ),
    path("tokens/", machines.every, name="tokens"),
    path("tokens/new/", machines.new, name="token_new"),
    path("tokens/<int:token_id>/revoke/", machines.revoke, name="token_revoke"),
]
