"""Errors that stop at this edge: whatever the driver raises leaves this package as one of these."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Inexact
from typing import NoReturn

from bson.errors import BSONError
from dns.exception import DNSException
from pymongo.errors import (
    ConfigurationError,
    ConnectionFailure,
    DuplicateKeyError,
    ExecutionTimeout,
    InvalidName,
    InvalidOperation,
    NetworkTimeout,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
    WriteConcernError,
)

# A unique index holds the value already.
DUPLICATE_KEY = 11_000
AUTHENTICATION_CODES = {13, 18, 8000}
# An operation takes more memory than the server gives it: small clusters give 100 MB, and no disk.
MEMORY_CODES = {146, 292, 16945}
# The driver says so of itself, without asking a server that may well be hanging.
BUDGET_SPENT_TEXT = "would exceed time limit"
QUOTA_TEXT = "space quota"
STANDALONE_TEXT = "Transaction numbers are only allowed"


class MongoError(Exception):
    """The base of all errors of this package; the message is fit to show to a user."""


class MongoNotConfigured(MongoError):
    """MONGODB_URI is not set, so there is no MongoDB to ask."""

    def __init__(self) -> None:
        super().__init__("MongoDB is not configured. Set MONGODB_URI to the address of a replica set and restart.")


class MongoUnavailable(MongoError):
    """MongoDB did not answer within the time allowed; nothing was written."""


class MongoSlow(MongoUnavailable):
    """MongoDB is there, and ended an operation that took too long or too much memory."""


class OutcomeUnknown(MongoUnavailable):
    """The answer to a write was lost: it may or may not have been applied."""


class MongoRefused(MongoError):
    """MongoDB is there and refuses the operation: rights, quota, or a value it cannot hold."""


class Duplicate(MongoError):
    """A unique index already holds the value; `fields` names the index's fields."""

    def __init__(self, fields: tuple[str, ...]) -> None:
        self.fields = fields
        super().__init__(f"The value of {', '.join(fields) or 'a unique field'} is taken already.")


def is_lost_connection(error: BaseException) -> bool:
    """Whether the error says that the server is away or hangs, rather than that it refuses."""
    return isinstance(error, ConnectionFailure | WaitQueueTimeoutError | ExecutionTimeout) or bool(
        getattr(error, "timeout", False)
    )


def may_have_been_written(error: PyMongoError) -> bool:
    """Whether a failed write can have been applied all the same."""
    if isinstance(error, ServerSelectionTimeoutError | WaitQueueTimeoutError):
        return False
    return isinstance(error, ConnectionFailure | NetworkTimeout | ExecutionTimeout | WriteConcernError)


@contextmanager
def translated(*, write: bool = False, transaction: bool = False) -> Iterator[None]:
    """Turn the driver's errors into ours.

    Inside a transaction nothing is applied before the commit, so its outcome is unknown only where the driver
    says so of the commit itself.
    """
    try:
        yield
    except MongoError:
        raise
    except PyMongoError as error:
        if transaction:
            unknown = error.has_error_label("UnknownTransactionCommitResult")
        else:
            unknown = write and may_have_been_written(error)
        _raise(error, unknown=unknown, write=write or transaction)
    except Inexact as error:
        raise MongoRefused("MongoDB cannot hold this value: a number has more than 34 digits.") from error
    except RecursionError as error:
        raise MongoRefused("MongoDB cannot hold this value: it is nested too deeply.") from error
    except (BSONError, OverflowError, UnicodeEncodeError) as error:
        raise MongoRefused(f"MongoDB cannot hold this value: {_short(error)}.") from error


def _raise(error: PyMongoError, *, unknown: bool, write: bool) -> NoReturn:
    if unknown:
        raise OutcomeUnknown(
            "MongoDB's answer was lost, so it is not known whether the change was saved."
        ) from error
    if isinstance(error, DuplicateKeyError):
        raise Duplicate(tuple((error.details or {}).get("keyPattern", {}))) from error
    if isinstance(error, ExecutionTimeout) and BUDGET_SPENT_TEXT not in str(error):
        raise MongoSlow(
            "Others kept MongoDB busy with this for too long, so nothing was saved."
            if write
            else "This took MongoDB too long. Ask for less, for example with another filter."
        ) from error
    if is_lost_connection(error):
        raise MongoUnavailable("MongoDB did not answer in time.") from error
    if isinstance(error.__cause__, DNSException):
        raise MongoUnavailable("The server that MONGODB_URI names cannot be found.") from error
    if isinstance(error, ConfigurationError | InvalidName | InvalidOperation):
        raise MongoRefused(f"The MongoDB client is not set up rightly: {_short(error)}.") from error
    if isinstance(error, OperationFailure):
        _raise_refusal(error)
    raise MongoUnavailable("MongoDB could not be asked.") from error


def _raise_refusal(error: OperationFailure) -> NoReturn:
    # Labels tell a server that is overloaded or stepping down from one that refuses.
    if error.has_error_label("TransientTransactionError") or error.has_error_label("SystemOverloadedError"):
        raise MongoUnavailable("MongoDB is too busy to answer.") from error
    if error.code in MEMORY_CODES:
        raise MongoSlow(
            "This takes more memory than MongoDB has. Ask for less, for example for fewer days."
        ) from error
    if QUOTA_TEXT in str(error):
        raise MongoRefused("MongoDB's storage is full: reading works, writing does not.") from error
    if STANDALONE_TEXT in str(error):
        raise MongoRefused(
            "MongoDB runs as a standalone; saving needs transactions, which only a replica set has."
        ) from error
    if error.code in AUTHENTICATION_CODES:
        raise MongoRefused(
            "MongoDB refuses the user or password in MONGODB_URI, or the right to do this."
        ) from error
    raise MongoRefused(f"MongoDB refuses the operation (code {error.code}).") from error


def _short(error: BaseException) -> str:
    return str(error).split("\n", 1)[0][:200].rstrip(".")
