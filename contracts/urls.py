"""Addresses of the contracts' pages; words come before ids."""

from django.urls import path

from contracts.views import (
    bulk,
    bulk_run,
    compare,
    delete,
    detail,
    edit,
    export,
    history,
    import_run,
    index,
    new,
    price,
    restore,
    saved,
    step,
    uploads,
    usage,
)

app_name = "contracts"

urlpatterns = [
    path("", index.index, name="list"),
    path("new/", new.new, name="new"),
    path("export.csv", export.export, {"form": "csv"}, name="export-csv"),
    path("export.ndjson", export.export, {"form": "ndjson"}, name="export-ndjson"),
    path("new/price/", price.price_new, name="price-new"),
    path("import/", uploads.upload, name="import"),
    path("import/<uuid:import_id>/", import_run.show, name="import-show"),
    path("import/<uuid:import_id>/columns/", uploads.columns, name="import-columns"),
    path("import/<uuid:import_id>/go-on/", import_run.go_on, name="import-go-on"),
    path("import/<uuid:import_id>/check/", import_run.check, name="import-check"),
    path("import/<uuid:import_id>/start/", import_run.start, name="import-start"),
    path("import/<uuid:import_id>/stop/", import_run.stop, name="import-stop"),
    path("import/<uuid:import_id>/resume/", import_run.resume, name="import-resume"),
    path("import/<uuid:import_id>/discard/", uploads.discard, name="import-discard"),
    path("import/<uuid:import_id>/rows.csv", import_run.rows_csv, name="import-rows"),
    *saved.addresses,
    path("bulk/", bulk.bulk, name="bulk"),
    path("bulk/<uuid:run_id>/", bulk_run.show, name="bulk-run"),
    path("bulk/<uuid:run_id>/choose/", bulk.choose, name="bulk-choose"),
    path("bulk/<uuid:run_id>/go-on/", bulk_run.go_on, name="bulk-go-on"),
    path("bulk/<uuid:run_id>/start/", bulk_run.start, name="bulk-start"),
    path("bulk/<uuid:run_id>/stop/", bulk_run.stop, name="bulk-stop"),
    path("bulk/<uuid:run_id>/resume/", bulk_run.resume, name="bulk-resume"),
    path("bulk/<uuid:run_id>/retry/", bulk_run.retry, name="bulk-retry"),
    path("bulk/<uuid:run_id>/undo/", bulk_run.undo, name="bulk-undo"),
    path("<str:contract_id>/", detail.detail, name="detail"),
    path("<str:contract_id>/edit/", edit.edit, name="edit"),
    path("<str:contract_id>/price/", price.price, name="price"),
    path("<str:contract_id>/delete/", delete.delete, name="delete"),
    path("<str:contract_id>/history/", history.history, name="history"),
    path("<str:contract_id>/history/<int:version>/", history.revision, name="revision"),
    path("<str:contract_id>/history/<int:version>/restore/", restore.restore, name="restore"),
    path("<str:contract_id>/compare/", compare.compare, name="compare"),
    path("<str:contract_id>/usage/", usage.usage, name="usage"),
    # The steps of its life; last, since a step may be called anything.
    path("<str:contract_id>/<slug:name>/", step.step, name="step"),
]
