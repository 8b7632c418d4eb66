"""The words of the yearly code update and of the proof of the tree."""

from django.db import models


class UpdateState(models.TextChoices):
    REVIEW = "review", "审核中"
    DISCARDED = "discarded", "已作废"


class ChangeKind(models.TextChoices):
    """How a division of the file differs from the tree; of several differences the weightiest."""

    ADDED = "added", "新增"
    GONE = "gone", "消失"
    MOVED = "moved", "改隶"
    RECODED = "recoded", "代码变更"
    RENAMED = "renamed", "更名"
    RECLASSED = "kind", "类别变化"


class Decision(models.TextChoices):
    """What a difference is taken for."""

    SAME = "same", "同一单位"
    MERGE = "merge", "并入"
    SPLIT = "split", "分设"
    CLOSE = "close", "撤销"
    OPEN = "open", "新设"
    IGNORE = "ignore", "不处理"


#: What each kind of difference may be taken for, the usual first.
DECISIONS_OF: dict[str, tuple[Decision, ...]] = {
    ChangeKind.ADDED: (Decision.OPEN, Decision.SPLIT, Decision.SAME, Decision.IGNORE),
    ChangeKind.GONE: (Decision.MERGE, Decision.SPLIT, Decision.SAME, Decision.CLOSE, Decision.IGNORE),
    ChangeKind.MOVED: (Decision.SAME, Decision.IGNORE),
    ChangeKind.RECODED: (Decision.SAME, Decision.IGNORE),
    ChangeKind.RENAMED: (Decision.SAME, Decision.IGNORE),
    ChangeKind.RECLASSED: (Decision.SAME, Decision.IGNORE),
}


class IntegrityState(models.TextChoices):
    RUNNING = "running", "核对中"
    DONE = "done", "已完成"
    FAILED = "failed", "未完成"
