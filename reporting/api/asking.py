"""The table of a question, as the page shows it, over the interface."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from core.access import ApiPermission, SignedInApiRequest
from reporting.permissions import VIEW_REPORTS
from reporting.pivot.charting import drawn
from reporting.pivot.measuring import Shown
from reporting.pivot.notes import basis_words
from reporting.pivot.question import known_params
from reporting.pivot.screen import column_labels
from reporting.pivot.sheet import answer, rows_of

PARAMETERS = [
    OpenApiParameter("keys", OpenApiTypes.STR, required=True, many=True, description="指标代号，最多20项"),
    OpenApiParameter("unit", OpenApiTypes.INT, description="单位编号，默认本单位"),
    OpenApiParameter(
        "spread", OpenApiTypes.STR, enum=["below", "2", "3", "4", "self"], description="哪一级单位"
    ),
    OpenApiParameter(
        "span", OpenApiTypes.STR, description="最近几个月，或 year（本年）、range（用 first、last）"
    ),
    OpenApiParameter("first", OpenApiTypes.STR, description="起始月份，如 2026-01"),
    OpenApiParameter("last", OpenApiTypes.STR, description="终止月份"),
    OpenApiParameter("grain", OpenApiTypes.STR, enum=["month", "quarter", "year", "ytd"]),
    OpenApiParameter(
        "lens", OpenApiTypes.STR, enum=["now"], description="now 为按现行区划，不填为按各期当时的区划"
    ),
    OpenApiParameter("rows", OpenApiTypes.STR, enum=["unit", "period", "indicator", "section"]),
    OpenApiParameter("columns", OpenApiTypes.STR, enum=["unit", "period", "indicator", "section", "none"]),
    OpenApiParameter(
        "measures",
        OpenApiTypes.STR,
        many=True,
        enum=["value", "change", "mom", "yoy", "share", "rank"],
        description="数值、增减、环比、同比、占比、位次",
    ),
]


class AskedCellSerializer(serializers.Serializer):
    """Ratios and growth as fractions of 1, differences of ratios in percentage points; ``reason`` where there is none."""

    value = serializers.FloatField(allow_null=True)
    text = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)


class AskedRowSerializer(serializers.Serializer):
    labels = serializers.ListField(child=serializers.CharField(allow_blank=True))
    is_total = serializers.BooleanField()
    cells = AskedCellSerializer(many=True)


class AskedTableSerializer(serializers.Serializer):
    """What is the same in every cell stands in ``caption``; ``notes`` say which figures these are."""

    caption = serializers.ListField(child=serializers.CharField())
    row_heads = serializers.ListField(child=serializers.CharField())
    columns = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    rows = AskedRowSerializer(many=True)
    notes = serializers.ListField(child=serializers.CharField())


class AskView(APIView):
    """自助查询: indicators, units and periods as one table."""

    permission_classes = [ApiPermission]
    required_permission = VIEW_REPORTS

    @extend_schema(summary="自助查询", parameters=PARAMETERS, responses=AskedTableSerializer)
    def get(self, request: SignedInApiRequest) -> Response:
        pivot = answer(request.user, known_params(request.query_params))
        body = {
            "caption": pivot.caption,
            "row_heads": pivot.row_heads,
            "columns": column_labels(pivot),
            "rows": [
                {"labels": row.labels, "is_total": row.is_total, "cells": [_cell(one) for one in shown]}
                for row, shown in rows_of(pivot)
            ],
            "notes": basis_words(pivot),
        }
        return Response(AskedTableSerializer(body).data)


def _cell(shown: Shown) -> dict[str, Any]:
    return {"value": drawn(shown), "text": shown.text, "reason": shown.reason}
