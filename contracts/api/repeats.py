"""A request that may come again under its Idempotency-Key: it is done once, and answered alike."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from contracts import revisions, saving
from mongo import repeats

NAMESPACE = uuid.UUID("6d1a1f0c-52a5-4c0e-9a57-0c2f4f3c1f0e")


class Repeatable:
    """The id of the form that a request stands for, None without a key; the same for the same request and key."""

    def __init__(self, request: HttpRequest, key: str | None, sent: Mapping[str, Any]) -> None:
        self._caller, self._key = f"token:{request.auth.pk}", key
        asked = json.dumps([request.method, request.path, sent], sort_keys=True, default=str)
        self._asked = hashlib.sha256(asked.encode()).hexdigest()
        self.form_id = str(uuid.uuid5(NAMESPACE, f"{self._caller}\n{key}\n{self._asked}")) if key else None

    def done(self, *names: str, now: datetime) -> dict[str, Any] | None:
        """The document that this very request led to before, None where it did not; `names` are those of the save.

        Raises KeyReused where the key came with another request, and MongoError.
        """
        if self._key is None:
            return None
        repeats.note(self._caller, self._key, self._asked, now)
        revision = revisions.saved_by(saving.edit_id_of(self.form_id, *names))
        return revisions.document_of(revision) if revision else None
