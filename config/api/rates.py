"""Rate limits of other services, kept here because they run in many processes."""

from dataclasses import asdict
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Body, Router
from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr

from mongo.limit_keys import LONGEST_KEY, LONGEST_WINDOW, MOST_REQUESTS
from mongo.ratelimit import check_rate_limit, limit_key
from users.api import answer, caller_of, documented
from users.bearer import needs

CHECK = "checkRateLimit"
# A service may ask with each of its own requests, so asking is not counted against its token.
router = Router(tags=["rate limits"], auth=needs("limits"), throttle=[])


class RateLimit(BaseModel):
    """At most so many requests within any so many seconds, of whatever the key names."""

    model_config = ConfigDict(extra="forbid")

    key: StrictStr = Field(min_length=1, max_length=LONGEST_KEY, description="Whose requests, as you like.")
    max_requests: StrictInt = Field(ge=1, le=MOST_REQUESTS)
    window_seconds: StrictInt = Field(ge=1, le=LONGEST_WINDOW)


class RateLimitChecked(BaseModel):
    """Whether the request may go on; it is counted where it may. `degraded`: nothing could be counted."""

    allowed: bool
    remaining: int = Field(description="How many more may at once.")
    reset_seconds: int = Field(description="In how many seconds there is room for one more.")
    degraded: bool


@router.post(
    "/rate-limits/check",
    **documented(CHECK, "Count a request, and tell whether it may go on", RateLimitChecked),
)
def check(request: HttpRequest, limit: Annotated[RateLimit, Body()]) -> HttpResponse:
    """A key belongs to the token, so that no service can use up what is another's."""
    key = limit_key(caller_of(request), "check", limit.window_seconds, limit.key)
    return answer(asdict(check_rate_limit(key, limit.max_requests, limit.window_seconds)))
