"""What a briefing may be made of: narratives of accepted reports, and exemplars of the year."""

from __future__ import annotations

from dataclasses import dataclass

from orgs.models import OrgUnit
from reporting.choices import IssueKind
from reporting.models import Cycle, Indicator
from reporting.papers.reading import words_of
from reporting.rollup import basis_for
from reporting.services.paper_drafts import Drawn
from sanzhang.models import Exemplar

#: Headings in the paper's order, by the narrative they come from.
NARRATIVES = {"progress": "工作动态", "next_steps": "下步打算"}
RAISED = {IssueKind.PROBLEM: "问题反映", IssueKind.SUGGESTION: "意见建议"}
EXEMPLARS = "典型推介"
HEADINGS = ("工作动态", EXEMPLARS, "问题反映", "意见建议", "下步打算")


@dataclass(frozen=True, slots=True)
class Source:
    """One article that can be chosen; ``origin`` says where it comes from."""

    key: str
    heading: str
    title: str
    origin: str
    text: str

    def drawn(self) -> Drawn:
        return Drawn(self.key, self.heading, self.title, self.text)


def _headings() -> dict[str, str]:
    """The heading of every narrative that may be drawn on, by key."""
    raising = Indicator.objects.exclude(raises="").values_list("key", "raises")
    return NARRATIVES | {key: RAISED[IssueKind(raises)] for key, raises in raising}


def sources_for(cycle: Cycle, unit: OrgUnit) -> list[Source]:
    """Everything that may be chosen, by heading, in code order."""
    headings = _headings()
    found = [
        Source(f"r{words.report_id}-{key}", headings[key], words.unit_name, words.city_name, text)
        for words in words_of(cycle, unit, basis_for(cycle), tuple(headings))
        for key, text in words.texts.items()
    ]
    exemplars = (
        Exemplar.objects.filter(year=cycle.period.year, withdrawn_at__isnull=True)
        .within(unit)
        .select_related("unit")
        .order_by("level", "unit__division_code", "pk")
    )
    found += [
        Source(f"e{one.pk}", EXEMPLARS, one.title, one.unit.display_name, one.text) for one in exemplars
    ]
    return sorted(found, key=lambda source: HEADINGS.index(source.heading))
