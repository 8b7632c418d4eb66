"""Random months through the real services, against a book kept by hand: totals, completeness and cases agree.

``KEXIE_HISTORIES=1000 pytest tests/integration/test_month_histories.py`` plays a thousand; the ordinary run a few.
"""

from __future__ import annotations

import datetime as dt
import os
import random
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from accounts.models import User
from accounts.roles import Role
from core import clock
from core.actor import SYSTEM
from core.errors import DomainError
from orgs.choices import ActKind, Level
from orgs.models import OrgUnit
from orgs.rules.reorganising import Line
from reporting.choices import CaseState, ReportState
from reporting.models import Cell, CorrectionCase, CycleFact, Report
from reporting.rollup import Basis, cycle_totals
from reporting.selectors.completeness import completeness
from reporting.selectors.layout import layout_of
from reporting.services import review
from reporting.services.corrections import confirm, open_case, refuse, withdraw_case
from reporting.services.excuses import defer, exempt, lift_exemption
from reporting.services.facts import compute_facts
from reporting.services.filling import CellChange, save_cells
from reporting.services.submission import submit, withdraw
from tests.factories import Tree, make_tree, user_at
from tests.integration.month_book import EDITABLE, Book
from tests.month import WHILE_FILLING, fill, make_month
from tests.reorganised import applied

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HISTORIES = int(os.environ.get("KEXIE_HISTORIES", "8"))
ACTS_EACH = 90
#: Keys that any level types alone, without a partner cell.
FREE_KEYS = ("agri_adopted", "inspections", "support_funds", "support_awards")
#: Late on the last day, a moment after it, and days after.
HOURS_ON = (0, 0, 0, 1, 5, 16, 24)


