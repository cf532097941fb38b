"""What this application announces."""

from django.dispatch import Signal

# An administrator has created, changed or deleted a user.
# Arguments: request, action (`noun.verb`), username, details.
user_administered = Signal()

# A token was made (`token.created`), revoked (`token.revoked`), or tried after its end (`token.refused`).
# Arguments: actor, action, name of the token, details.
token_event = Signal()
