"""Registering affiliates, keeping their record, their dated facts, their exit."""

import datetime as dt

import pytest

from accounts.roles import Role
from audit.models import AuditEvent
from core import clock
from core.actor import SYSTEM
from core.errors import Conflict, DomainError, Forbidden
from orgs.models import (
    Affiliate,
    AffiliateKind,
    AffiliateMembers,
    AffiliatePartner,
    AffiliateState,
    OrgUnit,
)
from orgs.selectors.affiliates import affiliate_view, unit_section
from orgs.services import affiliate_facts, affiliate_kinds, affiliates
from orgs.services.affiliates import OrganFacts
from tests.affiliates import FOUNDED, affiliate, facts, kind
from tests.factories import user_at

DAY = dt.date(2024, 5, 1)


def codes(error):
    return sorted(problem.code for problem in error.value.problems)


@pytest.fixture
def society(tree):
    return affiliate(tree.county)


def test_registering_writes_the_record_its_state_and_the_trail(tree, clerk):
    told = facts(
        "历下区医学会",
        sector="医学",
        formation="hosted",
        host="区人民医院",
        contact_name="李敏",
        phone="13812345678",
        has_party_group=True,
        party_group_since=DAY,
        organs=(OrganFacts("council", FOUNDED, 31, dt.date(2027, 5, 1)),),
    )
    made = affiliates.register(unit=tree.county, facts=told, by=clerk)
    made.refresh_from_db()
    assert (made.initials, made.phone_mask, made.phone) == ("lxqyxh", "138****5678", "13812345678")
    assert "13812345678" not in made.phone_cipher
    view = affiliate_view(made)
    assert (view.state.state, view.state.valid_from) == ("normal", FOUNDED)
    assert view.organs["council"].size == 31
    event = AuditEvent.objects.get(kind="orgs.affiliate_registered")
    assert (event.object_id, event.unit_id) == (str(made.pk), tree.county.pk)


@pytest.mark.parametrize(
    ("told", "field", "code"),
    [
        ({"name": ""}, "name", "no_name"),
        ({"name": "<b>会</b>"}, "name", "bad_name"),
        ({"founded_on": dt.date(2999, 1, 1)}, "founded_on", "future"),
        ({"founded_on": dt.date(1900, 1, 1)}, "founded_on", "too_early"),
        ({"formation": "hosted"}, "host", "no_host"),
        ({"registered_number": "<script>"}, "registered_number", "bad_number"),
        ({"party_group_since": DAY}, "has_party_group", "no_party_group"),
        ({"phone": "123", "contact_name": "李敏"}, "phone", "bad_phone"),
        ({"phone": "13812345678"}, "contact_name", "no_contact"),
        ({"organs": (OrganFacts("council", DAY, 0),)}, "council_size", "bad_size"),
        ({"organs": (OrganFacts("council", DAY, 3, DAY),)}, "council_renews_on", "renews_before"),
        ({"organs": (OrganFacts("council", dt.date(2001, 1, 1)),)}, "council_since", "before_founding"),
    ],
)
def test_registering_refuses_by_the_field(tree, told, field, code):
    with pytest.raises(DomainError) as error:
        affiliate(tree.county, **({"name": "县医学会"} | told))
    assert (error.value.problems[0].field, error.value.problems[0].code) == (field, code)
    assert not Affiliate.objects.exists()


def test_kind_says_at_which_levels_and_with_which_parts(tree):
    with pytest.raises(DomainError) as error:
        affiliate(tree.township, "街道医学会")
    assert codes(error) == ["wrong_level"]
    with pytest.raises(DomainError) as error:
        affiliate(tree.county, "科技馆", "science_museum", registered_number="社证字第1号")
    assert codes(error) == ["not_of_kind"]
    AffiliateKind.objects.filter(key="society").update(is_active=False)
    with pytest.raises(DomainError) as error:
        affiliate(tree.county)
    assert codes(error) == ["kind_off"]


def test_namesake_under_the_same_unit_is_a_double(tree, society):
    with pytest.raises(DomainError) as error:
        affiliate(tree.county)
    assert codes(error) == ["double"]
    affiliate_facts.exit_affiliate(affiliate=society, on=DAY, reason="注销", by=SYSTEM)
    assert affiliate(tree.county).pk != society.pk


