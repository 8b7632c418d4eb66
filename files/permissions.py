"""What the file room lets be done."""

from core.permissions import declare

EXPORT = declare("files.export", "下载报表和名册")
VIEW_FILES = declare("files.list", "查看本单位文件清单")
