"""Two records of one head made one, and parted again when that was wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import ForeignObjectRel, UniqueConstraint

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError, Problem, check
from core.formats import day
from sanzhang.models import Appointment, Candidacy, KeyPerson, OccupationSpell, PersonMerge
from sanzhang.permissions import MANAGE_PEOPLE
from sanzhang.services import histories
from sanzhang.services.guards import ensure
from sanzhang.services.people import common_unit, locked

#: What stays with the record it was written for.
STAYS = (OccupationSpell, PersonMerge, KeyPerson)
#: Among what moved, the records that had been merged into the one that is gone.
FOLLOWERS = "sanzhang.keyperson.merged_into"
#: Columns of the record kept that the other one may fill.
FILLABLE = ("employer", "post", "sex", "birth_month", "education", "title", "new_organisation", "disciplines")


def merge(*, keep: KeyPerson, double: KeyPerson, by: Actor) -> KeyPerson:
    """One head of two records: all that hangs on ``double`` goes to ``keep``, whose blanks it fills; ``double`` then
    points to it.

    Raises ``DomainError`` naming the seats when both sat in one body at the same time, or the bodies in which both
    are being considered: end, void or withdraw one of the two first.
    """
    if keep.pk == double.pk:
        raise DomainError.of("same_record", "请选择两条不同的记录。", "double")
    with transaction.atomic():
        for pk in sorted((keep.pk, double.pk)):
            KeyPerson.objects.select_for_update(of=("self",)).get(pk=pk)
        kept, gone = locked(keep), locked(double)
        ensure(by, MANAGE_PEOPLE, kept.unit)
        ensure(by, MANAGE_PEOPLE, gone.unit)
        problems = [*_seats_in_the_way(kept, gone), *_candidacies_in_the_way(kept, gone)]
        check(problems)
        unit_before = kept.unit
        moved = {relation_name(rel): _move(rel, kept, gone) for rel in dependents()}
        followers = KeyPerson.objects.filter(merged_into=gone)
        moved[FOLLOWERS] = sorted(followers.values_list("pk", flat=True))
        filled = _fill_blanks(kept, gone)
        kept.unit = common_unit(kept.unit, gone.unit) or kept.unit
        kept.revision += 1
        kept.save()
        histories.carry_on(turns=[(kept, None)], by=by)
        followers.update(merged_into=kept)
        gone.merged_into = kept
        gone.save(update_fields=["merged_into", "updated_at"])
        merged = PersonMerge.objects.create(
            kept=kept,
            gone=gone,
            moved={name: keys for name, keys in moved.items() if keys},
            held=_held(kept),
            filled=filled,
            unit_before=unit_before,
            revision=kept.revision,
            merged_by=by.actor_label[:120],
        )
        record(
            kind="sanzhang.merged",
            by=by,
            summary=f"合并重复人员{gone.name}",
            unit=kept.unit,
            obj=kept,
            data={"double": gone.pk, "moved": merged.moved, "filled": sorted(filled)},
        )
    return kept


def undo_merge(*, merged: PersonMerge, by: Actor) -> KeyPerson:
    """Part what was merged by mistake: every row goes back to the record that it came from.

    Raises ``Conflict`` when it was undone already or when something newer hangs on the record kept.
    """
    with transaction.atomic():
        held = (
            PersonMerge.objects.select_for_update(of=("self",))
            .select_related("unit_before")
            .get(pk=merged.pk)
        )
        if held.undone_at is not None:
            raise Conflict.of("merge_undone", "该合并已经恢复，请刷新页面查看。")
        kept = locked(held.kept)
        gone = KeyPerson.objects.select_for_update(of=("self",)).select_related("unit").get(pk=held.gone_id)
        ensure(by, MANAGE_PEOPLE, kept.unit)
        ensure(by, MANAGE_PEOPLE, gone.unit)
        newer = what_is_newer(held, kept)
        if newer:
            raise Conflict.of("merge_has_grown", f"合并后又有新的内容（{'、'.join(newer)}），不能恢复。")
        for rel in dependents():
            keys = held.moved.get(relation_name(rel), [])
            _model(rel)._base_manager.filter(pk__in=keys).update(**{rel.field.name: gone})
        _empty_again(kept, held.filled)
        kept.unit = held.unit_before
        kept.revision += 1
        kept.save()
        histories.carry_on(turns=[(kept, None)], by=by)
        followers = KeyPerson.objects.filter(pk__in=held.moved.get(FOLLOWERS, []), merged_into=kept)
        followers.update(merged_into=gone)
        gone.merged_into = None
        gone.save(update_fields=["merged_into", "updated_at"])
        held.undone_at, held.undone_by = clock.now(), by.actor_label[:120]
        held.save(update_fields=["undone_at", "undone_by"])
        record(
            kind="sanzhang.merge_undone",
            by=by,
            summary=f"恢复被合并的人员{gone.name}",
            unit=kept.unit,
            obj=kept,
            data={"double": gone.pk},
        )
    return gone


def what_is_newer(merged: PersonMerge, kept: KeyPerson) -> list[str]:
    """What was written on the record kept since the merge, in words; nothing while the merge can be undone."""
    newer = [] if kept.revision == merged.revision else ["人员信息"]
    present = _held(kept)
    for rel in dependents():
        name = relation_name(rel)
        if present.get(name, []) != merged.held.get(name, []):
            newer.append(str(_model(rel)._meta.verbose_name))
    return newer


def dependents() -> Iterator[ForeignObjectRel]:
    """Every relation whose rows belong to the head and not to the record: whatever points to a person, of any floor."""
    for rel in KeyPerson._meta.related_objects:
        if (rel.one_to_many or rel.one_to_one) and rel.related_model not in STAYS:
            yield rel


def relation_name(rel: ForeignObjectRel) -> str:
    return f"{_model(rel)._meta.label_lower}.{rel.field.name}"


def _model(rel: ForeignObjectRel) -> Any:
    return rel.related_model


def _held(person: KeyPerson) -> dict[str, list[Any]]:
    rows = {
        relation_name(rel): sorted(
            _model(rel)._base_manager.filter(**{rel.field.name: person}).values_list("pk", flat=True)
        )
        for rel in dependents()
    }
    return {name: keys for name, keys in rows.items() if keys}


def _move(rel: ForeignObjectRel, kept: KeyPerson, gone: KeyPerson) -> list[Any]:
    """The keys of the rows that now belong to ``kept``. Where both have the same (both took part in one activity), the
    row of ``kept`` stands for the head and the other stays with its record."""
    rows = _model(rel)._base_manager.filter(**{rel.field.name: gone})
    for taken in _twins(rel, kept):
        rows = rows.exclude(taken)
    keys = sorted(rows.values_list("pk", flat=True))
    try:
        with transaction.atomic():
            _model(rel)._base_manager.filter(pk__in=keys).update(**{rel.field.name: kept})
    except IntegrityError as error:
        what = _model(rel)._meta.verbose_name
        message = f"两条记录的“{what}”互相重叠，请先处理其中一条，再合并。"
        raise Conflict.of("merge_overlaps", message, "double") from error
    return keys


def _twins(rel: ForeignObjectRel, kept: KeyPerson) -> Iterator[models.Q]:
    """What rows may not be doubled by the unique constraints of their table."""
    own = rel.field.name
    constraints = [one for one in _model(rel)._meta.constraints if isinstance(one, UniqueConstraint)]
    for constraint in constraints:
        if own not in constraint.fields:
            continue
        others = [name for name in constraint.fields if name != own]
        condition = constraint.condition or models.Q()
        for row in _model(rel)._base_manager.filter(condition, **{own: kept}).values(*others):
            yield condition & models.Q(**row)


def _seats_in_the_way(kept: KeyPerson, gone: KeyPerson) -> list[Problem]:
    problems = []
    own = list(Appointment.objects.standing().filter(person=kept).select_related("unit"))
    for seat in Appointment.objects.standing().filter(person=gone).select_related("unit"):
        for other in own:
            if seat.body_id == other.body_id and _overlap(seat, other):
                message = (
                    f"两条记录同时在{seat.unit.association}任职：{other.get_position_display()}（{_span(other)}）与"
                    f"{seat.get_position_display()}（{_span(seat)}）。请先办理其中一项的离任，登记错误的请作废，再合并。"
                )
                problems.append(Problem("second_seat", message, "double"))
    return problems


def _candidacies_in_the_way(kept: KeyPerson, gone: KeyPerson) -> list[Problem]:
    own = Candidacy.objects.open().filter(person=kept).values("body")
    return [
        Problem(
            "candidacy_open",
            f"两条记录在{row.unit.association}都有办理中的吸纳程序，请先撤回其中一项，再合并。",
            "double",
        )
        for row in Candidacy.objects.open().filter(person=gone, body__in=own).select_related("unit")
    ]


def _overlap(one: Appointment, other: Appointment) -> bool:
    starts_before = one.valid_to is None or other.valid_from < one.valid_to
    return starts_before and (other.valid_to is None or one.valid_from < other.valid_to)


def _span(seat: Appointment) -> str:
    return f"{day(seat.valid_from)}至{day(seat.valid_to) if seat.valid_to else '今'}"


def _fill_blanks(kept: KeyPerson, gone: KeyPerson) -> dict[str, Any]:
    """Fill what ``kept`` does not know, and tell what stood there before."""
    filled = {
        column: getattr(kept, column)
        for column in FILLABLE
        if not getattr(kept, column) and getattr(gone, column)
    }
    for column in filled:
        setattr(kept, column, getattr(gone, column))
    if not kept.phone_cipher and gone.phone_cipher:
        kept.seal_phone(gone.phone)
        filled["phone"] = ""
    return filled


def _empty_again(kept: KeyPerson, filled: dict[str, Any]) -> None:
    for column, before in filled.items():
        if column == "phone":
            kept.seal_phone("")
        else:
            setattr(kept, column, before)
