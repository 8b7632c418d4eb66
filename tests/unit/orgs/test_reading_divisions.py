"""Reading a list of divisions: what a code says, which rows are none, which lines are wrong."""

import gzip

import pytest

from core.errors import DomainError
from orgs.choices import Level, UnitKind
from orgs.importing.divisions import MOST_BYTES, parse_divisions, read_divisions
from orgs.rules.divisions import DivisionRow, kind_of, understand
from orgs.rules.names import search_keys


def rows_of(names):
    return [DivisionRow(line, code, name) for line, (code, name) in enumerate(names.items(), start=2)]


def understood(names):
    found = understand(rows_of(names))
    assert not found.problems, found.problems
    return {division.code: division for division in found.divisions}, [row.code for row in found.skipped]


def csv_of(*lines, head="code,name"):
    return "\n".join([head, *lines]).encode()


@pytest.mark.parametrize(
    ("code", "name", "kind"),
    [
        ("370571", "东营经济技术开发区", UnitKind.ZONE),
        ("370579", "某示范区", UnitKind.ZONE),
        ("370570", "某区", UnitKind.REGULAR),
        ("370581", "某市", UnitKind.REGULAR),
        ("370117400", "棋山国家森林公园", UnitKind.QUASI),
        ("370505402", "红光类似乡级单位", UnitKind.QUASI),
        ("371603400", "海防办事处乡", UnitKind.QUASI),
        ("370571400", "经济开发区直属乡镇", UnitKind.QUASI),
        ("411503410", "信阳国际家居产业小镇", UnitKind.QUASI),
        ("410402400", "香山街道筹备组", UnitKind.QUASI),
        ("410104570", "商都路街道", UnitKind.REGULAR),
        ("410105563", "龙源路街道", UnitKind.REGULAR),
        ("469021400", "某某镇", UnitKind.REGULAR),
        ("370102001", "解放路街道", UnitKind.REGULAR),
        ("370102001498", "商河经济开发区虚拟社区", UnitKind.QUASI),
        ("370102001033", "胜利油田景安类似居委会", UnitKind.QUASI),
        ("370102001401", "水稻研究所社区", UnitKind.QUASI),
        ("370102001400", "下井社区居民委员会", UnitKind.REGULAR),
        ("370102001001", "青年东路社区居民委员会", UnitKind.REGULAR),
        ("37", "山东省", UnitKind.REGULAR),
    ],
)
def test_kind_by_code_and_name(code, name, kind):
    assert kind_of(code, name) == kind


def test_municipality_counties_hang_on_the_province():
    units, skipped = understood(
        {
            "50": "重庆市",
            "5001": "市辖区",
            "500101": "万州区",
            "500101001": "高笋塘街道",
            "5002": "县",
            "500229": "城口县",
            "500229100": "葛城街道",
        }
    )
    assert skipped == ["5001", "5002"]
    assert units["500101"].parent_code == units["500229"].parent_code == "50"
    assert units["500101001"].parent_code == "500101"
    assert not [unit for unit in units.values() if unit.level == Level.CITY]


def test_city_without_counties_takes_its_townships():
    units, skipped = understood(
        {
            "44": "广东省",
            "4419": "东莞市",
            "441900": "东莞市",
            "441900003": "东城街道",
            "441900003001": "岗贝社区",
        }
    )
    assert skipped == ["441900"]
    assert units["441900003"].parent_code == "4419"
    assert units["441900003"].display_name == "东莞市东城街道"
    assert units["441900003001"].display_name == "东莞市东城街道岗贝社区"


def test_city_named_again_at_01_takes_its_townships():
    units, skipped = understood(
        {"62": "甘肃省", "6202": "嘉峪关市", "620201": "嘉峪关市", "620201100": "新城镇"}
    )
    assert skipped == ["620201"]
    assert units["620201100"].parent_code == "6202"


def test_counties_directly_under_the_province():
    units, skipped = understood(
        {"46": "海南省", "4690": "省直辖县级行政区划", "469001": "五指山市", "469001100": "通什镇"}
    )
    assert skipped == ["4690"]
    assert units["469001"].parent_code == "46"
    assert units["469001100"].display_name == "五指山市通什镇"


def test_district_row_of_a_city_is_left_out():
    units, skipped = understood({"37": "山东省", "3701": "济南市", "370101": "市辖区", "370102": "历下区"})
    assert skipped == ["370101"]
    assert set(units) == {"37", "3701", "370102"}


def test_pseudo_row_may_be_absent():
    units, skipped = understood({"41": "河南省", "419001": "济源市", "4101": "郑州市", "410100001": "某街道"})
    assert skipped == []
    assert units["419001"].parent_code == "41"
    assert units["410100001"].parent_code == "4101"


