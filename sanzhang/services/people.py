"""Registering people, keeping their facts current, showing a telephone number."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.cipher import digest
from core.errors import Conflict, Problem
from core.locks import one_at_a_time
from orgs.models import OrgUnit
from sanzhang.choices import Discipline
from sanzhang.models import KeyPerson, Occupation
from sanzhang.namekeys import name_keys
from sanzhang.permissions import MANAGE_PEOPLE, UNMASK
from sanzhang.rules import people as rules
from sanzhang.selectors import doubles_of
from sanzhang.services import histories
from sanzhang.services.guards import changed, ensure, explained, settle
from sanzhang.strokekeys import stroke_key


@dataclasses.dataclass(frozen=True, slots=True)
class PersonFacts:
    """What is typed about a person. ``phone`` ``None`` leaves the stored number as it is, ``""`` removes it."""

    name: str
    occupation: Occupation
    employer: str = ""
    post: str = ""
    sex: str = ""
    birth_month: dt.date | None = None
    education: str = ""
    title: str = ""
    is_party_member: bool = False
    is_front_line: bool = True
    is_retired: bool = False
    retired_on: dt.date | None = None
    new_organisation: str = ""
    disciplines: Sequence[str] = ()
    phone: str | None = None

    def tidied(self) -> PersonFacts:
        """Blanks taken out of names and numbers, the month of birth on its first day."""
        name = (
            "".join(self.name.split())
            if re.search(r"[\u3400-\u9fff]", self.name)
            else " ".join(self.name.split())
        )
        return dataclasses.replace(
            self,
            name=name,
            employer="".join(self.employer.split()),
            post=self.post.strip(),
            title=self.title.strip(),
            birth_month=self.birth_month.replace(day=1) if self.birth_month else None,
            is_retired=self.is_retired or self.retired_on is not None,
            disciplines=[one.value for one in Discipline if one in self.disciplines]
            if self.disciplines
            else [],
            phone=None if self.phone is None else re.sub(r"[\s-]", "", self.phone),
        )


#: The facts as columns; the telephone is kept apart, encrypted.
COLUMNS = tuple(field.name for field in dataclasses.fields(PersonFacts) if field.name != "phone")
#: Of these the audit trail says only that they changed.
HIDDEN = frozenset({"phone", "birth_month"})


def register(
    *,
    facts: PersonFacts,
    unit: OrgUnit,
    by: Actor,
    is_backfill: bool = False,
    explanation: str = "",
    key: uuid.UUID | None = None,
) -> KeyPerson:
    """A new person whose record ``unit`` keeps.

    A possible double passes with an ``explanation``. The same ``key`` sent twice is one registration: the second
    call returns the person of the first. Raises ``DomainError`` with every problem at once.
    """
    ensure(by, MANAGE_PEOPLE, unit)
    facts = facts.tidied()
    with transaction.atomic():
        # Two clerks who register the same head at once wait for each other, so that the second sees the first.
        one_at_a_time(f"sanzhang.register:{facts.name}/{facts.employer}")
        if key is not None and (registered := KeyPerson.objects.filter(registration_key=key).first()):
            return registered
        warnings = settle(problems_of_new(facts, by=by, is_backfill=is_backfill), explanation)
        person = KeyPerson(unit=unit, registration_key=key, recorded_by=by.actor_label[:120])
        write_facts(person, facts)
        person.save()
        histories.begin(people=[person], by=by)
        record(
            kind="sanzhang.registered",
            by=by,
            summary=f"登记{facts.occupation.name}{person.name}",
            unit=unit,
            obj=person,
            data=explained(warnings, explanation),
        )
    return person


def problems_of_new(facts: PersonFacts, *, by: Actor, is_backfill: bool = False) -> list[Problem]:
    """What stands against registering ``facts``, doubles in ``by``'s scope included."""
    facts = facts.tidied()
    doubles = doubles_of(name=facts.name, employer=facts.employer, phone=facts.phone, by=by)
    return [
        *problems_of_facts(facts, is_backfill=is_backfill),
        *rules.occupation_is_in_use(facts.occupation),
        *rules.is_not_a_double(doubles),
    ]


