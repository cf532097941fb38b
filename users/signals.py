"""What this application announces."""

from django.dispatch import Signal

# An administrator has created, changed or deleted a user.
# Arguments: request, action (`noun.verb`), username, details.
user_administered = Signal()
