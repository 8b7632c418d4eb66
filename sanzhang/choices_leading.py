"""What a key person may be in an affiliate."""

from django.db import models


class LeadingRole(models.TextChoices):
    PRESIDENT = "president", "会长（理事长）"
    HEAD = "head", "牵头人"
    VICE_PRESIDENT = "vice_president", "副会长（副理事长）"
    SECRETARY = "secretary", "秘书长"
    COUNCILLOR = "councillor", "理事"


#: Posts by which an affiliate counts as led: the head, not everyone with a seat (Zhoukou 四(三)2).
LEADING = (LeadingRole.PRESIDENT, LeadingRole.HEAD)
