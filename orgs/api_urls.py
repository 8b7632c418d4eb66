"""Routes of orgs below ``/api/v1/``."""

urlpatterns: list = []
