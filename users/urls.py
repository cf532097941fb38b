"""Sign-in, sign-out and one's own password: of allauth's pages, the ones that are offered here."""

from allauth.account import views
from django.urls import path

urlpatterns = [
    path("sign-in/", views.login, name="account_login"),
    path("sign-out/", views.logout, name="account_logout"),
    path("account/password/", views.password_change, name="account_change_password"),
    path("account/confirm/", views.reauthenticate, name="account_reauthenticate"),
]
