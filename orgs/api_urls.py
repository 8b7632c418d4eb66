"""Routes of orgs below ``/api/v1/``."""

from rest_framework.routers import SimpleRouter

from orgs.api import UnitViewSet

router = SimpleRouter()
router.register("units", UnitViewSet, basename="unit")

urlpatterns = router.urls
