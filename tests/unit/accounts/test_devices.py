"""Devices as people know them."""

import pytest

from accounts.devices import device_words

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (WINDOWS, "Windows 电脑，谷歌内核浏览器"),
        (WINDOWS + " Edg/120.0", "Windows 电脑，Edge 浏览器"),
        ("Mozilla/5.0 (Linux; Android 13; V2203A) Chrome/107 MicroMessenger/8.0", "安卓手机，微信"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1",
            "苹果手机，Safari 浏览器",
        ),
        ("curl/8.0", "未知设备"),
        ("", "未知设备"),
    ],
)
def test_device_is_told_in_words(agent: str, words: str) -> None:
    assert device_words(agent) == words
