"""Reads the form of one report: its cells or a frozen version, the registry's figures, the past, the sums below."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core import clock, formats
from core.errors import Problem
from core.grids import Entry, EntryColumn
from files.models import Attachment
from reporting.answers import written_answer
from reporting.choices import Decision, Space, ValueKind
from reporting.file_kinds import words_of_kinds
from reporting.models import Cell, Cycle, Figure, FormItem, Report, ReviewRound, Section
from reporting.rollup import sums_below
from reporting.rules.filling import TEXT_LIMIT, problems_at_submission, problems_while_typing
from reporting.rules.filling import Entry as RuleEntry
from reporting.selectors.beside import NOTHING, beside_of
from reporting.selectors.facts import Fact, FactTable, facts_of, unit_facts
from reporting.selectors.history import History, history_of
from reporting.selectors.layout import (
    Layout,
    as_counted,
    display_value,
    entries_of,
    figures_of,
    frozen_entries,
    layout_of,
    shape_of,
    sheet_for_rules,
)
from reporting.selectors.ledger import ledger_of, ledger_url
from reporting.selectors.paper import (
    AnswerLine,
    FactLine,
    FigureLine,
    FileLine,
    Paper,
    PaperSection,
    TextLine,
)
from reporting.workflow import EDITABLE


@dataclass(slots=True)
class _Source:
    """Everything read for one form before its lines are laid out."""

    report: Report
    layout: Layout
    entries: dict[str, RuleEntry]
    revisions: dict[str, int]
    late: Mapping[str, int]
    problems: dict[str, list[Problem]]
    history: History
    below: dict[str, Decimal]
    remarks: dict[str, str]
    facts: FactTable
    last_facts: FactTable | None
    files: list[Attachment]
    year: Mapping[str, Decimal]
    is_locked: bool


def read_paper(
    report: Report,
    *,
    version_id: int | None = None,
    year: Mapping[str, Decimal] | None = None,
    has_facts: bool = True,
    is_read: bool = False,
) -> Paper:
    """The form of ``report`` with what is being typed; with ``version_id`` what that version froze, read-only.
    ``is_read`` shows what is being typed without fields to type in.

    ``year`` are the totals of the year so far by indicator key, where the page shows them; without ``has_facts`` the
    registry is not asked. A constant number of
    queries, whatever the form or the tree below.
    """
    layout = layout_of(report.cycle.form_version)
    entries, revisions, late = _content(report, version_id, layout)
    history = history_of(report)
    rules = sheet_for_rules(
        report=report,
        layout=layout,
        entries=entries,
        history=history,
        beside=beside_of([report], layout)[report.pk],
    )
    if version_id is None:
        entries = dict(rules.entries)
    is_locked = is_read or version_id is not None or report.state not in EDITABLE or report.is_exempt
    to_do = [] if is_locked else problems_at_submission(rules)
    source = _Source(
        report=report,
        layout=layout,
        entries=entries,
        revisions=revisions,
        late=late,
        problems=_by_key(problems_while_typing(rules)),
        history=history,
        below=sums_below(report.cycle, unit_id=report.unit_id, level=report.level),
        remarks=open_remarks(report) if version_id is None else {},
        facts=_facts(report) if has_facts else FactTable(report.cycle.window_last, is_provisional=True),
        last_facts=_last_facts(report) if has_facts else None,
        files=list(Attachment.objects.of(report)),
        year=year or {},
        is_locked=is_locked,
    )
    needed = layout.needed_at(report.level)
    return Paper(
        report=report,
        layout=layout,
        sections=[_section(section, items, source) for section, items in layout.sections()],
        facts_label=facts_label(report.cycle),
        to_do=to_do,
        filled=sum(1 for item in needed if _is_filled(entries.get(item.indicator.key))),
        owed=len(needed),
        has_year=year is not None,
    )


def blank_paper(report: Report, layout: Layout) -> Paper:
    """The form as ``report``'s level sees it, empty and open; asks the database for nothing more."""
    rules = sheet_for_rules(report=report, layout=layout, entries={}, history=History(), beside=NOTHING)
    source = _Source(
        report=report,
        layout=layout,
        entries=dict(rules.entries),
        revisions={},
        late={},
        problems={},
        history=History(),
        below={},
        remarks={},
        facts=FactTable(clock.today(), is_provisional=True),
        last_facts=None,
        files=[],
        year={},
        is_locked=False,
    )
    return Paper(
        report=report,
        layout=layout,
        sections=[_section(section, items, source) for section, items in layout.sections()],
        facts_label="截至统计期末",
        owed=len(layout.needed_at(report.level)),
    )


