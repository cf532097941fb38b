"""Everything that changes a contract, one function a use case.

Each runs in one transaction: compare with what the editor saw, adopt what other services wrote, write the paths
that change, append a revision, append an audit entry. All of it happens, or nothing.
"""

from contracts.services.changing import renew, restore, transition, update
from contracts.services.making import create, create_from_template
from contracts.services.removing import delete

__all__ = ["create", "create_from_template", "delete", "renew", "restore", "transition", "update"]
