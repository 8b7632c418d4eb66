"""Amounts by unit, period and indicator: cycles made into periods, units into their sum."""

from __future__ import annotations

from collections.abc import Sequence

from reporting.choices import Time
from reporting.models import Indicator
from reporting.pivot.adding import plus, units_add
from reporting.pivot.periods import Key, Period
from reporting.pivot.places import TOTAL_ID, Place
from reporting.pivot.reading import Amount, CycleAmounts, Reading

ByPeriod = dict[Key, Amount]


class Amounts:
    """``of(indicator, unit, period)``; ``stale`` counts the reports whose state is from an earlier cycle of the period."""

    def __init__(self, reading: Reading, places: Sequence[Place], periods: Sequence[Period]) -> None:
        self.reading = reading
        self.places = places
        self.periods = periods
        self.found: dict[int, dict[int, ByPeriod]] = {}
        self.stale: dict[tuple[int, int, Key], int] = {}

    def take(self, indicators: Sequence[Indicator]) -> None:
        """Group what was read, once for each of ``indicators``."""
        for indicator in indicators:
            read = self.reading.amounts.get(indicator.pk, {})
            self.found[indicator.pk] = {
                place.unit_id: self._periods(indicator, place, read.get(place.unit_id, {}))
                for place in self.places
            }

    def keep_only(self, places: Sequence[Place]) -> None:
        """Forget all others, so that sums are of those listed."""
        self.places = places

    def add_up(self, indicators: Sequence[Indicator]) -> None:
        """The sums of the places listed, under :data:`TOTAL_ID`, where they may be added."""
        for indicator in indicators:
            if units_add(indicator):
                continue
            sums: ByPeriod = {}
            for place in self.places:
                if place.is_whole:
                    continue
                for key, amount in self.found[indicator.pk][place.unit_id].items():
                    held = sums.get(key)
                    sums[key] = amount if held is None else plus(held, amount) or amount
            self.found[indicator.pk][TOTAL_ID] = sums

    def of(self, indicator: Indicator, unit_id: int, key: Key) -> Amount | None:
        return self.found[indicator.pk].get(unit_id, {}).get(key)

    def _periods(self, indicator: Indicator, place: Place, cycles: CycleAmounts) -> ByPeriod:
        stood = place.stood
        if stood is not None:
            cycles = {pk: amount for pk, amount in cycles.items() if pk in stood}
        if indicator.time == Time.SUM:
            return self._flow(cycles, is_registry=not indicator.is_reported)
        return self._state(indicator, place, cycles)

    def is_unread(self, period: Period) -> bool:
        """Whether registry facts of ``period`` were too many to count anew."""
        return any(cycle.pk in self.reading.unread for cycle in period.cycles)

    def _flow(self, cycles: CycleAmounts, *, is_registry: bool) -> ByPeriod:
        found: ByPeriod = {}
        for period in self.periods:
            if is_registry and self.is_unread(period):
                continue
            amount: Amount | None = None
            for cycle in period.cycles:
                if cycle.pk in cycles:
                    amount = cycles[cycle.pk] if amount is None else plus(amount, cycles[cycle.pk])
            if amount is not None:
                found[period.key] = amount
        return found

    def _state(self, indicator: Indicator, place: Place, cycles: CycleAmounts) -> ByPeriod:
        """The last cycle's, with what is carried of reports that say nothing there."""
        found: ByPeriod = {}
        carried = self.reading.carried.get(indicator.pk, {}).get(place.unit_id, {})
        for period in self.periods:
            end = period.cycles[-1].pk
            amount = cycles.get(end) if indicator.time == Time.LAST or period.is_one_cycle else None
            if end in carried and (place.stood is None or end in place.stood):
                more, reports = carried[end]
                amount = plus(amount, (more, None))
                self.stale[indicator.pk, place.unit_id, period.key] = reports
            if amount is not None:
                found[period.key] = amount
        return found
