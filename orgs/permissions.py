"""What the tree lets be done."""

from core.permissions import declare

VIEW_UNITS = declare("orgs.view", "查看组织")
EDIT_FACTS = declare("orgs.edit_facts", "维护单位情况")
CONFIRM_EXPECTED = declare("orgs.confirm_expected", "确认应建")
REORGANISE = declare("orgs.reorganise", "办理撤并更名")
