"""Routes of orgs below ``/api/v1/``."""

from rest_framework.routers import SimpleRouter

from orgs.affiliates_api import AffiliateViewSet
from orgs.api import UnitViewSet
from orgs.api_facts import CohortViewSet
from orgs.reorganising_api import ReorganisationViewSet

router = SimpleRouter()
router.register("units", UnitViewSet, basename="unit")
router.register("cohorts", CohortViewSet, basename="cohort")
router.register("affiliates", AffiliateViewSet, basename="affiliate")
router.register("reorganisations", ReorganisationViewSet, basename="reorganisation")

urlpatterns = router.urls
