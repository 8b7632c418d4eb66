"""Routes of accounts below ``/api/v1/``."""

from rest_framework.routers import SimpleRouter

from accounts.api import DelegationViewSet

router = SimpleRouter()
router.register("delegations", DelegationViewSet, basename="delegation")

urlpatterns = router.urls
