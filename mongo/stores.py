"""The indexes of the small stores, which every part of the product shares."""

from mongo.indexes import index

INDEXES = [
    # These carry the moment at which they expire; readers check it too, since the sweep runs once a minute.
    index("cache_entries", "expires_at", expire_after=0),
    index("sessions", "expires_at", expire_after=0),
    index("saved_views", "user", "page", "name", unique=True),
    index("bulk_runs", "who", "-at"),
    index("upsell", "account", unique=True),
    index("alerts", "kind", "-since"),
    index("job_runs", "job", "-started"),
]
