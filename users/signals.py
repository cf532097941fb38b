"""What this application announces."""

from django.dispatch import Signal

# An administrator has created, changed or deleted a user, or deleted a role.
# Arguments: actor, action (`noun.verb`), name of the user or role, details.
user_administered = Signal()

# Somebody gave a password too often, or sent too many forms that hold one, and is refused for a while.
# Arguments: request, name of whose password it is, limit.
tries_limited = Signal()

# Who is signed in gave a password of their own that is wrong.
# Arguments: request, user.
password_refused = Signal()

# A token was made (`token.created`), revoked (`token.revoked`), or tried after its end (`token.refused`).
# Arguments: actor, action, name of the token, details.
token_event = Signal()
