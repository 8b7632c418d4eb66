"""The guided renewal: which bodies, at which meetings, what becomes of every seat, who is new."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from core import clock
from core.days import DayField
from orgs.models import OrgUnit
from sanzhang.choices import BODY_OF_POSITION, BodyKind, EndReason, MeetingKind, Position
from sanzhang.forms.explained import ExplainedForm
from sanzhang.forms.meeting import ask_how, elected_by
from sanzhang.forms.newcomer import ticked_rows
from sanzhang.forms.term import add_quota_fields, quota_lines, typed_quota
from sanzhang.models import Appointment, Candidacy, Term
from sanzhang.services.meetings import Elected, MeetingFacts
from sanzhang.services.renewals import ELECTED_BY, BodyRenewal, Fate

CARRY = "carry"
#: The usual ways out at a renewal, the plain one first.
REASONS = (
    (EndReason.RENEWAL, "不再连任（换届离任）"),
    (EndReason.RETIRED, "退休离任"),
    (EndReason.TRANSFERRED, "调离"),
    (EndReason.RESIGNED, "辞职"),
    (EndReason.SECONDMENT_ENDED, "挂职期满"),
)


class RenewalForm(ExplainedForm):
    """Everything a renewal needs; fields by body, by seat and by newcomer."""

    def __init__(
        self,
        *args: Any,
        unit: OrgUnit,
        terms: dict[str, Term],
        seats: dict[str, list[Appointment]],
        ready: list[Candidacy],
        people: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.unit, self.terms, self.seats, self.ready = unit, terms, seats, ready
        self.kinds = [BodyKind(kind) for kind in terms]
        self.direct = {kind: ticked_rows(self.data, kind, unit, people) for kind in self.kinds}
        self.meeting_kinds = list(dict.fromkeys(ELECTED_BY[kind] for kind in self.kinds))
        for meeting in self.meeting_kinds:
            self._ask_meeting(meeting)
        for kind in self.kinds:
            self.fields[f"lawful_end_{kind}"] = DayField(
                label="应换届日期", required=False, help_text="不填按五年计算"
            )
            known = {(row.position, row.employment): row.seats for row in terms[kind].quotas.all()}
            add_quota_fields(self, kind, known)
            for seat in seats[kind]:
                self.fields[f"fate_{seat.pk}"] = forms.ChoiceField(
                    label=f"{seat.person.name}（{seat.get_position_display()}）",
                    choices=self._fates(seat),
                    initial=CARRY,
                )
        for row in ready:
            self._ask_newcomer(row)

    def _ask_meeting(self, meeting: MeetingKind) -> None:
        label = meeting.label
        self.fields[f"{meeting}_on"] = DayField(label=f"{label}召开日期", initial=clock.today)
        self.fields[f"{meeting}_place"] = forms.CharField(label="地点", max_length=100, required=False)
        self.fields[f"{meeting}_number"] = forms.CharField(label="文号", max_length=60, required=False)
        self.fields[f"{meeting}_file"] = forms.FileField(label=f"{label}会议纪要", required=False)

    def _ask_newcomer(self, row: Candidacy) -> None:
        self.fields[f"elect_{row.pk}"] = forms.BooleanField(label=f"{row.person.name}当选", required=False)
        ask_how(self, row)

    def _fates(self, seat: Appointment) -> list[tuple[str, str]]:
        others = [
            position
            for kind in self.kinds
            for position in Position
            if BODY_OF_POSITION[position] == kind and position != seat.position
        ]
        return [
            (CARRY, "连任"),
            *((f"change:{position.value}", f"改任{position.label}") for position in others),
            *((f"end:{reason.value}", words) for reason, words in REASONS),
        ]

    def clean(self) -> dict[str, Any]:
        """The rows of those elected without a candidacy are asked too."""
        for row in (row for rows in self.direct.values() for row in rows):
            if not row.is_valid():
                self.add_error(None, f"{row.person.name}：请核对职务、任职方式和挂职截止日期。")
        return self.cleaned_data

    def meetings(self) -> dict[str, MeetingFacts]:
        """The meetings it happened at, for the service."""
        data = self.cleaned_data
        ordinal = max(term.ordinal for term in self.terms.values()) + 1
        return {
            meeting.value: MeetingFacts(
                kind=meeting.value,
                session=ordinal,
                ordinal=1,
                held_on=data[f"{meeting}_on"],
                place=data[f"{meeting}_place"],
                number=data[f"{meeting}_number"],
            )
            for meeting in self.meeting_kinds
        }

    def uploads(self) -> dict[str, Any]:
        found = {meeting.value: self.cleaned_data.get(f"{meeting}_file") for meeting in self.meeting_kinds}
        return {kind: upload for kind, upload in found.items() if upload}

    def bodies(self) -> list[BodyRenewal]:
        """The renewal of each body, for the service."""
        return [self._body(kind) for kind in self.kinds]

    def _body(self, kind: BodyKind) -> BodyRenewal:
        data = self.cleaned_data
        lawful_end: dt.date | None = data[f"lawful_end_{kind}"]
        return BodyRenewal(
            kind=kind.value,
            fates={seat.pk: _fate(data[f"fate_{seat.pk}"]) for seat in self.seats[kind]},
            newcomers=self._newcomers(kind),
            direct=[row.elected() for row in self.direct[kind]],
            quota=typed_quota(data, kind),
            lawful_end=lawful_end,
        )

    def _newcomers(self, kind: BodyKind) -> list[Elected]:
        data = self.cleaned_data
        mine = [row for row in self.ready if row.body.kind == kind and data[f"elect_{row.pk}"]]
        return [elected_by(data, row) for row in mine]

    def sections(self) -> list[dict[str, Any]]:
        """The page's sections: per body its dates, quota, seats with their fates and the candidates."""
        return [
            {
                "kind": kind,
                "term": self.terms[kind],
                "lawful_end": self[f"lawful_end_{kind}"],
                "quota": quota_lines(self, kind),
                "seats": [(seat, self[f"fate_{seat.pk}"]) for seat in self.seats[kind]],
                "ready": [
                    (row, self[f"elect_{row.pk}"], self[f"employment_{row.pk}"], self[f"until_{row.pk}"])
                    for row in self.ready
                    if row.body.kind == kind
                ],
                "direct": self.direct[kind],
            }
            for kind in self.kinds
        ]

    def meeting_lines(self) -> list[dict[str, Any]]:
        return [
            {
                "label": meeting.label,
                "elects": "、".join(kind.label for kind in self.kinds if ELECTED_BY[kind] == meeting),
                "on": self[f"{meeting}_on"],
                "place": self[f"{meeting}_place"],
                "number": self[f"{meeting}_number"],
                "file": self[f"{meeting}_file"],
            }
            for meeting in self.meeting_kinds
        ]

    def hidden(self) -> list[tuple[str, str]]:
        """Everything typed but the files, for the page that asks to confirm."""
        return [
            (name, value)
            for name in self.data
            if name not in ("csrfmiddlewaretoken", "stage")
            for value in self.data.getlist(name)  # type: ignore[attr-defined]
        ]


def _fate(value: str) -> Fate:
    what, _colon, detail = value.partition(":")
    return Fate(reason=detail if what == "end" else "", position=detail if what == "change" else "")
