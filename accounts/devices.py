"""A browser's name for itself in words that a person recognises his own device by."""

from __future__ import annotations

_SYSTEMS = (
    ("iPhone", "苹果手机"),
    ("iPad", "苹果平板"),
    ("Android", "安卓手机"),
    ("HarmonyOS", "鸿蒙设备"),
    ("Windows", "Windows 电脑"),
    ("Macintosh", "苹果电脑"),
    ("Linux", "Linux 电脑"),
)
_BROWSERS = (
    ("MicroMessenger/", "微信"),
    ("QQBrowser/", "QQ 浏览器"),
    ("360", "360 浏览器"),
    ("Edg", "Edge 浏览器"),
    ("Firefox/", "火狐浏览器"),
    ("Chrome/", "谷歌内核浏览器"),
    ("Safari/", "Safari 浏览器"),
)


def device_words(agent: str) -> str:
    """``Mozilla/5.0 (Windows NT 10.0…) … Chrome/120`` → ``Windows 电脑，谷歌内核浏览器``."""
    found = [next((words for mark, words in marks if mark in agent), "") for marks in (_SYSTEMS, _BROWSERS)]
    return "，".join(words for words in found if words) or "未知设备"
