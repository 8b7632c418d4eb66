"""The list of a handover: drawn up at its opening, held against what there is at each confirmation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import Max

from accounts.models import Handover, HandoverLine, LineKind, Posting, SavedView, User
from accounts.registry import belongings_of, open_work_of
from accounts.roles import Role
from accounts.services.postings import passing
from core import clock
from orgs.models import OrgUnit

#: Of a desk's units below, so many have a line for what the next person should know.
UNITS_LISTED = 60
DESK_ROLES = {Role.REPORTER, Role.REVIEWER}

Key = tuple[str, str, int | None]


@dataclass(frozen=True, slots=True)
class Entry:
    """What one line says; ``standing`` how far open work is."""

    kind: LineKind
    text: str
    unit: OrgUnit | None = None
    standing: str = ""

    @property
    def key(self) -> Key:
        return (self.kind.value, self.text, self.unit.pk if self.unit else None)

    @property
    def mark(self) -> str:
        """By which a page says that it showed this line."""
        return "|".join(str(part) for part in self.key)


def entries_of(leaver: User, postings: Sequence[Posting]) -> list[Entry]:
    """Everything that passes now, each once; work that a desk holds in two roles says both."""
    found: dict[Key, Entry] = {}
    for entry in _entries(leaver, postings):
        held = found.get(entry.key)
        if held is None or entry.standing in held.standing.split("、"):
            found.setdefault(entry.key, entry)
        else:
            standing = f"{held.standing}、{entry.standing}"[:120]
            found[entry.key] = Entry(entry.kind, entry.text, entry.unit, standing)
    return list(found.values())


def _entries(leaver: User, postings: Sequence[Posting]) -> Iterator[Entry]:
    for posting in postings:
        yield Entry(LineKind.POSTING, str(posting), posting.unit)
    for posting in postings:
        for work in open_work_of(posting):
            yield Entry(LineKind.WORK, work.subject[:300], posting.unit, work.standing[:120])
    desks = {posting.unit_id: posting.unit for posting in postings if posting.role in DESK_ROLES}
    for desk in desks.values():
        yield Entry(LineKind.UNIT, desk.display_name, desk)
    below = OrgUnit.objects.open().filter(parent__in=desks).in_code_order()
    for unit in below[:UNITS_LISTED]:
        yield Entry(LineKind.UNIT, unit.display_name, unit)
    for view in SavedView.objects.filter(owner=leaver):
        yield Entry(LineKind.VIEW, f"{view.name}{'（本单位共享）' if view.is_shared else ''}")
    for text in belongings_of(leaver):
        yield Entry(LineKind.OTHER, text[:300])


@dataclass(slots=True)
class Since:
    """What became of the list: what came, the lines that nothing stands behind any more, how far the others are."""

    new: list[Entry] = field(default_factory=list)
    settled: list[HandoverLine] = field(default_factory=list)
    standing: dict[int, str] = field(default_factory=dict)


def since(handover: Handover) -> Since:
    """The list against what would pass now. The lines on units are the leaver's words and stay as they were."""
    now = {
        entry.key: entry
        for entry in entries_of(handover.leaver, passing(handover.leaver))
        if entry.kind != LineKind.UNIT
    }
    found = Since()
    for line in handover.lines.exclude(kind=LineKind.UNIT):
        entry = now.pop((line.kind, line.text, line.unit_id), None)
        if entry is None:
            found.settled.append(line)
        else:
            found.standing[line.pk] = entry.standing
    found.new = list(now.values())
    return found


def draw_up(handover: Handover, entries: Sequence[Entry]) -> None:
    """The first list."""
    _append(handover, entries, is_later=False)


def bring_up_to_date(handover: Handover, found: Since) -> None:
    """Put what came on the list as later, mark what was settled, and say how far the rest is."""
    _append(handover, found.new, is_later=True)
    settled = {line.pk for line in found.settled}
    lines = list(handover.lines.filter(pk__in=settled | found.standing.keys()))
    for line in lines:
        line.standing = found.standing.get(line.pk, line.standing)
        line.settled_at = (line.settled_at or clock.now()) if line.pk in settled else None
    HandoverLine.objects.bulk_update(lines, ["standing", "settled_at"])


def _append(handover: Handover, entries: Sequence[Entry], *, is_later: bool) -> None:
    last = handover.lines.aggregate(last=Max("order"))["last"] or 0
    HandoverLine.objects.bulk_create(
        HandoverLine(
            handover=handover,
            order=place,
            kind=entry.kind,
            text=entry.text,
            unit=entry.unit,
            standing=entry.standing,
            added_at=clock.now() if is_later else None,
        )
        for place, entry in enumerate(entries, last + 1)
    )
