"""What the tree lets be done."""

from core.permissions import declare

VIEW_UNITS = declare("orgs.view", "查看组织")
EDIT_FACTS = declare("orgs.edit_facts", "维护单位情况")
CONFIRM_EXPECTED = declare("orgs.confirm_expected", "确认应建")
REORGANISE = declare("orgs.reorganise", "办理撤并更名")
DRAFT_REORGANISATION = declare("orgs.draft_reorganisation", "起草区划调整")
CHECK_FACTS = declare("orgs.check_facts", "核查单位情况")
MANAGE_COHORTS = declare("orgs.manage_cohorts", "维护单位集")
MANAGE_AFFILIATES = declare("orgs.manage_affiliates", "登记所属组织")
EDIT_AFFILIATE_KINDS = declare("orgs.affiliate_kinds", "维护所属组织类别")
CHECK_TREE = declare("orgs.check_tree", "核对组织树")
REPAIR_TREE = declare("orgs.repair_tree", "修复组织树")