class History:
    """One month played at random; every act that the services let pass is written into the book."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.tree: Tree = make_tree()
        self.month = make_month(self.tree)
        self.cycle = self.month.cycle
        reports = Report.objects.filter(cycle=self.cycle).select_related(
            "unit", "province", "city", "county", "custodian", "reviewer"
        )
        parents = {
            unit.division_code: self.tree_code(unit.parent_id)
            for unit in self.tree.units.values()
            if unit.level in (Level.CITY, Level.COUNTY, Level.TOWNSHIP)
        }
        self.book = Book(list(reports), parents)
        compute_facts(cycle=self.cycle, by=SYSTEM)
        self.facts = self._facts()
        self.people: dict[str, User] = {}
        self.done: Counter[str] = Counter()
        self.names = 0
        layout = layout_of(self.cycle.form_version)
        self.keys = {level: [item.indicator.key for item in layout.numeric_owed_at(level)] for level in Level}
        for code, page in self.book.pages.items():
            if not page.on_behalf or self.rng.random() < 0.7:
                fill(self.report(code))
                page.typed = dict.fromkeys(self.keys[Level(page.level)], Decimal(0))

    def tree_code(self, pk: int | None) -> str:
        return next(unit.division_code for unit in self.tree.units.values() if unit.pk == pk)

    def _facts(self) -> dict[tuple[str, str], tuple[Any, Any]]:
        rows = CycleFact.objects.filter(cycle=self.cycle).values_list(
            "unit__division_code", "indicator__key", "numerator", "denominator"
        )
        return {(code, key): (above, below) for code, key, above, below in rows}

    def report(self, code: str) -> Report:
        return Report.objects.select_related("cycle", "unit", "custodian", "reviewer").get(
            pk=self.book.pages[code].pk
        )

    def at(self, code: str) -> User:
        if code not in self.people:
            self.people[code] = user_at(self.tree[code], Role.REPORTER, Role.REVIEWER)
        return self.people[code]

    def attempt(self, name: str, act: Callable[[], Any], note: Callable[[], Any]) -> None:
        """Try ``act``; what goes through is noted."""
        try:
            act()
        except DomainError:
            self.done["refused"] += 1
            return
        note()
        self.done[name] += 1

    def play(self, traveller: Any) -> None:
        acts = [
            *[(self.submit, EDITABLE)] * 4,
            *[(self.accept, ("submitted",))] * 4,
            *[(self.type_in, EDITABLE), (self.excuse, EDITABLE), (self.correct, ("accepted",))] * 2,
            *[(self.send_back, ("submitted", "accepted")), (self.withdraw, ("submitted",))],
            *[(self.answer_case, ())] * 4,
        ]
        for _turn in range(ACTS_EACH):
            if self.rng.random() < 0.02:
                self.reorganise()
            if self.rng.random() < 0.15:
                traveller.shift(dt.timedelta(hours=self.rng.choice(HOURS_ON)))
            act, states = self.rng.choice(acts)
            act(self._somebody(states))

    def _somebody(self, states: tuple[str, ...]) -> str:
        """Mostly one whose turn it could be, sometimes anybody."""
        fitting = [code for code, page in self.book.pages.items() if page.state in states]
        everybody = list(self.book.pages)
        return self.rng.choice(fitting if fitting and self.rng.random() < 0.85 else everybody)

    def type_in(self, code: str) -> None:
        page = self.book.pages[code]
        key = self.rng.choice([key for key in FREE_KEYS if key in self.keys[Level(page.level)]] or FREE_KEYS)
        value = self.rng.randint(0, 30)
        cell = Cell.objects.filter(report=page.pk, indicator__key=key).first()
        change = CellChange(page.pk, key, str(value), cell.revision if cell else 0)
        saved: list[Any] = []

        def act() -> None:
            outcome = save_cells(reports=[self.report(code)], changes=[change], by=self.at(page.custodian))
            saved.extend(outcome.saved)

        self.attempt("type", act, lambda: saved and page.typed.__setitem__(key, Decimal(value)))

    def submit(self, code: str) -> None:
        page, now = self.book.pages[code], clock.now()
        self.attempt(
            "submit",
            lambda: submit(report=self.report(code), by=self.at(page.custodian)),
            lambda: self.book.submit(code, now),
        )

    def withdraw(self, code: str) -> None:
        by = self.at(self.book.pages[code].custodian)
        self.attempt(
            "withdraw",
            lambda: withdraw(report=self.report(code), by=by),
            lambda: self.book.withdraw(code),
        )

    def accept(self, code: str) -> None:
        by = self.at(self.book.pages[code].reviewer)
        self.attempt(
            "accept",
            lambda: review.accept(report=self.report(code), by=by),
            lambda: self.book.accept(code),
        )

    def send_back(self, code: str) -> None:
        by = self.at(self.book.pages[code].reviewer)
        self.attempt(
            "return",
            lambda: review.send_back(report=self.report(code), reason="logic", remark="请核对", by=by),
            lambda: self.book.send_back(code),
        )

    def excuse(self, code: str) -> None:
        page = self.book.pages[code]
        by = self.at(page.reviewer)
        if page.exempt:
            self.attempt(
                "lift",
                lambda: lift_exemption(report=self.report(code), reason="情况有变", by=by),
                lambda: setattr(page, "exempt", False),
            )
        elif self.rng.random() < 0.5:
            self.attempt(
                "exempt",
                lambda: exempt(report=self.report(code), reason="受灾", by=by),
                lambda: setattr(page, "exempt", True),
            )
        else:
            until = clock.local_day(page.deadline) + dt.timedelta(days=3)
            self.attempt(
                "defer",
                lambda: defer(report=self.report(code), until=until, reason="受灾", by=by),
                lambda: (setattr(page, "deadline", clock.end_of(until)), setattr(page, "deferred", True)),
            )

    def reorganise(self) -> None:
        """A merger, a move, a division or a new name in the middle of the month; of what is still open."""
        openly = [code for code in self.book.parents if code not in self.book.heirs]
        counties = [code for code in openly if self.tree[code].level == Level.COUNTY]
        townships = [code for code in openly if self.tree[code].level == Level.TOWNSHIP]
        kind = self.rng.choice(["merge", "move", "split", "rename", "merge county", "move county"])
        subject = self.rng.choice(counties if "county" in kind else townships)
        act = {
            "merge": lambda: self._merge(subject, self.rng.choice(townships)),
            "merge county": lambda: self._merge(subject, self.rng.choice(counties)),
            "move": lambda: self._move(subject, self.rng.choice(counties)),
            "move county": lambda: self._move(subject, self.rng.choice(["3701", "3702"])),
            "split": lambda: self._split(subject),
            "rename": lambda: self._reform(
                "rename", [Line(ActKind.RENAME, unit_id=self.tree[subject].pk, name=self._new_name())]
            ),
        }[kind]
        act()

    def _reform(
        self,
        name: str,
        lines: list[Line],
        closed: dict[str, str] | None = None,
        rehung: dict[str, str] | None = None,
        opened: dict[str, str] | None = None,
    ) -> None:
        def note() -> None:
            for code in opened or {}:
                self.tree.units[code] = OrgUnit.objects.get(division_code=code)
            self.book.reorganise(closed or {}, rehung or {}, opened or {})
            self.people.clear()

        self.attempt(name, lambda: applied(self.tree.province, lines), note)

    def _new_name(self) -> str:
        self.names += 1
        return f"新设{self.names}街道"

    def _merge(self, code: str, into: str) -> None:
        if code == into:
            return
        below = {one: into for one, parent in self.book.parents.items() if parent == code}
        line = Line(ActKind.MERGE, unit_id=self.tree[code].pk, into_id=self.tree[into].pk)
        standing = {one: parent for one, parent in below.items() if one not in self.book.heirs}
        self._reform("merge", [line], closed={code: into}, rehung=standing)

    def _move(self, code: str, to: str) -> None:
        if self.book.parents[code] == to:
            return
        line = Line(ActKind.MOVE, unit_id=self.tree[code].pk, parent_id=self.tree[to].pk)
        self._reform("move", [line], rehung={code: to})

    def _split(self, code: str) -> None:
        county = self.book.parents[code]
        fresh = [f"{county}{900 + len(self.tree.units) + place:03d}"[-9:] for place in range(2)]
        openings = [
            Line(
                ActKind.OPEN,
                parent_id=self.tree[county].pk,
                name=self._new_name(),
                division_code=one,
            )
            for one in fresh
        ]
        parts = [
            Line(ActKind.SPLIT, unit_id=self.tree[code].pk, opens=place, is_main=place == 0)
            for place in range(2)
        ]
        self._reform(
            "split", [*openings, *parts], closed={code: fresh[0]}, opened=dict.fromkeys(fresh, county)
        )

    def correct(self, code: str) -> None:
        page = self.book.pages[code]
        key = self.rng.choice([key for key in FREE_KEYS if key in self.keys[Level(page.level)]] or FREE_KEYS)
        value = Decimal(self.rng.randint(31, 60))
        self.attempt(
            "correct",
            lambda: open_case(
                report=self.report(code), changes={key: str(value)}, reason="漏计", by=self.at(page.custodian)
            ),
            lambda: self.book.correct(code, key, value),
        )

    def answer_case(self, _code: str) -> None:
        cases = list(CorrectionCase.objects.filter(state=CaseState.OPEN).select_related("report__unit"))
        if not cases:
            return
        case = self.rng.choice(sorted(cases, key=lambda one: one.pk))
        code = case.report.unit.division_code
        page = self.book.pages[code]
        assert page.case is not None
        by = self.at(page.case.waiting[0])
        answer = self.rng.random()
        if answer < 0.7:
            self.attempt("confirm", lambda: confirm(case=case, by=by), lambda: self.book.confirm(code))
        elif answer < 0.9:
            self.attempt(
                "refuse", lambda: refuse(case=case, note="不实", by=by), lambda: self.book.refuse(code)
            )
        else:
            clerk = self.at(page.custodian)
            self.attempt(
                "withdraw case",
                lambda: withdraw_case(case=case, by=clerk),
                lambda: self.book.withdraw_case(code),
            )

    def assert_agrees(self) -> None:
        self._states_agree()
        self._totals_agree()
        self._completeness_agrees()
        self._desks_agree()
        self._facts_agree()

    def _desks_agree(self) -> None:
        """Every obligation lies with whoever carries it on, and its frozen place has not moved."""
        columns = ("unit__division_code", "custodian__division_code", "reviewer__division_code")
        shown = {
            code: desks for code, *desks in Report.objects.filter(cycle=self.cycle).values_list(*columns)
        }
        assert shown == {code: [page.custodian, page.reviewer] for code, page in self.book.pages.items()}

    def _facts_agree(self) -> None:
        """What the registry knew at the window's end does not move with the tree, taken again or not."""
        compute_facts(cycle=self.cycle, by=SYSTEM)
        assert self._facts() == self.facts
        for unit in self.tree.units.values():
            if unit.division_code in self.book.pages and unit.level < Level.TOWNSHIP:
                below = [
                    one
                    for one, page in self.book.pages.items()
                    if page.level == Level.TOWNSHIP and unit.division_code in page.above
                ]
                expected = [one for one in below if self.tree[one].is_expected]
                found = self.facts[unit.division_code, "units_expected_township"]
                assert found[0] == len(expected), unit

    def _states_agree(self) -> None:
        shown = {
            report.unit.division_code: (report.state, report.on_time, report.returns, report.is_exempt)
            for report in Report.objects.filter(cycle=self.cycle).select_related("unit")
        }
        assert shown == {
            code: (ReportState(page.state), page.on_time, page.returns, page.exempt)
            for code, page in self.book.pages.items()
        }
        open_cases = CorrectionCase.objects.filter(state=CaseState.OPEN)
        waiting = {
            case.report.unit.division_code: list(
                case.steps.filter(confirmed__isnull=True)
                .order_by("order")
                .values_list("unit__division_code", flat=True)
            )
            for case in open_cases.select_related("report__unit")
        }
        assert waiting == {code: page.case.waiting for code, page in self.book.pages.items() if page.case}

    @property
    def is_lively(self) -> bool:
        """Whether enough was sent in and taken to tell right from wrong."""
        return self.done["submit"] > 3 < self.done["accept"]

    def _totals_agree(self) -> None:
        for basis, column in ((Basis.LIVE, "live"), (Basis.OFFICIAL, "official")):
            table = cycle_totals(self.cycle, basis=basis)
            for code in self.book.pages:
                for key in (*FREE_KEYS, "health_events"):
                    unit = self.tree[code]
                    cell = table.cell(unit.pk, key)
                    found = (cell.total, cell.reporters) if cell is not None else (None, 0)
                    assert found == self.book.total(code, key, column), (basis, code, key)

    def _completeness_agrees(self) -> None:
        now = clock.now()
        rows = completeness(self.cycle, within=self.tree.province)
        for row in rows:
            expected = self.book.counts(row.code, now)
            for tier in ("province", "city", "county", "zone", "township"):
                counts = row.tier(tier)
                for name in ("expected", "exempt", "deferred", "submitted", "on_time", "late", "missing"):
                    assert getattr(counts, name) == expected[tier][name], (row.code, tier, name)
                for name in ("pending", "returned", "accepted", "reviewed", "first_pass"):
                    assert getattr(counts, name) == expected[tier][name], (row.code, tier, name)


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_month_played_at_random_agrees_with_the_book(db: None, seed: int) -> None:
    with time_machine.travel(WHILE_FILLING, tick=False) as traveller:
        history = History(seed)
        for part in range(8):
            if part >= 2 and history.is_lively:
                break
            history.play(traveller)
            history.assert_agrees()
        assert history.is_lively
    print(dict(history.done))