def update(
    *,
    person: KeyPerson,
    revision: int,
    facts: PersonFacts,
    by: Actor,
    explanation: str = "",
    changed_on: dt.date | None = None,
) -> KeyPerson:
    """New facts for a person, unless somebody else changed the record since ``revision`` was read (``Conflict``).

    With ``changed_on`` the work (occupation, employer, retirement) changed on that day and what was before stays on
    record; without it what stood there was a mistake and is put right.
    """
    facts = facts.tidied()
    with transaction.atomic():
        held = locked(person)
        ensure(by, MANAGE_PEOPLE, held.unit)
        if held.revision != revision:
            raise Conflict.of(
                "changed_meanwhile", "该人员信息刚被他人修改，请刷新后核对再保存；您填写的内容未保存。"
            )
        was = held.occupation_id
        # An empty employer stays acceptable where it was never known.
        problems = problems_of_facts(facts, is_backfill=not held.employer)
        problems += rules.occupation_is_in_use(facts.occupation, was=was)
        changed_name = (facts.name, facts.employer) != (held.name, held.employer)
        phone = facts.phone if facts.phone and digest(facts.phone) != held.phone_digest else None
        doubles = doubles_of(
            name=facts.name if changed_name else "",
            employer=facts.employer,
            phone=phone,
            by=by,
            leave_out=held,
        )
        warnings = settle([*problems, *rules.is_not_a_double(doubles)], explanation)
        before = readable(held)
        write_facts(held, facts)
        held.revision += 1
        held.save()
        histories.carry_on(turns=[(held, changed_on)], by=by)
        changes = changed(before, readable(held), hidden=HIDDEN)
        record(
            kind="sanzhang.updated",
            by=by,
            summary=f"修改{held.name}的信息",
            unit=held.unit,
            obj=held,
            data={"changes": changes} | explained(warnings, explanation),
        )
    return held


def unmask(*, person: KeyPerson, by: Actor) -> str:
    """The telephone number in full, for who manages the unit; every look is on record."""
    ensure(by, UNMASK, person.unit)
    record(
        kind="sanzhang.unmasked", by=by, summary=f"查看{person.name}的完整电话", unit=person.unit, obj=person
    )
    return person.phone


def locked(person: KeyPerson) -> KeyPerson:
    """The row for the rest of the transaction; ``Conflict`` when it was merged away meanwhile."""
    held = (
        KeyPerson.objects.select_for_update(of=("self",))
        .select_related("unit", "occupation")
        .get(pk=person.pk)
    )
    if not held.is_present:
        raise Conflict.of("merged_away", "该记录已并入其他人员，请刷新后在合并后的记录上办理。")
    return held


def common_unit(one: OrgUnit, other: OrgUnit) -> OrgUnit | None:
    """The lowest unit that holds both."""
    shared = [pk for pk in one.ancestor_ids() if pk in set(other.ancestor_ids())]
    return OrgUnit.objects.get(pk=shared[-1]) if shared else None


def problems_of_facts(facts: PersonFacts, *, is_backfill: bool) -> list[Problem]:
    """What stands against the facts themselves, whoever else is on record."""
    return [
        *rules.name_is_a_name(facts.name),
        *rules.employer_is_named(facts.employer, is_backfill=is_backfill),
        *rules.phone_is_a_number(facts.phone),
        *rules.birth_is_possible(facts.birth_month, clock.today()),
        *rules.retirement_is_possible(facts.retired_on, facts.birth_month, clock.today()),
        *rules.holds_no_identity_number(post=facts.post, title=facts.title, employer=facts.employer),
    ]


def write_facts(person: KeyPerson, facts: PersonFacts) -> None:
    """Put ``facts`` (tidied) and what follows from them onto the row; the caller saves it."""
    for column in COLUMNS:
        setattr(person, column, getattr(facts, column))
    person.pinyin, person.initials = name_keys(facts.name)
    person.stroke_key = stroke_key(facts.name)
    if facts.phone is not None:
        person.seal_phone(facts.phone)


def readable(person: KeyPerson) -> dict[str, Any]:
    """The facts as the audit trail may hold them: the telephone and the birth month only as changed or not."""
    facts = {column: getattr(person, column) for column in COLUMNS}
    return facts | {"occupation": person.occupation.name, "phone": person.phone_digest}
