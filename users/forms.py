"""The forms of sign-in and passwords: allauth's, in our words."""

from typing import Any

from allauth.account import forms as allauth
from allauth.core import context
from django import forms
from django.contrib.auth.forms import AdminPasswordChangeForm, UserCreationForm

from users.signals import password_refused

HELP_ON_PASSWORDS = "At least 15 characters. Best are a few words that only you would put together, with spaces."


class SignInForm(allauth.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _without_placeholders(self)
        username, password = self.fields["login"], self.fields["password"]
        username.widget.attrs |= {"autofocus": True, "autocapitalize": "none", "spellcheck": "false"}
        username.error_messages["required"] = "Enter your username."
        password.error_messages["required"] = "Enter your password."
        password.help_text = "Forgotten it? Ask an administrator to set a new one."


class ChangePasswordForm(allauth.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _without_placeholders(self)
        current, new, again = (self.fields[name] for name in ("oldpassword", "password1", "password2"))
        current.label, new.label, again.label = "Current password", "New password", "New password again"
        current.help_text, new.help_text = "", HELP_ON_PASSWORDS
        current.wide = True
        current.error_messages["required"] = "Enter your current password."
        new.error_messages["required"] = "Enter a new password."
        again.error_messages["required"] = "Enter the new password a second time."

    def clean_oldpassword(self) -> str:
        try:
            return super().clean_oldpassword()
        except forms.ValidationError:
            password_refused.send(sender=type(self), request=context.request, user=self.user)
            raise


class ReauthenticateForm(allauth.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _without_placeholders(self)
        self.fields["password"].help_text = ""
        self.fields["password"].error_messages["required"] = "Enter your password."


class NewUserForm(UserCreationForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _explain_passwords(self)


class SetPasswordForm(AdminPasswordChangeForm):
    """An administrator gives a user a new password; taking passwords away is what switching off is for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("usable_password", None)
        _explain_passwords(self)


def _without_placeholders(form: forms.Form) -> None:
    # A placeholder that repeats the label goes away as soon as it would help.
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


def _explain_passwords(form: forms.Form) -> None:
    form.fields["password1"].help_text = HELP_ON_PASSWORDS
    form.fields["password2"].help_text = ""
    form.fields["password2"].label = "Password again"
