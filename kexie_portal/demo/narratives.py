"""The words of reports: progress, problems, suggestions and next steps as counties and cities write them."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from decimal import Decimal

from kexie_portal.demo.world import Place
from orgs.choices import Level

EXPLANATIONS = (
    "本月集中开展专场活动，场次和人次较平时增加。",
    "与卫健局联合开展义诊进村，受众较多。",
    "全国科普日系列活动集中在本月举办。",
    "农闲时节集中培训，几个乡镇联合办班。",
    "学校开学后集中开展科普进校园活动。",
    "前几个月因场地维修未办，本月补办。",
    "庙会期间设点宣传，人流量大，已核对签到。",
    "新任农技站站长牵头连办两期，已核对台账。",
)
#: What a month is about.
THEMES = {
    1: "文化科技卫生“三下乡”",
    2: "节后返岗农民技能培训",
    3: "春耕备播科技服务",
    4: "爱国卫生月健康科普",
    5: "全国科技工作者日和科技活动周",
    6: "夏粮收获科技服务",
    7: "青少年暑期科普",
    8: "防汛减灾科普",
    9: "全国科普日",
    10: "秋种技术指导",
    11: "冬季健康讲堂",
    12: "年度工作总结和冬训",
}
PROGRESS = (
    "{name}科协按照“3+1”工作部署，以{theme}为重点，组织“三长”开展健康讲堂、义诊{health}场，服务群众{health_reached}人次；"
    "举办农技培训{agri}期，培训农民{agri_reached}人次。“三长”牵头或参与活动{led}场，作用进一步显现。",
    "本月围绕{theme}，{name}发挥医院院长、学校校长、农技站站长专业优势，开展科普进校园{contest}场、其他科普活动{pop}场，"
    "受益群众{pop_reached}人次。同步推进乡镇（街道）科协组织建设，指导未建单位落实场所和人员。",
    "一是抓组织。对照“六有”标准逐乡镇过筛，督促新建科协挂牌、建章立制。二是抓活动。结合{theme}，开展义诊{health}场、农技培训{agri}期。"
    "三是抓队伍。组织新吸纳的“三长”参加业务培训，明确联系村（社区）分工。",
    "{name}召开“3+1”工作推进会，通报各乡镇（街道）进展，研究空白点建设。本月“三长”参与科技志愿服务{volunteer}次，"
    "开展{theme}系列活动，群众反映较好。",
    "在{theme}期间，{name}科协联合卫健、教体、农业农村部门，组织“三长”下沉一线，开展义诊{health}场、技术指导{agri}期，"
    "推广新技术新品种{adopted}项次，党委分管负责同志到场指导。",
    "本月重点做好兼职副主席履职工作，每名“三长”至少参加1次活动。开展青少年科技教育活动{contest}场，参加学生{contest_reached}人次；"
    "健康科普{health}场。{theme}相关工作按计划推进。",
)
PROBLEMS = (
    "部分乡镇（街道）科协专职人员少，多为兼职，工作连续性不够。",
    "基层科协经费未单列，活动主要依靠部门支持，开展大型活动有困难。",
    "个别“三长”本职工作繁忙，参加科协活动时间难以保证。",
    "少数新设街道科协尚无固定办公场所，“六有”还有差距。",
    "村级工作队伍年龄偏大，运用新媒体开展科普能力不足。",
    "部分乡镇与农技、卫生部门资源统筹不够，活动重复。",
    "乡镇换届后分管领导调整，个别单位衔接不够及时。",
)
SUGGESTIONS = (
    "建议省市科协对“三长”兼职履职给予评先树优等激励。",
    "建议将基层科协活动经费列入年度补助项目，并向经济薄弱乡镇倾斜。",
    "建议统一印制科普资料和展板，减少基层重复制作。",
    "建议组织兼职副主席外出学习，交流好的做法。",
    "建议与组织部门联合发文，明确“三长”进班子的程序和备案要求。",
    "建议减少纸质材料报送，数据以平台为准。",
)
NEXT_STEPS = (
    "一是继续推进空白点建设，力争下月再建成{few}个乡镇（街道）科协；二是围绕{next_theme}组织“三长”开展系列活动；三是做好数据核实和台账管理。",
    "下一步，将以{next_theme}为抓手，推动“三长”每月至少牵头1场活动，加强对新吸纳人员的业务培训，按时完成备案。",
    "对照年度目标倒排工期，督促未达标乡镇补齐“六有”短板；结合{next_theme}，开展科技志愿服务进村（社区）活动不少于{many}场。",
    "召开调度会通报进展，对进展较慢的乡镇开展一对一指导；筹备{next_theme}活动，提前与卫健、教体、农业农村部门对接。",
    "抓好“三长”履职规范落实，建立活动纪实；持续扩大村级工作队伍，重点吸纳村医、种养大户和返乡大学生。",
)
CITY_PROGRESS = (
    "{name}科协把“3+1”工作作为深化群团改革的重要抓手，本月以{theme}为主线，统筹推进组织建设、“三长”吸纳和作用发挥。"
    "市科协领导带队赴县（市、区）督导{inspections}次，召开调度会听取各县汇报，对空白点逐一明确责任人和完成时限。"
    "组织市级培训{training}期，培训基层科协干部和“三长”{trained}人次；安排项目{projects}个，支持经费{funds}万元，重点向薄弱县倾斜。"
    "各县（市、区）“三长”围绕群众需求开展义诊、农技培训和科普进校园活动，受到基层欢迎。",
    "本月，{name}坚持市县乡三级联动，扎实推进“3+1”工作。一是强化组织领导，市委分管领导专题听取汇报并提出要求。"
    "二是强化示范带动，总结推广试点县经验，组织现场观摩。三是强化服务保障，举办业务培训{training}期，落实扶持项目{projects}个、经费{funds}万元。"
    "四是强化督导检查，开展督导{inspections}次，推动未建乡镇（街道）加快进度。{theme}系列活动同步展开，“三长”参与率稳步提升。",
    "{name}聚焦“吸纳得进、作用得好、留得住”，持续做好“三长”工作。围绕{theme}，市县联合开展健康科普、青少年科技教育和农业技术服务。"
    "对新任兼职副主席开展任前谈话和业务培训，共培训{trained}人次；按干部管理权限做好程序和备案；对连续两月进展缓慢的单位发函提醒。",
)
CITY_NEXT = (
    "一是紧盯空白点，逐个建立销号台账，确保年度目标如期完成；二是围绕{next_theme}，组织全市“三长”开展主题活动；三是做好年度考核准备，抽查数据真实性；四是及时总结典型案例上报省科协。",
    "下步，将继续推动县级科协按时换届，优化“三长”在领导机构中的比例；开展{next_theme}活动；加强市级学会与县乡科协结对，推动资源下沉；完善通报制度，减轻基层填报负担。",
    "持续推进试点经验转化，召开全市现场会；加大经费争取力度，推动将乡镇科协经费纳入财政预算；以{next_theme}为载体，打造“三长”服务品牌。",
)
#: How often a unit that need not writes a paragraph all the same.
COUNTY_WRITES = {"progress": 0.68, "problems": 0.3, "suggestions": 0.22, "next_steps": 0.5}
CITY_WRITES = {"progress": 1.0, "problems": 0.75, "suggestions": 0.6, "next_steps": 1.0}


def text(
    key: str, *, place: Place, period: dt.date, values: Mapping[str, int | Decimal], chance: random.Random
) -> str:
    """One narrative item of a city's or a county's report; empty where it leaves the item out."""
    is_city = place.level <= Level.CITY
    if chance.random() >= (CITY_WRITES if is_city else COUNTY_WRITES).get(key, 0.0):
        return ""
    if key == "progress":
        template = chance.choice(CITY_PROGRESS if is_city else PROGRESS)
    elif key == "next_steps":
        template = chance.choice(CITY_NEXT if is_city else NEXT_STEPS)
    else:
        pool = PROBLEMS if key == "problems" else SUGGESTIONS
        chosen = chance.sample(pool, 3 if is_city else 1)
        return (
            chosen[0]
            if len(chosen) == 1
            else "".join(f"{n}．{one}\n" for n, one in enumerate(chosen, 1)).strip()
        )
    return template.format_map(_slots(place, period, values, chance))


def _slots(
    place: Place, period: dt.date, values: Mapping[str, int | Decimal], chance: random.Random
) -> dict[str, object]:
    return {
        "name": place.name,
        "theme": THEMES[period.month],
        "next_theme": THEMES[period.month % 12 + 1],
        "health": values["health_events"],
        "health_reached": values["health_reached"],
        "agri": values["agri_events"],
        "agri_reached": values["agri_reached"],
        "contest": values["contest_events"],
        "contest_reached": values["contest_reached"],
        "pop": values["popularisation_events"],
        "pop_reached": values["popularisation_reached"],
        "led": values["led_events"],
        "volunteer": values["volunteer_events"],
        "adopted": values["agri_adopted"],
        "inspections": values["inspections"],
        "training": values["support_training"],
        "trained": values["support_trained"],
        "projects": values["support_projects"],
        "funds": values["support_funds"],
        "few": chance.randint(1, 3),
        "many": chance.randint(4, 12),
    }
