"""Pages and API of affiliates."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from accounts.roles import Role
from core import clock
from core.actor import SYSTEM
from files.models import ExportJob
from orgs.models import Affiliate, AffiliatePartner, AffiliateState
from orgs.services import affiliate_facts
from tests.affiliates import affiliate, kind
from tests.factories import user_at

DAY = dt.date(2024, 5, 1)
API = "/api/v1/affiliates/"


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def page(name, *args):
    return reverse(f"orgs:{name}", args=args)


@pytest.fixture
def society(tree):
    made = affiliate(tree.county, "历下区医学会", contact_name="李敏", phone="13812345678")
    affiliate_facts.add_unit_partners(affiliate=made, units=[tree.township], since=DAY, by=SYSTEM)
    affiliate_facts.set_members(affiliate=made, as_of=DAY, personal=88, by=SYSTEM)
    return made


def test_list_shows_what_is_in_reach_and_filters_by_the_address(tree, society, clerk, other_clerk, client_of):
    affiliate(tree.county, "历下区科技馆", "science_museum")
    client = client_of(clerk)
    shown = text_of(client.get(page("affiliates")))
    assert "历下区医学会" in shown
    assert "历下区科技馆" in shown
    assert "13812345678" not in shown
    narrowed = text_of(
        client.get(page("affiliates"), {"q": "lxqyxh", "state": "normal", "columns": "phone_mask"})
    )
    assert "历下区科技馆" not in narrowed
    assert "138****5678" in narrowed
    assert "没有符合条件的组织" in text_of(client_of(other_clerk).get(page("affiliates")))


def test_list_tells_hidden_conditions_by_name(tree, society, clerk, client_of):
    shown = text_of(client_of(clerk).get(page("affiliates"), {"unit": tree.county.pk, "own": "true"}))
    assert "单位：历下区" in shown
    assert "本级：只看本级指导的" in shown


@pytest.mark.parametrize(
    "query", [{"unit": "1e9"}, {"on": "x"}, {"county": "z"}, {"sort": "x"}, {"page": "99"}]
)
def test_list_stands_nonsense(society, clerk, client_of, query):
    assert client_of(clerk).get(page("affiliates"), query).status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        *("affiliate", "edit_affiliate", "affiliate_state", "exit_affiliate", "affiliate_members"),
        *("affiliate_unit_partners", "affiliate_named_partner"),
    ],
)
def test_affiliate_outside_the_scope_is_absent(society, clerk, other_clerk, leader, client_of, name):
    where = page(name, society.pk)
    assert client_of(clerk).get(where).status_code == 200
    assert client_of(other_clerk).get(where).status_code == 404
    assert client_of(leader).get(where).status_code == (200 if name == "affiliate" else 403)


def test_county_registers_in_two_steps(tree, clerk, client_of):
    kind()
    client = client_of(clerk)
    chosen = text_of(client.get(page("register_affiliate")))
    assert "学会（协会、研究会）" in chosen
    where = f"{page('register_affiliate')}?unit={tree.county.pk}&kind=society"
    form = client.get(where)
    assert "设有理事会" in text_of(form)
    body = {"name": "历下区农学会", "kind": kind().pk, "founded_on": "2012-03-01", "council_size": "31"}
    refused = client.post(where, body)
    assert refused.status_code == 422
    assert "请同时勾选“设有理事会”" in text_of(refused)
    assert 'value="历下区农学会"' in refused.content.decode()
    done = client.post(where, body | {"has_council": "on"})
    made = Affiliate.objects.get()
    assert done["Location"] == made.get_absolute_url()
    assert (made.organs.get().size, made.unit_id) == (31, tree.county.pk)


def test_namesake_nearby_is_asked_for_once(tree, city_official, client_of):
    affiliate(tree.county, "医学会")
    client = client_of(city_official)
    where = f"{page('register_affiliate')}?unit={tree.city.pk}&kind=society"
    body = {"name": "医学会", "kind": kind().pk, "founded_on": "2012-03-01"}
    asked = client.post(where, body)
    assert (asked.status_code, "仍要保存" in text_of(asked)) == (422, True)
    assert client.post(where, body | {"confirmed": "on"}).status_code == 302


def test_unit_that_is_not_ones_own_cannot_be_registered_for(tree, clerk, city_official, client_of):
    kind()
    where = f"{page('register_affiliate')}?unit={tree.county.pk}&kind=society"
    assert client_of(clerk).get(where).status_code == 200
    assert client_of(city_official).get(where).status_code == 404
    assert client_of(clerk).get(f"{page('register_affiliate')}?unit=x").status_code == 404


def test_edit_says_when_somebody_was_faster(tree, society, clerk, client_of):
    client = client_of(clerk)
    where = page("edit_affiliate", society.pk)
    shown = client.get(where).content.decode()
    revision = re.search(r'name="revision" value="(\d+)"', shown)[1]
    body = {"name": "历下区医学研究会", "kind": kind().pk, "founded_on": "2010-05-01", "contact_name": "李敏"}
    assert client.post(where, body | {"revision": revision}).status_code == 302
    late = client.post(where, body | {"revision": revision, "name": "别名"})
    assert (late.status_code, "刚被他人修改" in text_of(late)) == (422, True)
    society.refresh_from_db()
    assert (society.name, society.phone) == ("历下区医学研究会", "13812345678")


def test_page_tells_everything_and_its_history(society, clerk, client_of):
    affiliate_facts.set_state(
        affiliate=society, state="dormant", since=dt.date(2025, 1, 1), reason="两年未开展活动", by=SYSTEM
    )
    shown = text_of(client_of(clerk).get(society.get_absolute_url()))
    for words in ("列为僵尸组织", "两年未开展活动", "解放路街道", "88", "138****5678", "理事会", "状态沿革"):
        assert words in shown


def test_page_costs_the_same_for_any_history(tree, society, clerk, client_of, django_assert_max_num_queries):
    client = client_of(clerk)
    client.get(society.get_absolute_url())
    affiliate_facts.add_unit_partners(
        affiliate=society, units=[tree["370102002"], tree["370102003"]], since=DAY, by=SYSTEM
    )
    with django_assert_max_num_queries(18):
        client.get(society.get_absolute_url())


def test_acts_of_the_page(tree, society, clerk, client_of):
    client = client_of(clerk)
    society.refresh_from_db()
    state = {"state": "model", "since": "2025-01-01", "revision": society.revision}
    assert client.post(page("affiliate_state", society.pk), state).status_code == 302
    bad = {"as_of": "2025-02-01", "personal": "10", "by_occupation": "医生", "revision": "9"}
    assert "应先写职业再写人数" in text_of(client.post(page("affiliate_members", society.pk), bad))
    society.refresh_from_db()
    members = {"as_of": "2025-02-01", "personal": "100", "by_occupation": "医务人员 60\n教师 5"}
    members["revision"] = society.revision
    assert client.post(page("affiliate_members", society.pk), members).status_code == 302
    units = {"units": [tree["370102002"].pk], "others": "370102003", "since": "2025-01-01"}
    assert client.post(page("affiliate_unit_partners", society.pk), units).status_code == 302
    assert AffiliatePartner.objects.open_ended().count() == 3
    unknown = client.post(page("affiliate_unit_partners", society.pk), units | {"others": "没有这个镇"})
    assert "没有这个镇" in text_of(unknown)
    named = {"kind": "enterprise", "name": "某化工厂", "since": "2025-01-01"}
    assert client.post(page("affiliate_named_partner", society.pk), named).status_code == 302
    partner = AffiliatePartner.objects.get(name="某化工厂")
    assert client.post(page("end_partner", partner.pk), {"on": "2025-03-01"}).status_code == 302
    society.refresh_from_db()
    leave = {"on": "2025-06-01", "reason": "注销", "revision": society.revision}
    warned = text_of(client.get(page("exit_affiliate", society.pk)))
    assert "与 3 个单位的对接" in warned
    assert client.post(page("exit_affiliate", society.pk), leave).status_code == 302
    assert AffiliateState.objects.open_ended().get().state == "exited"


def test_phone_is_shown_by_post_alone(society, clerk, leader, client_of):
    where = page("affiliate_phone", society.pk)
    assert client_of(clerk).get(where).status_code == 405
    shown = client_of(clerk).post(where, headers={"HX-Request": "true"})
    assert ("13812345678" in shown.content.decode(), shown["Cache-Control"]) == (True, "private, no-store")
    assert client_of(leader).post(where).status_code == 403
    assert "13812345678" in client_of(clerk).post(where, follow=True).content.decode()


def test_overview_leads_to_the_lists(tree, society, province_official, clerk, client_of):
    client = client_of(province_official)
    shown = client.get(page("affiliates_overview"))
    link = f"{page('affiliates')}?unit={tree.city.pk}&amp;kind={kind().pk}"
    assert link in shown.content.decode()
    assert "历下区医学会" in text_of(client.get(link.replace("&amp;", "&")))
    past = client.get(page("affiliates_overview"), {"on": "2000-01-01"})
    assert "还没有登记所属组织" in text_of(past)
    assert client_of(clerk).get(page("affiliates_overview"), {"of": tree.city.pk}).status_code == 404
    assert client_of(clerk).get(page("affiliates_overview"), {"of": "x"}).status_code == 404


def test_matrix_shows_who_works_with_whom(tree, society, clerk, client_of):
    shown = text_of(client_of(clerk).get(page("affiliates_matrix")))
    assert "还没有组织对接的" in shown
    assert "千佛山街道、趵突泉街道" in shown
    empty = client_of(clerk).get(page("affiliates_matrix"), {"with_kind": "enterprise"})
    assert "没有对接关系" in text_of(empty)


def test_unit_pages_tell_of_affiliates(tree, society, clerk, client_of):
    county = text_of(client_of(clerk).get(page("detail", tree.county.pk)))
    assert "本级指导的所属组织" in county
    township = text_of(client_of(clerk).get(page("detail", tree.township.pk)))
    assert "对口服务的组织" in township
    assert "历下区医学会" in township


def test_kinds_are_the_provinces(tree, province_official, city_official, client_of):
    kind()
    client = client_of(province_official)
    assert "学会（协会、研究会）" in text_of(client.get(page("affiliate_kinds")))
    assert client_of(city_official).get(page("affiliate_kinds")).status_code == 403
    body = {
        "name": "联盟",
        "key": "alliance",
        "group": "base",
        "levels": ["3"],
        "order": "1",
        "is_active": "on",
    }
    assert client.post(page("new_affiliate_kind"), body | {"levels": []}).status_code == 422
    assert client.post(page("new_affiliate_kind"), body).status_code == 302
    where = page("affiliate_kind", kind("alliance").pk)
    assert client.post(where, body | {"name": "产业联盟"}).status_code == 302
    assert kind("alliance").name == "产业联盟"


@pytest.mark.parametrize(
    "name", ["affiliates_export", "affiliates_overview_export", "affiliates_matrix_export"]
)
def test_files_are_asked_for_by_who_may_export(tree, society, clerk, client_of, name):
    administrator = user_at(tree.county, Role.UNIT_ADMIN)
    assert client_of(administrator).post(page(name)).status_code == 403
    assert client_of(clerk).post(page(name)).status_code == 302
    assert ExportJob.objects.count() == 1


def test_api_lists_registers_and_changes(tree, society, clerk, other_clerk, leader, api_of):
    api = api_of(clerk)
    row = api.get(API).json()["results"][0]
    assert (row["name"], row["kind"], row["state"], row["personal_members"], row["partners"]) == (
        "历下区医学会", "society", "normal", 88, 1,
    )  # fmt: skip
    assert row["phone"] == "138****5678"
    assert api_of(other_clerk).get(API).json()["results"] == []
    assert api_of(other_clerk).get(f"{API}{society.pk}/").status_code == 404
    body = {
        "unit": tree.county.pk,
        "kind": "society",
        "name": "历下区农学会",
        "founded_on": "2012-03-01",
        "organs": [{"organ": "council", "size": 21}],
    }
    assert api_of(leader).post(API, body, format="json").status_code == 403
    made = api.post(API, body, format="json")
    assert made.status_code == 201, made.content
    key = made.json()["id"]
    double = api.post(API, body, format="json")
    assert (double.status_code, double.json()["errors"][0]["pointer"]) == (422, "/name")
    changed = api.put(f"{API}{key}/", body | {"revision": 1, "sector": "农学"}, format="json")
    assert (changed.status_code, changed.json()["sector"], changed.json()["revision"]) == (200, "农学", 2)
    late = api.put(f"{API}{key}/", body | {"revision": 1}, format="json")
    assert (late.status_code, late["Content-Type"]) == (409, "application/problem+json")


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"kind": "society"}, 1),
        ({"kind": "unknown"}, 0),
        ({"group": "base"}, 0),
        ({"state": "all", "on": "2000-01-01"}, 1),
        ({"on": "2000-01-01"}, 0),
        ({"led": "true"}, 0),
        ({"unit": 10**30}, None),
    ],
)
def test_api_takes_the_criteria_of_the_list(society, clerk, api_of, query, count):
    answer = api_of(clerk).get(API, query)
    if count is None:
        assert answer.status_code in (200, 400)
    else:
        assert answer.json()["count"] == count


def test_api_foreign_unit_is_said_not_to_exist(tree, other_clerk, clerk, api_of):
    kind()
    body = {"unit": tree.county.pk, "kind": "society", "name": "农学会", "founded_on": "2012-03-01"}
    assert api_of(other_clerk).post(API, body, format="json").json()["errors"][0]["pointer"] == "/unit"
    assert api_of(clerk).post(API, body, format="json").status_code == 201


def test_today_is_not_in_the_links(tree, society, clerk, client_of):
    shown = client_of(clerk).get(page("affiliates_overview")).content.decode()
    assert f"on={clock.today().isoformat()}" not in shown
