"""Sorts and states of what units raise upward."""

from django.db import models


class IssueKind(models.TextChoices):
    PROBLEM = "problem", "问题"
    SUGGESTION = "suggestion", "建议"


class IssueState(models.TextChoices):
    OPEN = "open", "待答复"
    ANSWERED = "answered", "已答复"
    WITHDRAWN = "withdrawn", "已撤销"


class IssueAct(models.TextChoices):
    """What was done with an entry, one row each."""

    ANSWER = "answer", "答复"
    PASS_UP = "pass_up", "转报上级"
    REOPEN = "reopen", "仍未解决"


class IssueRoute(models.TextChoices):
    """Whose turn it is, as a list is filtered by it."""

    MINE = "mine", "待本单位答复"
    RAISED = "raised", "本单位反映的"
