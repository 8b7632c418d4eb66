"""``/api/v1/``: the routes of every app, and the schema that describes them."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import IsAuthenticated

from core.access import SIGNED_IN


class SchemaView(SpectacularAPIView):
    """OpenAPI 3.1 of everything below ``/api/v1/``."""

    permission_classes = [IsAuthenticated]
    required_permission = SIGNED_IN


urlpatterns: list = [
    path("", include("accounts.api_urls")),
    path("", include("orgs.api_urls")),
    path("", include("sanzhang.api_urls")),
    path("", include("reporting.api_urls")),
    path("", include("files.api_urls")),
    path("schema/", SchemaView.as_view(api_version="v1"), name="schema"),
]
