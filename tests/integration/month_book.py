"""The month kept by hand: what each act does to a report, in plain dictionaries, without a query or a sum in SQL."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from orgs.choices import Level
from reporting.choices import EntryMode
from reporting.models import Report

Figures = dict[str, Decimal]
EDITABLE = ("draft", "returned")


@dataclass
class CaseBook:
    """An open case: what it would make of the figures, and who has still to say yes."""

    kind: str
    new: Figures
    base: Figures | None
    waiting: list[str]
    key: str = ""
    has_moved: bool = False

    def change(self) -> Decimal:
        """By how much it moves the one figure that it corrects."""
        return self.new[self.key] - (self.base or {}).get(self.key, Decimal(0))


@dataclass
class Page:
    """One unit's report."""

    pk: int
    code: str
    level: int
    is_zone: bool
    above: list[str]
    city: str | None
    county: str | None
    custodian: str
    reviewer: str
    on_behalf: bool
    deadline: dt.datetime
    typed: Figures = field(default_factory=dict)
    state: str = "draft"
    frozen: Figures | None = None
    live: Figures | None = None
    official: Figures | None = None
    on_time: bool | None = None
    submitted_at: dt.datetime | None = None
    exempt: bool = False
    deferred: bool = False
    belated: bool = False
    returns: int = 0
    correcting: bool = False
    case: CaseBook | None = None

    @property
    def resting(self) -> str:
        return "returned" if self.correcting else "draft"


