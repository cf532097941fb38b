"""Addresses of the logs' pages. Words come before ids, of which none is a word."""

from django.urls import URLPattern, URLResolver, include, path

from logs.kinds import LOGS, Log
from logs.views import beside, entry, explorer, export, retention, saved, tail, transactions
from logs.views.access import Guard, whole
from users.downloads import FORMS

app_name = "logs"


def explored(guard: Guard) -> list[URLPattern]:
    """The pages of an explorer, as they lie below its list."""
    return [
        path("", guard(explorer.explorer), name="list"),
        path("undated/", guard(explorer.undated), name="undated"),
        path("undated/count/", guard(beside.undated_count), name="undated-count"),
        path("histogram/", guard(beside.histogram), name="histogram"),
        path("values/<str:name>/", guard(beside.values), name="values"),
        path("count/", guard(beside.count), name="count"),
        path("tail/", guard(tail.tail), name="tail"),
        path("<str:entry_id>/", guard(entry.entry), name="entry"),
    ]


def _exports(guard: Guard) -> list[URLPattern]:
    """What a list finds as a file, and what that of undated entries does."""
    export_of = guard(export.export)
    return [
        path(f"{below}export.{form}", export_of, {"form": form, "is_undated": bool(below)}, name=f"{name}-{form}")
        for below, name in (("", "export"), ("undated/", "undated-export"))
        for form in FORMS
    ]


def _of(log: Log) -> URLResolver:
    guard = whole(log)
    own = [*_exports(guard), *saved.addresses(guard)]
    if log.name == "transactions":
        own += [
            path("analytics/", guard(transactions.analytics), name="analytics"),
            path("of/", guard(transactions.transaction), name="transaction"),
        ]
    if log.name == "audit":
        own.append(path("retention/", guard(retention.retention), name="retention"))
        own += [
            path(f"retention/export.{form}", guard(export.leaving), {"form": form}, name=f"leaving-{form}")
            for form in FORMS
        ]
    return path(f"{log.name}/", include(([*own, *explored(guard)], log.name)))


urlpatterns = [
    # The first log is as good a beginning as any for who shortens an address.
    path("", whole(next(iter(LOGS.values())))(explorer.to_list), name="home"),
    *(_of(log) for log in LOGS.values()),
]
