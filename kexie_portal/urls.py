"""Every address of the portal: one include per app, pages in Chinese, the API under ``/api/v1/``."""

from django.urls import include, path

from kexie_portal.api_urls import urlpatterns as api_urlpatterns

urlpatterns = [
    path("", include("kexie_portal.page_urls")),
    path("accounts/", include("accounts.urls")),
    path("units/", include("orgs.urls")),
    path("people/", include("sanzhang.urls")),
    path("duty/", include("sanzhang.urls.duty")),
    path("reports/", include("reporting.urls")),
    path("files/", include("files.urls")),
    path("messages/", include("notices.urls")),
    path("audit/", include("audit.urls")),
    path("api/v1/", include((api_urlpatterns, "v1"), namespace="v1")),
]

handler403 = "core.views.forbidden"
handler404 = "core.views.not_found"
handler500 = "core.views.server_error"
