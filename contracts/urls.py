"""Addresses of the contracts' pages; words come before ids."""

from django.urls import path

from contracts.views import delete, detail, edit, history, index, new, price, usage

app_name = "contracts"

urlpatterns = [
    path("", index.index, name="list"),
    path("new/", new.new, name="new"),
    path("new/price/", price.price_new, name="price-new"),
    path("<str:contract_id>/", detail.detail, name="detail"),
    path("<str:contract_id>/edit/", edit.edit, name="edit"),
    path("<str:contract_id>/price/", price.price, name="price"),
    path("<str:contract_id>/delete/", delete.delete, name="delete"),
    path("<str:contract_id>/history/", history.history, name="history"),
    path("<str:contract_id>/history/<int:version>/", history.revision, name="revision"),
    path("<str:contract_id>/usage/", usage.usage, name="usage"),
]
