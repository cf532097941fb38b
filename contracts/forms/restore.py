"""The small form that restores the terms of an older version."""

from django import forms

from contracts.forms.kinds import QuietForm


class RestoreForm(QuietForm):
    """Why the terms come back; nothing else is asked for."""

    reason = forms.CharField(label="Reason", required=False, max_length=500, help_text="Kept in the history.")