def test_namesake_up_or_down_the_line_passes_once_confirmed(tree, society):
    with pytest.raises(DomainError) as error:
        affiliate(tree.city)
    assert [problem.level for problem in error.value.problems] == ["warning"]
    affiliates.register(unit=tree.city, facts=facts(), by=SYSTEM, confirmed=True)
    assert affiliate(tree.other_county).name == society.name


def test_only_who_manages_the_unit_registers(tree, clerk, other_clerk, city_official):
    for other in (other_clerk, city_official, user_at(tree.county, Role.REVIEWER)):
        with pytest.raises(Forbidden):
            affiliates.register(unit=tree.county, facts=facts(), by=other)
    assert affiliates.register(unit=tree.county, facts=facts(), by=clerk)
    assert affiliates.register(unit=tree.township, facts=facts("果树协会", "agri_association"), by=clerk)
    township = user_at(tree.township)
    assert affiliates.register(unit=tree.township, facts=facts("茶叶协会", "agri_association"), by=township)
    with pytest.raises(Forbidden):
        affiliates.register(unit=tree.county, facts=facts("农学会"), by=township)


def test_closed_unit_guides_nothing_new(tree):
    OrgUnit.objects.filter(pk=tree.county.pk).update(closed_on=DAY)
    with pytest.raises(DomainError) as error:
        affiliate(tree.county)
    assert codes(error) == ["closed"]


def test_update_needs_the_revision_that_was_read(society, clerk):
    affiliates.update(affiliate=society, revision=1, facts=facts("县医学研究会"), by=clerk)
    with pytest.raises(Conflict):
        affiliates.update(affiliate=society, revision=1, facts=facts("别名会"), by=clerk)
    society.refresh_from_db()
    assert (society.name, society.revision) == ("县医学研究会", 2)
    changes = AuditEvent.objects.get(kind="orgs.affiliate_updated").data["changes"]
    assert changes == {"name": ["县医学会", "县医学研究会"]}


def test_update_keeps_the_phone_unless_told(tree, clerk):
    made = affiliate(tree.county, contact_name="李敏", phone="13812345678")
    kept = affiliates.update(
        affiliate=made, revision=1, facts=facts(contact_name="李敏", phone=None), by=clerk
    )
    assert kept.phone == "13812345678"
    gone = affiliates.update(affiliate=made, revision=2, facts=facts(contact_name="李敏", phone=""), by=clerk)
    assert (gone.phone, gone.phone_digest) == ("", "")
    assert "13812345678" not in str(list(AuditEvent.objects.values_list("data", flat=True)))


def test_other_founding_day_leaves_what_was_known_before(society, clerk):
    before = clock.now()
    affiliates.update(affiliate=society, revision=1, facts=facts(founded_on=DAY), by=clerk)
    on = DAY - dt.timedelta(days=1)
    assert AffiliateState.objects.as_known(on, before).filter(affiliate=society).exists()
    assert not AffiliateState.objects.on(on).filter(affiliate=society).exists()
    assert AffiliateState.objects.on(DAY).get(affiliate=society).state == "normal"


def test_founding_day_stays_before_later_states(society, clerk):
    affiliate_facts.set_state(affiliate=society, state="model", since=DAY, by=SYSTEM)
    with pytest.raises(DomainError) as error:
        affiliates.update(affiliate=society, revision=2, facts=facts(founded_on=DAY), by=clerk)
    assert codes(error) == ["after_history"]


def test_dormant_needs_its_reason(society):
    with pytest.raises(DomainError) as error:
        affiliate_facts.set_state(affiliate=society, state="dormant", since=DAY, by=SYSTEM)
    assert codes(error) == ["no_reason"]
    fact = affiliate_facts.set_state(
        affiliate=society, state="dormant", since=DAY, reason="两年未开展活动", by=SYSTEM
    )
    states = affiliate_view(society).states
    assert [state.state for state in states] == ["dormant", "normal"]
    assert (states[1].valid_to, fact.valid_from) == (DAY, DAY)


@pytest.mark.parametrize(
    ("state", "since", "code"),
    [
        ("normal", DAY, "same_state"),
        ("model", dt.date(2009, 1, 1), "before_founding"),
        ("model", dt.date(2999, 1, 1), "future"),
        ("exited", DAY, "use_exit"),
    ],
)
def test_state_refuses(society, state, since, code):
    with pytest.raises(DomainError) as error:
        affiliate_facts.set_state(affiliate=society, state=state, since=since, by=SYSTEM)
    assert code in codes(error)