def facts_label(cycle: Cycle) -> str:
    """截至11月19日 once the window has ended and the figures are taken, 截至目前 before."""
    if cycle.facts_at:
        return f"截至{formats.short_day(cycle.window_last)}"
    return f"截至目前（{formats.short_day(min(clock.today(), cycle.window_last))}）"


def open_remarks(report: Report) -> dict[str, str]:
    """What the reviewer said at cells in the last return, while it is being worked on."""
    last = last_return(report)
    if last is None:
        return {}
    return {remark.indicator.key: remark.text for remark in last.remarks.all()}


def last_return(report: Report) -> ReviewRound | None:
    """The round that sent the report back, as long as nothing was handed in since."""
    if report.correction_due_at is None:
        return None
    return (
        report.rounds.filter(decision=Decision.RETURNED)
        .prefetch_related("remarks__indicator")
        .order_by("-at", "-id")
        .first()
    )


def _content(
    report: Report, version_id: int | None, layout: Layout
) -> tuple[dict[str, RuleEntry], dict[str, int], Mapping[str, int]]:
    """What stands in the form or in one of its versions, the cells' revisions, and how many of its records are 补录."""
    if version_id is not None:
        return frozen_entries(figures_of(version_id).values()), {}, {}
    cells = list(Cell.objects.filter(report=report).select_related("indicator"))
    ledger = ledger_of([report], layout)
    revisions = {cell.indicator.key: cell.revision for cell in cells}
    return entries_of(cells, ledger.of(report.pk)), revisions, ledger.late_of(report.pk)


def own_values(report: Report, keys: Collection[str]) -> dict[str, Decimal]:
    """The report's own figures of some indicators as they stand, ledgers included; none for what is not filled."""
    cells = Cell.objects.filter(report=report, indicator__key__in=keys).select_related("indicator")
    recorded = ledger_of([report], layout_of(report.cycle.form_version)).of(report.pk)
    entries = entries_of(cells, {key: number for key, number in recorded.items() if key in keys})
    return {key: entry.value for key, entry in entries.items() if entry.value is not None}


def _facts(report: Report) -> FactTable:
    """Stored facts of this unit alone where the cycle has them, else as they stand."""
    return unit_facts(report.cycle, report.unit)


def _last_facts(report: Report) -> FactTable | None:
    before = report.cycle.previous_period
    if before is None:
        return None
    last = Cycle.objects.filter(collection=report.cycle.collection_id, period=before).first()
    return facts_of(last, units=[report.unit_id]) if last else None


def _by_key(problems: list[Problem]) -> dict[str, list[Problem]]:
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        found.setdefault(problem.field or "", []).append(problem)
    return found


def _is_filled(entry: RuleEntry | None) -> bool:
    return entry is not None and (entry.value is not None or bool(entry.text.strip()))


def _section(section: Section, items: list[FormItem], source: _Source) -> PaperSection:
    made = PaperSection(section.key, section.name)
    for item in items:
        if item.indicator.is_reported:
            _put_reported(made, item, source)
        elif fact := source.facts.fact(source.report.unit_id, item.indicator.key):
            made.facts.append(_fact_line(item, fact, source))
    return made


def _put_reported(made: PaperSection, item: FormItem, source: _Source) -> None:
    """Into its place if this level owes it; a figure also where those below owe it."""
    is_owed = source.report.level in item.owed_by
    if item.indicator.is_numeric:
        if is_owed or item.indicator.key in source.below:
            made.figures.append(_figure_line(item, source, is_owed))
    elif not is_owed:
        return
    elif item.indicator.value_kind == ValueKind.FILE:
        made.files.append(_file_line(item, source))
    elif item.indicator.value_kind == ValueKind.TEXT:
        made.texts.append(_text_line(item, source))
    else:
        made.answers.append(_answer_line(item, source))


