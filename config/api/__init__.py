"""The JSON API at /api/v1/: mounts the routers, turns errors into problem documents, describes itself."""

from django.urls import include, path, re_path
from ninja import NinjaAPI

from config.api import edge, openapi, problems, rates
from config.api.bodies import StrictParser
from config.api.limits import TokenLimit
from contracts.api import accounts, changing, finding, history
from logs.api import adding, listing, stats

# Each part of the product brings its operations along.
ROUTERS = (
    finding.router,
    changing.router,
    history.router,
    accounts.router,
    adding.router,
    listing.router,
    stats.router,
    rates.router,
)


def made() -> NinjaAPI:
    """The API with everything mounted."""
    api = NinjaAPI(
        title="Counterpart",
        version="1",
        urls_namespace="api",
        openapi_url=None,
        docs_url=None,
        parser=StrictParser(),
        throttle=[TokenLimit()],
    )
    problems.install(api)
    api.add_decorator(edge.with_known_query)
    for router in ROUTERS:
        api.add_router("", router)
    return api


api = made()
_operations = [pattern for pattern in api.urls[0] if pattern.name != "api-root"]
_description = path("openapi.json", openapi.view_of(api), name="openapi")
urlpatterns = [
    path("v1/", include([*edge.guarded([_description, *_operations])])),
    re_path("", edge.nothing_here),
]