def test_state_follows_the_states_before(society):
    affiliate_facts.set_state(affiliate=society, state="model", since=DAY, by=SYSTEM)
    with pytest.raises(DomainError) as error:
        affiliate_facts.set_state(
            affiliate=society, state="normal", since=DAY - dt.timedelta(days=1), by=SYSTEM
        )
    assert codes(error) == ["before_history"]
    affiliate_facts.set_state(affiliate=society, state="normal", since=DAY, by=SYSTEM)
    assert AffiliateState.objects.get(affiliate=society, state="model").voided_at is not None


def test_exit_ends_the_partners_and_can_be_taken_back_with_a_reason(tree, society, clerk):
    affiliate_facts.add_unit_partners(affiliate=society, units=[tree.township], since=DAY, by=clerk)
    affiliate_facts.set_members(affiliate=society, as_of=DAY, personal=20, by=clerk)
    with pytest.raises(DomainError) as error:
        affiliate_facts.exit_affiliate(affiliate=society, on=DAY, reason=" ", by=clerk)
    assert codes(error) == ["no_reason"]
    affiliate_facts.exit_affiliate(affiliate=society, on=dt.date(2025, 1, 1), reason="注销", by=clerk)
    assert not AffiliatePartner.objects.open_ended().exists()
    assert AffiliatePartner.objects.get().valid_to == dt.date(2025, 1, 1)
    society.refresh_from_db()
    for act in (
        lambda: affiliate_facts.set_members(affiliate=society, as_of=clock.today(), personal=3, by=clerk),
        lambda: affiliates.update(
            affiliate=society, revision=society.revision, facts=facts("新名"), by=clerk
        ),
        lambda: affiliate_facts.add_unit_partners(
            affiliate=society, units=[tree.township], since=clock.today(), by=clerk
        ),
    ):
        with pytest.raises(DomainError) as error:
            act()
        assert codes(error) == ["exited"]
    with pytest.raises(DomainError):
        affiliate_facts.set_state(affiliate=society, state="normal", since=clock.today(), by=clerk)
    affiliate_facts.set_state(
        affiliate=society, state="normal", since=clock.today(), reason="误登记", by=clerk
    )
    assert affiliate_view(society).has_exited is False


def test_members_are_kept_day_by_day(society, clerk):
    affiliate_facts.set_members(
        affiliate=society, as_of=DAY, personal=100, group=3, by_occupation={"医务人员": 80}, by=clerk
    )
    affiliate_facts.set_members(affiliate=society, as_of=dt.date(2025, 5, 1), personal=120, by=clerk)
    rows = AffiliateMembers.objects.order_by("valid_from").values_list("personal", "valid_to")
    assert list(rows) == [(100, dt.date(2025, 5, 1)), (120, None)]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"personal": -1}, "bad_count"),
        ({"personal": 10, "by_occupation": {"医务人员": 11}}, "parts_exceed"),
        ({"personal": 10, "by_occupation": {"医务人员": 0}}, "bad_count"),
        ({"personal": 10, "as_of": dt.date(2009, 1, 1)}, "before_founding"),
        ({"personal": 10, "as_of": dt.date(2999, 1, 1)}, "future"),
    ],
)
def test_members_refuse(society, clerk, told, code):
    with pytest.raises(DomainError) as error:
        affiliate_facts.set_members(affiliate=society, by=clerk, **({"as_of": DAY} | told))
    assert codes(error) == [code]


def test_kind_without_members_takes_none(tree, clerk):
    museum = affiliate(tree.county, "科技馆", "science_museum")
    with pytest.raises(DomainError) as error:
        affiliate_facts.set_members(affiliate=museum, as_of=DAY, personal=1, by=clerk)
    assert codes(error) == ["not_of_kind"]


def test_partners_are_townships_of_the_province_each_once(tree, society, clerk):
    made = affiliate_facts.add_unit_partners(
        affiliate=society, units=[tree.township, tree.village, tree.township], since=DAY, by=clerk
    )
    assert [partner.partner_unit for partner in made] == [tree.township, tree.village]
    assert unit_section(tree.township).serving[0].name == "县医学会"
    with pytest.raises(DomainError) as error:
        affiliate_facts.add_unit_partners(affiliate=society, units=[tree.township], since=DAY, by=clerk)
    assert codes(error) == ["none"]
    with pytest.raises(DomainError) as error:
        affiliate_facts.add_unit_partners(affiliate=society, units=[tree.city], since=DAY, by=clerk)
    assert codes(error) == ["not_a_township"]


