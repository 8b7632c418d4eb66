"""What the audit trail lets be done."""

from core.permissions import declare

VIEW_AUDIT = declare("audit.view", "查看审计记录")
