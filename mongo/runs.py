"""What jobs did and when, one document a run, for people who ask whether a job runs at all."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from mongo.client import writing


def begin(job: str, started: datetime) -> ObjectId:
    """Note that a job has started; a run that never ends keeps `ended` empty. Raises MongoError."""
    run = ObjectId()
    with writing() as db:
        db.job_runs.insert_one({"_id": run, "job": job, "started": started, "ended": None, "outcome": None})
    return run


def end(run: ObjectId, ended: datetime, outcome: Mapping[str, Any]) -> None:
    """Note how a run ended: `outcome` counts what it did. Raises MongoError."""
    with writing() as db:
        db.job_runs.update_one({"_id": run}, {"$set": {"ended": ended, "outcome": dict(outcome)}})