def test_named_partner_once_while_it_lasts(society, clerk):
    told = {"affiliate": society, "kind": "enterprise", "name": " 某 化工厂 ", "since": DAY, "by": clerk}
    partner = affiliate_facts.add_named_partner(**told)
    assert partner.name == "某化工厂"
    with pytest.raises(DomainError) as error:
        affiliate_facts.add_named_partner(**told)
    assert codes(error) == ["double"]
    affiliate_facts.end_partner(partner=partner, on=dt.date(2025, 1, 1), by=clerk)
    with pytest.raises(DomainError) as error:
        affiliate_facts.end_partner(partner=partner, on=dt.date(2025, 1, 1), by=clerk)
    assert codes(error) == ["ended"]
    assert affiliate_facts.add_named_partner(**told | {"since": dt.date(2025, 2, 1)}).is_open
    with pytest.raises(DomainError):
        affiliate_facts.add_named_partner(**told | {"name": ""})
    with pytest.raises(DomainError):
        affiliate_facts.add_named_partner(**told | {"kind": "unit"})


def test_partner_ends_after_it_began(society, clerk):
    partner = affiliate_facts.add_named_partner(
        affiliate=society, kind="school", name="第一中学", since=DAY, by=clerk
    )
    with pytest.raises(DomainError) as error:
        affiliate_facts.end_partner(partner=partner, on=DAY - dt.timedelta(days=1), by=clerk)
    assert codes(error) == ["before_history"]


def test_facts_are_for_who_manages(society, other_clerk, leader, clerk):
    for other in (other_clerk, leader):
        with pytest.raises(Forbidden):
            affiliate_facts.set_state(affiliate=society, state="model", since=DAY, by=other)
        with pytest.raises(Forbidden):
            affiliate_facts.exit_affiliate(affiliate=society, on=DAY, reason="x", by=other)
        with pytest.raises(Forbidden):
            affiliates.reveal_phone(affiliate=society, by=other)
    affiliate_facts.set_state(affiliate=society, state="model", since=DAY, by=clerk)
    affiliates.reveal_phone(affiliate=society, by=clerk)
    assert AuditEvent.objects.filter(kind="orgs.affiliate_phone_revealed").count() == 1


def test_default_kinds_load_once_and_keep_the_provinces_own_words(db):
    made = affiliate_kinds.load_defaults(by=SYSTEM)
    assert made == AffiliateKind.objects.count() >= 20
    AffiliateKind.objects.filter(key="society").update(name="县级学会")
    assert affiliate_kinds.load_defaults(by=SYSTEM) == 0
    assert kind().name == "县级学会"


def test_kind_is_saved_by_the_province(tree, province_official, clerk):
    told = {
        "name": "产业技术联盟",
        "group": "base",
        "levels": [3, 2],
        "parts": ["members"],
        "order": 900,
    }
    with pytest.raises(Forbidden):
        affiliate_kinds.save_kind(key="alliance", by=clerk, **told)
    made = affiliate_kinds.save_kind(key="alliance", by=province_official, **told)
    assert (made.levels, made.key) == ([2, 3], "alliance")
    affiliate_kinds.save_kind(kind=made, by=province_official, **told | {"name": "联盟"})
    assert kind("alliance").name == "联盟"


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"name": ""}, "no_name"),
        ({"name": "科技馆"}, "name_taken"),
        ({"key": "Bad Key"}, "bad_key"),
        ({"key": "society"}, "key_taken"),
        ({"levels": []}, "no_levels"),
    ],
)
def test_kind_refuses(db, told, code):
    kind()
    whole = {"name": "联盟", "key": "alliance", "group": "base", "levels": [3], "parts": [], "by": SYSTEM}
    with pytest.raises(DomainError) as error:
        affiliate_kinds.save_kind(**whole | told)
    assert codes(error) == [code]


def test_indicator_of_a_kind_in_use_stays(tree, society):
    held = society.kind
    told = {"name": held.name, "group": held.group, "levels": held.levels, "parts": held.parts}
    with pytest.raises(DomainError) as error:
        affiliate_kinds.save_kind(kind=held, indicator="transformed_orgs", by=SYSTEM, **told)
    assert codes(error) == ["indicator_in_use"]
    affiliate_kinds.save_kind(kind=held, indicator="societies", by=SYSTEM, **told)
