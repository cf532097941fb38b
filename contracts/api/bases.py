"""What the models of requests and answers are built on: what they let in beside their fields, and how much."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, model_validator

from contracts.api.kinds import refused
from users.api import Answer

# A contract has a third as many; rows may carry those of other services.
MOST_NAMES = 100


class Bounded(BaseModel):
    """What a request holds, with no more names than anybody can mean."""

    @model_validator(mode="wrap")
    @classmethod
    def _bounded(cls, value: Any, check: ModelWrapValidatorHandler[Self]) -> Self:
        if isinstance(value, dict) and len(value) > MOST_NAMES:
            raise refused(f"Give {MOST_NAMES} names at most.")
        return check(value)


class Request(Bounded):
    """What a request may hold; anything else is refused."""

    model_config = ConfigDict(extra="forbid")


class RowOfChange(Bounded):
    """A row that is sent back may carry what another service keeps in it; whether it does is found out later."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"additionalProperties": False})


class RowOfAnswer(Answer):
    """A row as it is stored, with what another service keeps in it."""

    model_config = ConfigDict(extra="allow")
