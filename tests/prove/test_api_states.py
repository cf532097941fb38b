"""Whatever machines send one after another, every answer is as the API describes it."""

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig

from config.wsgi import application
from tests import strategies
from tests.config.test_api_schema import CONFIG, secrets, sent_with

__all__ = ["secrets"]

SEQUENCES, STEPS = max(strategies.EXAMPLES // 5, 10), 10
# The token is put on every request here, also on those that are meant to go without.
CHECKS = {**CONFIG["checks"], "ignored_auth": {"enabled": False}}


def test_sequences_of_requests_are_answered_as_described(secrets):
    config = SchemathesisConfig.from_dict({**CONFIG, "checks": CHECKS})
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application, config=config)

    class Robot(schema.as_state_machine()):
        def get_call_kwargs(self, case):
            return {"headers": sent_with(next(secrets))}

    Robot.run(
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
    )
