"""``/api/v1/``: the routes of every app in one router, and the schema."""

from django.urls import include, path

urlpatterns: list = [
    path("", include("orgs.api_urls")),
    path("", include("sanzhang.api_urls")),
    path("", include("reporting.api_urls")),
    path("", include("files.api_urls")),
]
