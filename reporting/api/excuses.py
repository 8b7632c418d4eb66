"""Exemptions and extensions for integrators: the rows of the page."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, viewsets

from core.access import ApiPermission
from reporting.choices import ExcuseState
from reporting.filters.excuses import ExcuseFilter
from reporting.models import Excuse
from reporting.permissions import VIEW_REPORTS
from reporting.selectors.excuses import excuses_in_sight


class ExcuseSerializer(serializers.ModelSerializer):
    """One exemption or extension; ``until`` is the first instant that is late."""

    unit = serializers.IntegerField(source="report.unit_id", read_only=True)
    unit_name = serializers.CharField(source="report.unit_name", read_only=True)
    cycle = serializers.IntegerField(source="report.cycle_id", read_only=True)
    state = serializers.ChoiceField(choices=ExcuseState.choices, read_only=True)

    class Meta:
        model = Excuse
        fields = (
            *("id", "report", "unit", "unit_name", "cycle", "kind", "reason", "until", "state"),
            *("granted_at", "granted_by", "lifted_at", "lifted_by", "lifted_reason"),
        )
        read_only_fields = fields


@extend_schema_view(
    list=extend_schema(summary="缓报免报名单", description="管辖范围内批准过的缓报和免报，包括已撤销的。"),
    retrieve=extend_schema(summary="一项缓报或免报"),
)
class ExcuseViewSet(viewsets.ReadOnlyModelViewSet):
    """What was granted, and what of it was withdrawn; granting is an act on a report."""

    serializer_class = ExcuseSerializer
    permission_classes = [ApiPermission]
    required_permission = VIEW_REPORTS
    filterset_class = ExcuseFilter
    queryset = Excuse.objects.none()

    def get_queryset(self) -> Any:
        return excuses_in_sight(self.request.user).order_by(
            "-report__cycle__period", "report__unit__division_code", "pk"
        )
