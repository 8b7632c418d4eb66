"""Candidacies, terms and meetings as the API shows and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from sanzhang.models import Candidacy, CandidacyStep, Meeting, Opinion, PositionQuota, Term
from sanzhang.serializers.people import PersonInSight


class CandidacyStepSerializer(serializers.ModelSerializer):
    """One dated step."""

    class Meta:
        model = CandidacyStep
        fields = ("step", "on", "opinion", "number", "note", "meeting", "recorded_at")
        read_only_fields = fields


class CandidacySerializer(serializers.ModelSerializer):
    """One candidacy with where it stands and the steps taken."""

    person_name = serializers.CharField(source="person.name", read_only=True)
    unit_name = serializers.CharField(source="unit.display_name", read_only=True)
    body = serializers.CharField(source="body.kind", read_only=True, help_text="领导机构")
    procedure_version = serializers.IntegerField(source="procedure.version", read_only=True)
    steps = CandidacyStepSerializer(many=True, read_only=True)

    class Meta:
        model = Candidacy
        fields = (
            *("id", "person", "person_name", "unit", "unit_name", "body", "position", "procedure"),
            *("procedure_version", "opened_on", "due", "waits_for", "moved_on", "is_put_off", "closed_on"),
            *("outcome", "reason", "appointment", "replaces", "steps"),
        )
        read_only_fields = fields


class NewStepSerializer(serializers.Serializer):
    """The step that is due; the superior's own word is given by its reviewer, without ``step``."""

    step = serializers.CharField(max_length=16, help_text="环节代码，见 due")
    on = serializers.DateField()
    opinion = serializers.ChoiceField(Opinion.choices, default=Opinion.AGREE)
    number = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    other = PersonInSight(required=False, allow_null=True, default=None, help_text="另提人选的人员编号")


class QuotaSerializer(serializers.ModelSerializer):
    """Seats of one position and employment."""

    class Meta:
        model = PositionQuota
        fields = ("position", "employment", "seats")
        read_only_fields = fields


class TermSerializer(serializers.ModelSerializer):
    """One term of a body with its quota."""

    unit = serializers.IntegerField(source="body.unit_id", read_only=True)
    unit_name = serializers.CharField(source="body.unit.display_name", read_only=True)
    body = serializers.CharField(source="body.kind", read_only=True, help_text="领导机构")
    quotas = QuotaSerializer(many=True, read_only=True)

    class Meta:
        model = Term
        fields = (
            *("id", "unit", "unit_name", "body", "ordinal", "starts_on", "lawful_end", "ended_on"),
            "quotas",
        )
        read_only_fields = fields


class MeetingSerializer(serializers.ModelSerializer):
    """One meeting and who took a seat by it."""

    unit_name = serializers.CharField(source="unit.display_name", read_only=True)
    title = serializers.CharField(read_only=True)
    elected = serializers.SerializerMethodField(help_text="会上任职的任职编号")

    class Meta:
        model = Meeting
        fields = (
            *("id", "unit", "unit_name", "kind", "title", "session", "ordinal", "planned_on", "held_on"),
            *("place", "number", "note", "cancelled_at", "elected"),
        )
        read_only_fields = fields

    def get_elected(self, meeting: Meeting) -> list[int]:
        found: Any = meeting.elected.all()
        return [seat.pk for seat in found]
