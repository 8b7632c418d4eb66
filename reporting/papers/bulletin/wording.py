"""What the sentences share: figures in words, and the few units that may be named."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from core import formats
from core.formats import short_day
from orgs.choices import Level
from reporting.papers.book import Book
from reporting.papers.figures import Figures, Part
from reporting.papers.tables import decimal_of

#: A bulletin names few, and never a township.
MOST_NAMED = 5


class Wording:
    """The month's figures as phrases. Names once given may be given again; new ones only up to the limit."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.figures: Figures = book.figures
        self.named: list[str] = []

    @property
    def whole(self) -> str:
        return self.figures.edition.whole

    @property
    def child(self) -> str:
        """How units below are called in a sentence."""
        return "市" if self.figures.edition.unit.level == Level.PROVINCE else "县（市、区）"

    @property
    def as_of(self) -> str:
        return f"截至{short_day(self.figures.edition.cycle.window_last)}"

    @property
    def regular(self) -> list[Part]:
        """Units below that are ranked together."""
        return [part for part in self.figures.parts if part.role == "part" and part.level < Level.TOWNSHIP]

    @property
    def has_pilots(self) -> bool:
        """Whether units below are ranked apart as pilots."""
        return any(part.role == "pilot" for part in self.figures.parts)

    def count(self, key: str) -> int:
        return self.figures.whole.coverage.number(key) or 0 if self.figures.whole.coverage else 0

    def number(self, key: str) -> str:
        """A registry count with separators."""
        return formats.number(self.count(key))

    def rate(self, measure: str) -> Fraction | None:
        value = self.figures.rate(self.figures.whole, measure).value
        return value if isinstance(value, Fraction) else None

    def rate_words(self, measure: str) -> str:
        return percent(self.rate(measure))

    def change_words(self, measure: str) -> str:
        """，比上月提高0.3个百分点; nothing without a last month."""
        row = self.figures.whole.coverage
        found = row.measures.get(measure) if row else None
        if found is None or found.change is None:
            return ""
        points = formats.number(abs(decimal_of(found.change) or 0), 1)
        if points == "0.0":
            return "，与上月持平"
        return f"，比上月{'提高' if found.change > 0 else '下降'}{points}个百分点"

    def total(self, key: str, *, year: bool = False) -> Decimal:
        """A typed total of the whole; zero where nobody reported."""
        if key not in self.figures.indicators:
            return Decimal(0)
        return decimal_of(self.figures.typed(self.figures.whole, key, year=year).value) or Decimal(0)

    def typed(self, key: str, *, year: bool = False) -> str:
        money = key in self.figures.indicators and self.figures.indicators[key].value_kind == "money"
        return formats.number(self.total(key, year=year), 2 if money else 0)

    def names(self, found: Sequence[str], most: int) -> str:
        """At most ``most`` of ``found`` as far as the limit allows, with “等” where more are meant; may be empty."""
        chosen: list[str] = []
        for name in found:
            if len(chosen) == most or (name not in self.named and len(self.named) >= MOST_NAMED):
                break
            chosen.append(name)
            if name not in self.named:
                self.named.append(name)
        more = f"等{len(found)}{self.child}" if chosen and len(found) > len(chosen) else ""
        return "、".join(chosen) + more

    def ordered(self, measure: str) -> list[Part]:
        """Ranked units below by a ratio, best first, in code order within a tie."""
        rated = [part for part in self.regular if self._rate_of(part, measure) is not None]
        return sorted(rated, key=lambda part: (-(self._rate_of(part, measure) or 0), part.code))

    def spread(self, measure: str) -> Fraction | None:
        """Best less worst of the ranked units below, as a ratio."""
        ordered = self.ordered(measure)
        if len(ordered) < 2:
            return None
        return (self._rate_of(ordered[0], measure) or Fraction(0)) - (
            self._rate_of(ordered[-1], measure) or Fraction(0)
        )

    def _rate_of(self, part: Part, measure: str) -> Fraction | None:
        value = self.figures.rate(part, measure).value
        return value if isinstance(value, Fraction) else None


def percent(value: Fraction | None) -> str:
    return formats.percent(decimal_of(value))


def points(value: Fraction) -> str:
    """A difference of ratios as percentage points without sign."""
    return formats.number(abs(decimal_of(value * 100) or 0), 1)


def share(part: Decimal | int, whole: Decimal | int) -> Fraction | None:
    """``None`` where there is nothing to share."""
    return Fraction(part) / Fraction(whole) if whole else None
