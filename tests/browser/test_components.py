"""The components in a real browser, under the content policy, at desk and phone width."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def gallery(page: Page, live_server, settings) -> Page:
    settings.DEBUG = True
    page.complaints = []
    page.on("console", lambda message: message.type == "error" and page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(f"{live_server.url}/gallery/")
    return page


@pytest.mark.parametrize("width", [1440, 390])
def test_gallery_fits_its_width_and_obeys_the_policy(gallery: Page, width: int) -> None:
    gallery.set_viewport_size({"width": width, "height": 844})
    expect(gallery.locator("[data-chart]:has(canvas)")).to_have_count(4)
    assert gallery.evaluate("document.documentElement.scrollWidth") <= width
    assert gallery.complaints == []


def test_every_icon_named_is_in_the_sprite(gallery: Page) -> None:
    missing = gallery.evaluate(
        """async () => {
            const used = [...document.querySelectorAll("svg.icon use")].map(use => use.getAttribute("href"));
            const sprite = await (await fetch(used[0].split("#")[0])).text();
            return [...new Set(used.map(href => href.split("#")[1]))].filter(name => !sprite.includes(`id="${name}"`));
        }"""
    )
    assert missing == []


def test_confirmation_opens_and_closes_by_keyboard(gallery: Page) -> None:
    opener = gallery.get_by_role("button", name="上报", exact=True)
    opener.focus()
    gallery.keyboard.press("Space")
    dialog = gallery.get_by_role("dialog", name="上报 11 月月报？")
    expect(dialog).to_be_visible()
    gallery.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_confirmation_shows_without_scripts(new_context, live_server, settings) -> None:
    settings.DEBUG = True
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{live_server.url}/gallery/")
    page.get_by_role("button", name="上报", exact=True).click()
    expect(page.get_by_role("button", name="确认上报")).to_be_visible()


def test_chart_has_its_table_and_its_picture(gallery: Page) -> None:
    figure = gallery.locator("#chart-bar")
    with gallery.expect_download() as download:
        figure.get_by_role("button", name="下载PNG").click()
    assert download.value.suggested_filename == "各市乡镇覆盖率.png"
    figure.get_by_text("查看数据表").click()
    expect(figure.get_by_role("row", name="枣岭 94.0%")).to_be_visible()


def test_tree_opens_lazily_and_closes(gallery: Page) -> None:
    branch = gallery.get_by_role("button", name="展开济川市科学技术协会").first
    branch.click()
    opened = gallery.get_by_role("button", name="收起济川市科学技术协会")
    expect(opened.locator("xpath=ancestor::li[1]/ul/li")).to_have_count(3)
    opened.click()
    expect(gallery.get_by_role("button", name="收起济川市科学技术协会")).to_have_count(0)


def test_copy_says_so(gallery: Page) -> None:
    gallery.context.grant_permissions(["clipboard-read", "clipboard-write"])
    gallery.get_by_role("button", name="复制催报文字").click()
    expect(gallery.get_by_role("button", name="已复制")).to_be_visible()
    assert "北岭乡、河口镇" in gallery.evaluate("navigator.clipboard.readText()")


def test_export_shows_progress_until_the_download(gallery: Page) -> None:
    gallery.get_by_role("button", name="下载工作簿").click()
    expect(gallery.locator("#jobs progress")).to_be_visible()
    expect(gallery.locator("#jobs").get_by_role("button", name="下载（1.8 MB）")).to_be_visible()


def test_upload_names_a_file_that_is_too_large(gallery: Page) -> None:
    field = gallery.get_by_label("签批扫描件").first
    big = {"name": "扫描件.pdf", "mimeType": "application/pdf", "buffer": b"0" * (20 * 1024 * 1024 + 1)}
    field.set_input_files(big)
    expect(gallery.get_by_text("超过 20 MB，请压缩后再选")).to_be_visible()
    assert field.evaluate("input => input.validationMessage") != ""


def test_sort_and_filter_chips_keep_each_other(gallery: Page, live_server) -> None:
    gallery.goto(f"{live_server.url}/gallery/?state=late&sort=people")
    gallery.get_by_role("link", name="去掉条件 报送状态：迟报").click()
    assert gallery.url.endswith("?sort=people")
    expect(gallery.get_by_role("columnheader", name="在任“三长”")).to_have_attribute("aria-sort", "ascending")


CONTRAST = """() => {
    const channel = value => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    const parts = colour => colour.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
    const paper = element => {
        for (let at = element; at; at = at.parentElement) {
            const found = parts(getComputedStyle(at).backgroundColor);
            if (found.length === 3 || found[3] === 1) return found;
        }
        return [255, 255, 255];
    };
    const speaks = element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    const seen = element => element.offsetParent && !element.closest(".visually-hidden, .skip-link, option, .disabled");
    return [...document.querySelectorAll("body *")].filter(element => speaks(element) && seen(element)).map(element => {
        const [a, b] = [light(parts(getComputedStyle(element).color)), light(paper(element))].sort((x, y) => y - x);
        return [Math.round(100 * (a + 0.05) / (b + 0.05)) / 100, element.className, element.textContent.trim().slice(0, 20)];
    }).filter(([ratio]) => ratio < 4.5);
}"""


def test_text_stands_out_from_its_ground(gallery: Page) -> None:
    assert gallery.evaluate(CONTRAST) == []


def test_every_control_has_a_name(gallery: Page) -> None:
    nameless = gallery.evaluate(
        """() => [...document.querySelectorAll("input:not([type=hidden]), select, textarea, button, a")].filter(control =>
            !(control.labels && control.labels.length) && !control.getAttribute("aria-label") &&
            !control.getAttribute("aria-labelledby") && !control.textContent.trim()).map(control => control.outerHTML)"""
    )
    assert nameless == []
