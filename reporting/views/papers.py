"""报表与通报: choose a month, have its workbook and bulletin made, fetch what was made."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.access import SignedInRequest, requires
from core.errors import Forbidden
from files.cards import card_of
from files.permissions import EXPORT
from files.selectors import jobs_of
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.choices import PaperKind
from reporting.filters.boards import CycleForm
from reporting.papers.batch import KIND as BATCH
from reporting.papers.batch import SORTS
from reporting.papers.edition import edition_of
from reporting.permissions import VIEW_REPORTS, WRITE_PAPERS
from reporting.selectors.paper_texts import briefings_of, draft_of
from reporting.views.looking import Look, with_principal_look

JOBS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Offer:
    """One file that the page offers."""

    label: str
    words: str
    symbol: str
    url: str


PAPERS = (
    (
        "reporting.workbook",
        "工作月报（Excel）",
        "封面与口径、汇总、组织覆盖等十二张表，可直接打印。",
        "file-earmark-excel",
    ),
    (
        "reporting.bulletin_pdf",
        "工作通报（PDF）",
        "按公文格式排版，附三张附表，供审阅和印发。",
        "file-earmark-pdf",
    ),
    (
        "reporting.bulletin_docx",
        "工作通报（Word）",
        "文字和表格与 PDF 一致，可修改，进入公文系统办理。",
        "file-earmark-word",
    ),
)
LISTS = (
    ("reporting.figures", "填报数据明细", "每个单位每项指标一行。", "table"),
    (
        "reporting.completeness",
        "月报报送明细",
        "每份月报一行：截止、上报、退回、通过时间。",
        "clipboard-check",
    ),
    (
        "reporting.blank_spots",
        "空白点名单",
        "县、乡两级，含未建原因、计划和责任人；村级在“空白点名单”页选择层级后导出。",
        "geo-alt",
    ),
)


@requires(VIEW_REPORTS)
@require_GET
@with_principal_look
def papers(request: SignedInRequest, look: Look) -> HttpResponse:
    """What can be made of the month, on which figures, and the person's latest files."""
    if not request.user.can(EXPORT, look.unit):
        raise Forbidden.for_action(EXPORT.label)
    kinds = [BATCH, *(kind for kind, *_rest in (*PAPERS, *LISTS))]
    jobs = jobs_of(request.user).filter(kind__in=kinds)[:JOBS_SHOWN]
    context = {
        "look": look,
        "edition": edition_of(look.cycle, look.unit),
        "form": CycleForm({"cycle": look.cycle.pk, "unit": look.unit.pk}, cycles=look.cycles, unit=look.unit),
        "writing": _writing(request, look) if look.unit.level <= Level.CITY else None,
        "papers": _offers(look, PAPERS) if look.unit.level <= Level.CITY else [],
        "lists": _offers(look, LISTS),
        "cities": _cities(request, look),
        "batches": _batches(look),
        "jobs": [card_of(job) for job in jobs],
    }
    return render(request, "reporting/papers/page.html", context)


def _offers(look: Look, offered: tuple[tuple[str, str, str, str], ...]) -> list[Offer]:
    return [
        Offer(label, words, symbol, look.address("files:start", kind))
        for kind, label, words, symbol in offered
    ]


def _batches(look: Look) -> list[Offer]:
    """A paper of each city in one archive."""
    if look.unit.level != Level.PROVINCE:
        return []
    return [
        Offer(
            f"各市{sort.title}", "", "file-earmark-arrow-down", look.address("files:start", BATCH, what=what)
        )
        for what, sort in SORTS.items()
    ]


def _writing(request: SignedInRequest, look: Look) -> dict[str, object]:
    """The text of the bulletin before it is issued, and the briefings."""
    return {
        "draft": draft_of(PaperKind.BULLETIN, look.cycle, look.unit),
        "may_write": request.user.can(WRITE_PAPERS, look.unit),
        "start_url": look.address("reporting:start_bulletin"),
        "summary": draft_of(PaperKind.SUMMARY, look.cycle, look.unit),
        "summary_url": look.address("reporting:start_summary"),
        "briefings_url": look.address("reporting:briefings"),
        "briefings": briefings_of(look.cycle, look.unit).count(),
    }


def _cities(request: SignedInRequest, look: Look) -> list[tuple[str, str]]:
    """From the province's page to each city's."""
    if look.unit.level != Level.PROVINCE:
        return []
    cities = OrgUnit.objects.visible_to(request.user, VIEW_REPORTS).filter(parent=look.unit, level=Level.CITY)
    return [
        (city.name, look.address("reporting:papers", unit=city.pk))
        for city in cities.order_by("division_code")
    ]