def test_county_with_a_namesake_stands_with_its_city():
    units, _ = understood(
        {
            "37": "山东省",
            "3701": "济南市",
            "370103": "市中区",
            "370103001": "大观园街道",
            "3704": "枣庄市",
            "370402": "市中区",
            "370403": "薛城区",
        }
    )
    assert units["370103"].display_name == "济南市市中区"
    assert units["370402"].display_name == "枣庄市市中区"
    assert units["370403"].display_name == "薛城区"
    assert units["370103001"].display_name == "济南市市中区大观园街道"


def test_name_that_holds_its_parent_is_not_doubled():
    units, _ = understood(
        {"41": "河南省", "4101": "郑州市", "410171": "郑州经开区", "410171560": "郑州经开区明湖街道"}
    )
    assert units["410171560"].display_name == "郑州经开区明湖街道"


def test_order_of_lines_does_not_matter():
    units, _ = understood({"370102001": "解放路街道", "370102": "历下区", "3701": "济南市", "37": "山东省"})
    assert list(units) == ["37", "3701", "370102", "370102001"]


def test_every_bad_row_is_named_by_its_line():
    found = understand(
        [
            DivisionRow(2, "37", "山东省"),
            DivisionRow(3, "3701x", "济南市"),
            DivisionRow(4, "370102", "历下区"),
            DivisionRow(5, "3702", ""),
            DivisionRow(6, "37", "山东省"),
            DivisionRow(7, "３７０３", "淄博市"),
            DivisionRow(8, "3704", "长" * 81),
            DivisionRow(9, "3705", "东\x00营市"),
            DivisionRow(10, "", "", columns=3),
            DivisionRow(11, "370", "短"),
            DivisionRow(12, "371122101001", "某村"),
        ]
    )
    lines = [problem.meta["line"] for problem in found.problems]
    assert lines == [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    assert all(problem.message.startswith(f"第 {problem.meta['line']} 行：") for problem in found.problems)
    assert [problem.code for problem in found.problems] == [
        *("bad_code", "no_parent", "empty_name", "duplicate", "bad_code", "long_name"),
        *("bad_name", "bad_columns", "bad_code", "no_parent"),
    ]


def test_orphan_below_an_ordinary_missing_county_is_refused():
    found = understand(rows_of({"37": "山东省", "3701": "济南市", "370102001": "解放路街道"}))
    assert [problem.code for problem in found.problems] == ["no_parent"]
    assert "370102" in found.problems[0].message


def test_empty_list_is_refused():
    assert [problem.code for problem in understand([]).problems] == ["empty"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_file_in_each_encoding(tmp_path, encoding):
    path = tmp_path / "divisions.csv"
    path.write_bytes("code,name\r\n37,山东省\r\n\r\n3701,济南市\r\n".encode(encoding))
    assert read_divisions(path) == [DivisionRow(2, "37", "山东省"), DivisionRow(4, "3701", "济南市")]


def test_file_packed_and_with_columns_swapped(tmp_path):
    path = tmp_path / "divisions.csv.gz"
    path.write_bytes(gzip.compress("name,code\n山东省, 37 \n".encode()))
    assert read_divisions(path) == [DivisionRow(2, "37", "山东省")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "bad_header"),
        (csv_of("37,x", head="code,title"), "bad_header"),
        (csv_of("37,x,y", head="code,name,extra"), "bad_header"),
        (b"\xff\xfe\x00\x01" * 20, "bad_encoding"),
        (b"code,name\n37," + "山东省".encode()[:-1] + ("\n" + "好" * 50).encode(), "bad_encoding"),
        (csv_of('37,"山东省'), "bad_csv"),
    ],
)
def test_file_that_is_no_list_is_refused(content, code):
    with pytest.raises(DomainError) as refused:
        parse_divisions(content)
    assert refused.value.problems[0].code == code


def test_row_with_other_columns_keeps_its_line():
    rows = parse_divisions(csv_of("37,山东省", "3701", "3702,青岛市,多余"))
    assert [(row.line, row.columns) for row in rows] == [(2, 2), (3, 1), (4, 3)]


def test_file_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(DomainError) as refused:
        read_divisions(tmp_path / "missing.csv")
    assert refused.value.problems[0].code == "no_file"


def test_torn_gzip_is_refused(tmp_path):
    path = tmp_path / "torn.csv.gz"
    path.write_bytes(gzip.compress(csv_of(*[f"{n:012d},村" for n in range(5000)]))[:200])
    with pytest.raises(DomainError) as refused:
        read_divisions(path)
    assert refused.value.problems[0].code == "bad_gzip"


def test_zip_bomb_is_refused_at_its_bound(tmp_path):
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"0" * (MOST_BYTES + 10), 9))
    assert path.stat().st_size < 100_000
    with pytest.raises(DomainError) as refused:
        read_divisions(path)
    assert refused.value.problems[0].code == "too_large"


def test_search_keys_of_a_name():
    assert search_keys("历城区") == ("li cheng qu", "lichengqu", "lcq")
    assert search_keys("莘县").initials == "sx"
    keys = search_keys("十八里铺村村民委员会")
    assert keys.joined.endswith("cuncunminweiyuanhui")
    assert keys.initials.endswith("ccmwyh")