def _figure_line(item: FormItem, source: _Source, is_owed: bool) -> FigureLine:
    indicator = item.indicator
    key = indicator.key
    found = source.entries.get(key, RuleEntry())
    entry = Entry(
        report=source.report.pk,
        key=key,
        value=display_value(indicator, found.typed),
        revision=source.revisions.get(key, 0),
        explanation=found.explanation,
        recorded=as_counted(indicator, found.recorded),
        problems=source.problems.get(key, []),
        last=as_counted(indicator, source.history.last_month.get(key)),
        last_year=as_counted(indicator, source.history.last_year.get(key)),
        is_locked=source.is_locked or not is_owed or indicator.is_computed,
    )
    return FigureLine(
        column=column_of(item),
        entry=entry,
        own=as_counted(indicator, found.value),
        ledger_url=ledger_url(source.report, key) if found.recorded is not None else "",
        late=source.late.get(key, 0),
        below=as_counted(indicator, source.below.get(key)),
        remark=source.remarks.get(key, ""),
        year=as_counted(indicator, source.year.get(key)),
        is_owed=is_owed,
        formula=source.layout.said(item) if indicator.is_computed else "",
        is_summed=indicator.space == Space.SUM,
    )


def column_of(item: FormItem) -> EntryColumn:
    indicator = item.indicator
    return EntryColumn(
        key=indicator.key,
        label=indicator.name,
        unit=indicator.unit_label,
        kind="money" if indicator.places else "count",
        hint=item.help_text or indicator.definition,
    )


def _text_line(item: FormItem, source: _Source) -> TextLine:
    key = item.indicator.key
    entry = Entry(
        report=source.report.pk,
        key=key,
        value=source.entries.get(key, RuleEntry()).text,
        revision=source.revisions.get(key, 0),
        problems=source.problems.get(key, []),
        is_locked=source.is_locked,
    )
    return TextLine(
        column=column_of(item),
        entry=entry,
        limit=item.max_length or TEXT_LIMIT,
        is_required=source.report.level in item.required_at,
        last=source.history.last_texts.get(key, ""),
        remark=source.remarks.get(key, ""),
        raises=item.indicator.raises,
    )


def _answer_line(item: FormItem, source: _Source) -> AnswerLine:
    key = item.indicator.key
    shape = shape_of(item)
    entry = Entry(
        report=source.report.pk,
        key=key,
        value=source.entries.get(key, RuleEntry()).text,
        revision=source.revisions.get(key, 0),
        explanation=source.entries.get(key, RuleEntry()).explanation,
        problems=source.problems.get(key, []),
        is_locked=source.is_locked,
    )
    return AnswerLine(
        column=column_of(item),
        entry=entry,
        shape=shape,
        is_required=source.report.level in item.required_at,
        last=written_answer(source.history.last_texts.get(key, ""), shape),
        remark=source.remarks.get(key, ""),
    )


def _file_line(item: FormItem, source: _Source) -> FileLine:
    key = item.indicator.key
    return FileLine(
        key=key,
        name=item.indicator.name,
        help_text=item.help_text,
        files=[file for file in source.files if file.kind == key],
        wanted=item.file_count if source.report.level in item.required_at else 0,
        kinds_words=words_of_kinds(item.file_kinds),
    )


def _fact_line(item: FormItem, fact: Fact, source: _Source) -> FactLine:
    key = item.indicator.key
    last = source.last_facts.fact(source.report.unit_id, key) if source.last_facts else None
    return FactLine(
        key=key,
        name=item.indicator.name,
        unit="" if fact.is_ratio else item.indicator.unit_label,
        value=written_fact(fact),
        last=written_fact(last),
        hint=item.indicator.definition,
    )


def written_fact(fact: Fact | None) -> str:
    """A registry figure as people read it: counts with separators, ratios as percentages."""
    if fact is None or fact.value is None:
        return formats.ABSENT
    return formats.percent(fact.value / 100) if fact.is_ratio else formats.number(fact.numerator)


def collected_texts(report: Report) -> dict[str, list[dict[str, Any]]]:
    """What the units directly below wrote, by indicator key, to edit one's own words from."""
    rows = (
        Figure.objects.filter(
            version__live_of__cycle=report.cycle_id,
            version__live_of__reviewer=report.unit_id,
            indicator__value_kind=ValueKind.TEXT,
        )
        .exclude(version__live_of__unit=report.unit_id)
        .exclude(text="")
        .order_by("version__live_of__unit__division_code")
        .values_list("version__live_of__unit__name", "version__live_of", "indicator__key", "text")
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for name, pk, key, text in rows:
        found.setdefault(key, []).append({"name": name, "report": pk, "text": text})
    return found
