"""The site map."""

from django.urls import include, path

from config import overview, palette, views
from config.ui import sprite
from contracts.views import worklists
from users import admin

urlpatterns = [
    path("", overview.overview, name="overview"),
    # Before the contracts' own addresses, whose last takes whatever stands below an id.
    path("contracts/", include("config.account_logs")),
    path("contracts/", include("contracts.urls")),
    path("logs/", include("logs.urls")),
    path("", include("users.urls")),
    path("palette/", palette.palette, name="palette"),
    path("worklists/", worklists.worklists, name="worklists"),
    path("theme/", views.theme, name="theme"),
    path("sprite-<str:digest>.svg", sprite.sprite, name="sprite"),
    path("admin/", admin.site.urls),
    path("api/", include("config.api")),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]

handler400 = "config.views.bad_request"
handler403 = "config.views.forbidden"
handler404 = "config.views.not_found"
handler500 = "config.views.server_error"
