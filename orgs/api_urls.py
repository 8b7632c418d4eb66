"""Routes of orgs below ``/api/v1/``."""

from rest_framework.routers import SimpleRouter

from orgs.api.affiliates import AffiliateViewSet
from orgs.api.facts import CohortViewSet
from orgs.api.reorganising import ReorganisationViewSet
from orgs.api.tree import ComparisonViewSet, DifferenceViewSet, FindingViewSet, TreeCheckViewSet
from orgs.api.units import UnitViewSet

router = SimpleRouter()
router.register("units", UnitViewSet, basename="unit")
router.register("cohorts", CohortViewSet, basename="cohort")
router.register("affiliates", AffiliateViewSet, basename="affiliate")
router.register("reorganisations", ReorganisationViewSet, basename="reorganisation")
router.register("comparisons", ComparisonViewSet, basename="comparison")
router.register("differences", DifferenceViewSet, basename="difference")
router.register("tree-checks", TreeCheckViewSet, basename="tree_check")
router.register("findings", FindingViewSet, basename="finding")

urlpatterns = router.urls
