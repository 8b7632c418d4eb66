"""Delegations for integrators: the same scope and services as the page."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.delegating import delegations_in_sight
from accounts.models import Delegation
from accounts.permissions import DELEGATE
from accounts.services.delegations import end_delegation
from core.access import ApiPermission, SignedInApiRequest


class DelegationSerializer(serializers.ModelSerializer):
    """Who acts for whom at which unit; both days are inclusive."""

    principal_name = serializers.CharField(source="principal.name", read_only=True)
    deputy_name = serializers.CharField(source="deputy.name", read_only=True)
    is_in_force = serializers.BooleanField(read_only=True)

    class Meta:
        model = Delegation
        fields = (
            *("id", "unit", "role", "principal", "principal_name", "deputy", "deputy_name"),
            *("starts_on", "ends_on", "reason", "made_at", "ended_at", "is_in_force"),
        )


@extend_schema_view(list=extend_schema(summary="委托列表"), retrieve=extend_schema(summary="一项委托"))
class DelegationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Delegations of one's unit."""

    serializer_class = DelegationSerializer
    permission_classes = [ApiPermission]
    required_permission = DELEGATE
    queryset = Delegation.objects.none()

    def get_queryset(self) -> Any:
        return delegations_in_sight(self.request.user).order_by("-starts_on", "-pk")

    @extend_schema(summary="提前终止委托", request=None, responses=DelegationSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: SignedInApiRequest, pk: str | None = None) -> Response:
        ended = end_delegation(delegation=self.get_object(), by=request.user)
        return Response(DelegationSerializer(ended).data)
