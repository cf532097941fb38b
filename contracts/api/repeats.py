"""A request that may come again under its Idempotency-Key: it is done once, and answered alike."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from contracts import revisions
from mongo import repeats
from users.api import caller_of

NAMESPACE = uuid.UUID("6d1a1f0c-52a5-4c0e-9a57-0c2f4f3c1f0e")


class Repeatable:
    """The id of the form that a request stands for, None without a key; the same for the same request and key."""

    def __init__(self, request: HttpRequest, key: str | None, sent: Mapping[str, Any]) -> None:
        self._caller, self._key = caller_of(request), key
        asked = json.dumps([request.method, request.path, sent], sort_keys=True, default=str)
        self._asked = hashlib.sha256(asked.encode()).hexdigest()
        self.form_id = str(uuid.uuid5(NAMESPACE, f"{self._caller}\n{key}\n{self._asked}")) if key else None

    def note(self, now: datetime) -> None:
        """Note the key. Raises KeyReused where it came with another request, and MongoError."""
        if self._key is not None:
            repeats.note(self._caller, self._key, self._asked, now)

    def done(self, edit_id: str) -> dict[str, Any] | None:
        """The document that this very request led to before, by the id of its save; None where it did not."""
        revision = revisions.saved_by(edit_id) if self._key is not None else None
        return revisions.document_of(revision) if revision else None
