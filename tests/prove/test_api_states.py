"""Whatever machines send one after another, every answer is as the API describes it."""

from contextlib import suppress

import schemathesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import FlakyStrategyDefinition
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup

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
    ended, failures = [], []

    class Robot(schema.as_state_machine()):
        def get_call_kwargs(self, case):
            return {"headers": sent_with(next(secrets))}

        def validate_response(self, response, case, **rest):
            try:
                super().validate_response(response, case, **rest)
            except FailureGroup as group:
                failures.append(group)

        def teardown(self):
            ended.append(self)

    while len(ended) < SEQUENCES and not failures:
        # What is answered depends on all that was sent before, so that Hypothesis may find the beginning of a
        # sequence again and not what followed it. Then it begins anew.
        with suppress(FlakyStrategyDefinition):
            Robot.run(
                settings=settings(
                    max_examples=SEQUENCES - len(ended),
                    stateful_step_count=STEPS,
                    phases=[Phase.generate],
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                )
            )
    if failures:
        raise failures[0]
