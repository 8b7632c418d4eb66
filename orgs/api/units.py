"""Units for integrators: the same scope and the same criteria as the pages."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.access import ApiPermission
from orgs.api.facts import UnitFactsSerializer, facts_of
from orgs.choices import EstablishmentState
from orgs.filters.days import DayForm
from orgs.filters.units import UnitApiFilter
from orgs.models import OrgUnit, OrgUnitQuerySet
from orgs.permissions import VIEW_UNITS
from orgs.selectors.past import as_they_were
from orgs.selectors.units import visible_units, with_facts


class UnitSerializer(serializers.ModelSerializer):
    """One unit with its place and whether its association stands today."""

    level_label = serializers.CharField(source="get_level_display", read_only=True)
    kind_label = serializers.CharField(source="get_kind_display", read_only=True)
    establishment = serializers.ChoiceField(
        source="state", choices=EstablishmentState.choices, read_only=True
    )
    six_haves = serializers.IntegerField(source="haves", read_only=True)

    class Meta:
        model = OrgUnit
        fields = (
            *("id", "division_code", "name", "display_name", "level", "level_label", "kind", "kind_label"),
            *("parent", "province", "city", "county", "township"),
            *("is_expected", "expected_confirmed", "establishment", "six_haves", "opened_on", "closed_on"),
        )
        read_only_fields = fields


@extend_schema_view(
    list=extend_schema(
        summary="单位列表",
        description="管辖范围内的单位，默认不含已撤销的；on 为某一天，按当天的区划、名称和情况。",
    ),
    retrieve=extend_schema(summary="一个单位"),
    facts=extend_schema(
        summary="一个单位的建立情况、负责人、编制经费、六有四缺", responses=UnitFactsSerializer
    ),
)
class UnitViewSet(viewsets.ReadOnlyModelViewSet):
    """Units within the reach of who asks."""

    serializer_class = UnitSerializer
    permission_classes = [ApiPermission]
    required_permission = VIEW_UNITS
    filterset_class = UnitApiFilter
    queryset = OrgUnit.objects.none()

    def get_queryset(self) -> OrgUnitQuerySet:
        return with_facts(visible_units(self.request.user)).in_code_order()

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        day = DayForm(self.request.query_params).day
        return page if day is None or page is None else as_they_were(page, day)

    @action(detail=True, pagination_class=None, filterset_class=None)
    def facts(self, request: Request, pk: str | None = None) -> Response:
        return Response(UnitFactsSerializer(facts_of(self.get_object())).data)
