"""What the units below wrote, for integrators: the document of the page, narrowed alike."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from core.access import ApiPermission, SignedInApiRequest
from orgs.choices import Level
from reporting.choices import IssueKind
from reporting.filters.words import WordsForm
from reporting.models import Report
from reporting.permissions import VIEW_REPORTS
from reporting.selectors.offline import RELATED
from reporting.selectors.words import read_words

ASKED = [
    OpenApiParameter("q", OpenApiTypes.STR, description="只列包含这些文字的段落，多个词用空格隔开"),
    OpenApiParameter("unit", OpenApiTypes.INT, description="只列这个下级单位写的"),
    OpenApiParameter(
        "raised",
        OpenApiTypes.STR,
        enum=IssueKind.values,
        description="只列反映了问题（problem）或提出了建议（suggestion）的单位写的",
    ),
]


class UnitBelowSerializer(serializers.Serializer):
    unit = serializers.IntegerField(source="unit_id")
    name = serializers.CharField()
    report = serializers.IntegerField(source="report_id")


class PassageSerializer(serializers.Serializer):
    name = serializers.CharField(source="unit")
    report = serializers.IntegerField(source="report_id")
    paragraphs = serializers.ListField(child=serializers.CharField())


class ChapterSerializer(serializers.Serializer):
    """One narrative: what was written below, and who left it out."""

    key = serializers.CharField(source="line.entry.key")
    label = serializers.CharField(source="line.column.label")  # type: ignore[assignment]
    passages = PassageSerializer(many=True)
    silent = UnitBelowSerializer(many=True)


class WordsBelowSerializer(serializers.Serializer):
    """``heard`` are the units of the document, ``waiting`` those whose report is not accepted yet."""

    chapters = ChapterSerializer(many=True)
    heard = UnitBelowSerializer(many=True)
    waiting = UnitBelowSerializer(many=True)


class WordsView(APIView):
    """文字材料汇集 of one report."""

    permission_classes = [ApiPermission]
    required_permission = VIEW_REPORTS

    @extend_schema(summary="文字材料汇集", parameters=ASKED, responses=WordsBelowSerializer)
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        reports = Report.objects.visible_to(request.user, VIEW_REPORTS).select_related(*RELATED)
        report: Any = get_object_or_404(reports, pk=pk)
        if report.level >= Level.TOWNSHIP:
            raise Http404
        asked = WordsForm(request.query_params, whole=read_words(report))
        if asked.errors:
            raise serializers.ValidationError(
                {name: list(map(str, said)) for name, said in asked.errors.items()}
            )
        return Response(WordsBelowSerializer(asked.words).data)