class Book:
    """Every report of one cycle, by division code; ``parents`` is the tree of today, by code, down to the townships."""

    def __init__(self, reports: list[Report], parents: dict[str, str]) -> None:
        self.parents = parents
        self.heirs: dict[str, str] = {}
        self.pages = {report.unit.division_code: self._page(report) for report in reports}
        self.province = next(page.code for page in self.pages.values() if page.level == Level.PROVINCE)

    def _page(self, report: Report) -> Page:
        city = report.city.division_code if report.city else None
        county = report.county.division_code if report.county else None
        code = report.unit.division_code
        chain = [place for place in (county, city, report.province.division_code) if place and place != code]
        return Page(
            pk=report.pk,
            code=code,
            level=report.level,
            is_zone=report.is_zone,
            above=chain or [code],
            city=city,
            county=county,
            custodian=report.custodian.division_code,
            reviewer=report.reviewer.division_code,
            on_behalf=report.entry_mode == EntryMode.ON_BEHALF,
            deadline=report.due_at,
        )

    def submit(self, code: str, at: dt.datetime) -> None:
        page = self.pages[code]
        superior = self.pages[page.above[0]]
        superior_is_open = superior is page or superior.state in EDITABLE
        for township in self._typed_with(page):
            if township.state in EDITABLE and not township.exempt and township.typed:
                self._freeze(township, at)
                township.state, township.live, township.correcting = "accepted", township.frozen, False
        self._freeze(page, at)
        page.belated = page.belated or not superior_is_open
        if page.custodian != page.reviewer:
            page.state = "submitted"
            return
        page.state, page.live, page.correcting = "accepted", page.frozen, False
        if page.level == Level.PROVINCE:
            page.official = page.live
        elif page.belated:
            self._open_belated(page)

    def _typed_with(self, page: Page) -> list[Page]:
        """The townships that a county types for; those of a county that is no more its successor's desk types."""
        if page.level != Level.COUNTY:
            return []
        return [
            one
            for one in self.pages.values()
            if one.on_behalf
            and (one.custodian == page.code or (one.custodian, one.county) == (page.custodian, page.code))
        ]

    def _freeze(self, page: Page, at: dt.datetime) -> None:
        page.frozen = dict(page.typed)
        if page.submitted_at is None:
            page.submitted_at, page.on_time = at, at < page.deadline

    def withdraw(self, code: str) -> None:
        page = self.pages[code]
        page.state = page.resting
        self._bring_back(page)

    def _bring_back(self, page: Page) -> None:
        for township in self._typed_with(page):
            if township.state == "accepted":
                township.state, township.live, township.official = township.resting, None, None
                case = township.case
                if case is not None and case.kind == "correction" and not case.has_moved:
                    self._type(township, case.key, case.change())
                township.case = None

    def accept(self, code: str) -> None:
        page = self.pages[code]
        page.state, page.live, page.correcting = "accepted", page.frozen, False
        if page.reviewer == self.province:
            self._settle(page)
        elif page.belated:
            self._open_belated(page)

    def _settle(self, page: Page) -> None:
        for one in self.pages.values():
            if one is not page and page.code not in one.above:
                continue
            county = self.pages.get(one.county or "")
            on_path = page.level != Level.CITY or one.level <= Level.COUNTY or county is None
            if (on_path or county.state == "accepted") and one.state == "accepted" and one.case is None:
                one.official = one.live

    def send_back(self, code: str) -> None:
        page = self.pages[code]
        if page.state == "accepted" and page.reviewer == self.province:
            for one in self.pages.values():
                if page.code != self.province and page.code in one.above:
                    one.official = None
        page.state, page.live, page.official, page.correcting = "returned", None, None, True
        page.returns += 1
        self._bring_back(page)

    def _open_belated(self, page: Page) -> None:
        page.case = CaseBook("belated", dict(page.live or {}), None, self._path(page))
        self.confirm(page.code)

    def _path(self, page: Page) -> list[str]:
        steps = [page.above[0]]
        for below, place in zip(page.above, page.above[1:], strict=False):
            if self.pages[below].state != "accepted":
                break
            steps.append(place)
        return [self.desk(place) for place in steps]

    def desk(self, code: str) -> str:
        """Who carries on the work of a unit."""
        while code in self.heirs:
            code = self.heirs[code]
        return code

    def reorganise(self, closed: dict[str, str], rehung: dict[str, str], opened: dict[str, str]) -> None:
        """``closed`` names each unit's successor, ``rehung`` and ``opened`` each unit's new parent. Obligations stay;
        the desks that type, review and confirm become those of the successors."""
        self.parents |= opened | rehung
        self.heirs |= closed

        def now(code: str) -> str:
            while code in closed:
                code = closed[code]
            return code

        for page in self.pages.values():
            if page.case is not None:
                page.case.waiting = [now(code) for code in page.case.waiting]
            if page.reviewer == page.code:
                continue
            is_typed_above = page.custodian == page.reviewer
            subject = page.code if is_typed_above else page.custodian
            is_moved = subject in closed or subject in rehung
            page.reviewer = now(self.parents[now(subject)] if is_moved else page.reviewer)
            page.custodian = page.reviewer if is_typed_above else now(subject)

    def correct(self, code: str, key: str, value: Decimal) -> None:
        page = self.pages[code]
        new = {**(page.live or {}), key: value}
        page.case = CaseBook("correction", new, page.live, self._path(page), key)
        if page.reviewer == page.code:
            self.confirm(code)

    def confirm(self, code: str) -> None:
        page = self.pages[code]
        case = page.case
        assert case is not None
        step = case.waiting.pop(0)
        if not case.has_moved:
            page.live, case.has_moved = case.new, True
            if case.kind == "correction":
                self._type(page, case.key, case.change())
        if not case.waiting:
            page.case = None
            if page.official is not None or step == self.province:
                page.official = case.new

    def refuse(self, code: str) -> None:
        page = self.pages[code]
        case = page.case
        assert case is not None
        page.case = None
        if case.kind == "correction":
            page.live = case.base
            if case.has_moved:
                self._type(page, case.key, -case.change())

    withdraw_case = refuse

    def _type(self, page: Page, key: str, by: Decimal) -> None:
        """Into the form, as a correction leaves it there."""
        page.typed[key] = max(Decimal(0), page.typed.get(key, Decimal(0)) + by)

    def total(self, code: str, key: str, column: str) -> tuple[Decimal | None, int]:
        """The sum of a subtree and how many reports it is made of."""
        values = [
            figures[key]
            for page in self.pages.values()
            if (code == page.code or code in page.above)
            and (figures := getattr(page, column)) is not None
            and key in figures
        ]
        return (sum(values, Decimal(0)) if values else None), len(values)

    def counts(self, code: str, at: dt.datetime) -> dict[str, Counter[str]]:
        """Completeness of a subtree by tier."""
        tiers: dict[str, Counter[str]] = defaultdict(Counter)
        names = {Level.PROVINCE: "province", Level.CITY: "city", Level.TOWNSHIP: "township"}
        for page in self.pages.values():
            if code != page.code and code not in page.above:
                continue
            tier = tiers[names.get(Level(page.level), "zone" if page.is_zone else "county")]
            if page.exempt:
                tier["exempt"] += 1
                continue
            tier["expected"] += 1
            tier["deferred"] += page.deferred
            if page.submitted_at is not None:
                tier["submitted"] += 1
                tier["on_time" if page.on_time else "late"] += 1
            else:
                tier["missing" if at >= page.deadline else "pending"] += 1
            tier["returned"] += page.state == "returned"
            tier["accepted"] += page.state == "accepted"
            tier["reviewed"] += page.state == "accepted" or page.returns > 0
            tier["first_pass"] += page.state == "accepted" and page.returns == 0
        return tiers
