"""Reorganisations for integrators: what was changed in the tree, when, and by which document."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, viewsets

from core.access import ApiPermission
from orgs.filters.reorganising import ReorganisationApiFilter
from orgs.models import Reorganisation, ReorganisationAct, Succession
from orgs.permissions import VIEW_UNITS
from orgs.selectors.reorganisations import visible_reorganisations


class ActSerializer(serializers.ModelSerializer):
    """One line: what was done to which unit."""

    kind_label = serializers.CharField(source="get_kind_display", read_only=True)

    class Meta:
        model = ReorganisationAct
        fields = (
            *("order", "kind", "kind_label", "unit", "unit_label", "into", "parent", "name"),
            *("division_code", "is_main"),
        )
        read_only_fields = fields


class SuccessionSerializer(serializers.ModelSerializer):
    """Which unit became which."""

    class Meta:
        model = Succession
        fields = ("predecessor", "successor", "on", "is_main")
        read_only_fields = fields


class ReorganisationSerializer(serializers.ModelSerializer):
    """One reorganisation with its lines and what became of what."""

    state_label = serializers.CharField(source="get_state_display", read_only=True)
    acts = ActSerializer(many=True, read_only=True)
    successions = serializers.SerializerMethodField()

    class Meta:
        model = Reorganisation
        fields = (
            *("id", "unit", "title", "document", "basis_note", "effective_on", "state", "state_label"),
            *("created_at", "applied_at", "undone_at", "undone_reason", "acts", "successions"),
        )
        read_only_fields = fields

    @extend_schema_field(SuccessionSerializer(many=True))
    def get_successions(self, row: Reorganisation) -> Any:
        return SuccessionSerializer(row.successions.all(), many=True).data


@extend_schema_view(
    list=extend_schema(summary="区划调整列表", description="管辖范围内已办理的和本单位起草的区划调整。"),
    retrieve=extend_schema(summary="一项区划调整"),
)
class ReorganisationViewSet(viewsets.ReadOnlyModelViewSet):
    """Reorganisations in sight of who asks."""

    serializer_class = ReorganisationSerializer
    permission_classes = [ApiPermission]
    required_permission = VIEW_UNITS
    filterset_class = ReorganisationApiFilter
    queryset = Reorganisation.objects.none()

    def get_queryset(self) -> QuerySet[Reorganisation]:
        rows = visible_reorganisations(self.request.user)
        return rows.prefetch_related("acts", "successions").order_by("-created_at", "-pk")
