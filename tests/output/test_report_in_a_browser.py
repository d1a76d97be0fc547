"""The report as a reader has it: opened from a file in a real browser, on a phone and a desk, by day and by night."""

from __future__ import annotations

import itertools
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

webdriver = pytest.importorskip("selenium.webdriver")
service = pytest.importorskip("selenium.webdriver.chrome.service")

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDTHS, SCHEMES = (375, 1440), ("light", "dark")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    driver = shutil.which("chromedriver")
    if not found or not driver:
        pytest.skip(
            "no Chromium with its chromedriver is installed; on Debian: apt-get install chromium chromium-driver"
        )
    options = webdriver.ChromeOptions()
    options.binary_location = found
    # Without a sandbox, as a container's root has none: all that is opened is our own page.
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with pytest.MonkeyPatch.context() as patch:
        # What is not here is not to be fetched.
        patch.setenv("SE_OFFLINE", "true")
        opened = webdriver.Chrome(options=options, service=service.Service(driver))
    yield opened
    opened.quit()


@pytest.fixture(scope="module")
def page(shipped_report: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(shipped_report, encoding="utf-8")
    return file


def on_screen(browser: Any, width: int = 1440, scheme: str = "light") -> None:
    """What is open, on a screen of this width and colour scheme."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    # A page that scrolls gently is still moving when it is clicked.
    wanted = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}
    features = [{"name": name, "value": value} for name, value in wanted.items()]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def look(browser: Any, page: Path, width: int = 1440, scheme: str = "light") -> None:
    """Opens the page on a screen of this width and colour scheme."""
    on_screen(browser, width, scheme)
    browser.get(page.as_uri())


def unfold(browser: Any) -> None:
    browser.execute_script("document.querySelectorAll('details').forEach(one => one.open = true)")


def requests_of(browser: Any) -> list[str]:
    """The addresses of everything that was asked for since last time, data in the page itself apart."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    sent = [one["params"] for one in messages if one["method"] == "Network.requestWillBeSent"]
    return [one["request"]["url"] for one in sent if not one["request"]["url"].startswith(("data:", "chrome:"))]


def test_it_asks_for_nothing_and_logs_nothing(browser: Any, page: Path) -> None:
    browser.get("about:blank")
    requests_of(browser), browser.get_log("browser")
    look(browser, page)
    assert set(requests_of(browser)) == {page.as_uri()}
    assert browser.execute_script("return performance.getEntriesByType('resource').map(e => e.name)") == []
    assert browser.get_log("browser") == []
    # The log is one that would show a request and an error: a picture from elsewhere is refused by the page's policy.
    browser.execute_script("const i = new Image(); i.src = 'https://e.example/x.png'; document.body.append(i);")
    assert any("Content Security Policy" in entry["message"] for entry in browser.get_log("browser"))


def test_a_script_of_a_stranger_is_refused(browser: Any, page: Path) -> None:
    look(browser, page)
    browser.execute_script(
        "const s = document.createElement('script'); s.text = 'window.ran = 1'; document.body.append(s);"
    )
    assert browser.execute_script("return window.ran") is None
    browser.get_log("browser")


def test_nothing_sticks_out(browser: Any, page: Path, tmp_path: Path) -> None:
    """No sideways scrolling of the page, also with all unfolded: what is wide scrolls in its own box."""
    out = """return [...document.querySelectorAll('main *')].filter(e => !e.closest('.scroll, .unseen')
        && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))"""
    look(browser, page)
    for folded in (True, False):
        if not folded:
            unfold(browser)
        for width, scheme in itertools.product(WIDTHS, SCHEMES):
            on_screen(browser, width, scheme)
            assert browser.execute_script("return innerWidth") == width
            assert browser.execute_script("return document.documentElement.scrollWidth") <= width
            assert browser.execute_script(out) == []
    for width, scheme in itertools.product(WIDTHS, SCHEMES):
        on_screen(browser, width, scheme)
        shot = tmp_path / f"{scheme}-{width}.png"
        assert browser.save_screenshot(str(shot))
        assert shot.stat().st_size > 10_000
        # Where somebody wants to look at them.
        if kept := os.environ.get("EXPOSURE_SCREENSHOTS"):
            shutil.copy(shot, kept)


def column(browser: Any, at: int) -> list[str]:
    """The texts of a column of the ranking, from the top."""
    rows = "[...document.querySelector('#ranking table').tBodies[0].rows]"
    return [text.strip() for text in browser.execute_script(f"return {rows}.map(row => row.cells[{at}].innerText)")]


def press(browser: Any, title: str, key: str | None = None) -> Any:
    """Presses the head of a column of the ranking, with the mouse or a key; gives the head."""
    button = browser.find_element("xpath", f"(//section[@id='ranking']//table)[1]//th/button[.='{title}']")
    if key is None:
        browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()
    else:
        button.send_keys(key)
    return button.find_element("xpath", "..")


def test_the_ranking_is_sorted_by_its_heads(browser: Any, page: Path) -> None:
    """Entities stay below their country, what has no figure stays last, and the state is said aloud."""
    look(browser, page)
    published = column(browser, 1)
    assert published[:4] == ["Serbia", "Montenegro", "Bosnia and Herzegovina", "Federation of BiH"]
    head = press(browser, "Country")
    assert head.get_attribute("aria-sort") == "ascending"
    wanted = ["Albania", "Bosnia and Herzegovina", "Federation of BiH", "Republika Srpska", "Kosovo", "Montenegro"]
    assert column(browser, 1) == [*wanted, "North Macedonia", "Serbia"]
    assert browser.find_element("id", "status").get_attribute("textContent") == "Sorted by Country, ascending"
    head = press(browser, "Score", " ")
    assert head.get_attribute("aria-sort") == "ascending"
    assert column(browser, 1)[:2] == ["Albania", "North Macedonia"]
    head = press(browser, "Score", "\ue007")
    assert head.get_attribute("aria-sort") == "descending"
    # By its score alone Kosovo, which is not ranked and last on the page, stands among the others.
    assert column(browser, 1) == [*published[:-3], "Kosovo", *published[-3:-1]]
    assert len(browser.find_elements("css selector", "#ranking table:first-of-type th[aria-sort=descending]")) == 1
    for _ in range(2):
        press(browser, "#")
        assert column(browser, 1)[-1] == "Kosovo"


def test_the_keyboard_reaches_the_content_and_what_scrolls(browser: Any, page: Path) -> None:
    look(browser, page, 375)
    active = browser.switch_to.active_element
    active.send_keys("\ue004")
    assert browser.switch_to.active_element.text == "Skip to the content"
    wide = "return [...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth + 1)"
    assert browser.execute_script(f"{wide}.length") > 0
    assert browser.execute_script(f"{wide}.every(e => e.tabIndex === 0)")


def test_details_unfold_all_at_once(browser: Any, page: Path) -> None:
    look(browser, page)
    button = browser.find_element("css selector", "nav button")
    button.click()
    assert browser.execute_script("return [...document.querySelectorAll('details')].every(e => e.open)")
    button.click()
    assert browser.execute_script("return [...document.querySelectorAll('details')].some(e => e.open)") is False


CONTRAST = """
const channel = c => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
const light = c => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
const rgb = text => text.match(/[0-9.]+/g).map(Number);
const back = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
const seen = {};
for (const e of document.querySelectorAll('body *')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || !e.getClientRects().length) continue;
    if (e.closest('svg, script, .unseen')) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(back(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) seen[e.className + ' ' + e.tagName + ' ' + e.innerText.slice(0, 20)] = ratio;
}
return seen;
"""


def test_every_text_can_be_read(browser: Any, page: Path) -> None:
    """WCAG 2.2, 1.4.3: the contrast of every text with what is behind it is at least 4.5 to 1."""
    look(browser, page)
    unfold(browser)
    for scheme, behind in zip(SCHEMES, ("rgb(255, 255, 255)", "rgb(18, 23, 30)"), strict=True):
        on_screen(browser, 1440, scheme)
        assert browser.execute_script(CONTRAST) == {}
        assert browser.execute_script("return getComputedStyle(document.body).backgroundColor") == behind


def test_pictures_are_drawn_on_light_and_say_what_they_show(browser: Any, page: Path) -> None:
    look(browser, page, 1440, "dark")
    of = "i.complete && i.naturalWidth > 0, i.alt, getComputedStyle(i).backgroundColor"
    drawn = browser.execute_script(f"return [...document.images].map(i => [{of}])")
    assert len(drawn) == 5
    for shown, said, behind in drawn:
        assert shown
        assert len(said) > 40
        assert behind == "rgb(255, 255, 255)"


def test_a_screen_reader_finds_names_for_all_it_meets(browser: Any, page: Path) -> None:
    """The browser's own accessibility tree: every button, link, image, table and region has a name."""
    from selenium.webdriver.support.ui import WebDriverWait

    look(browser, page)
    browser.execute_cdp_cmd("Accessibility.enable", {})

    def whole(browser: Any) -> dict[str, list[str]]:
        """The names by role; none while the browser has not built the tree to the foot of the page."""
        roles: dict[str, list[str]] = {}
        for node in browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]:
            if not node.get("ignored"):
                role = node.get("role", {}).get("value", "")
                roles.setdefault(role, []).append(node.get("name", {}).get("value", ""))
        return roles if "contentinfo" in roles else {}

    roles = WebDriverWait(browser, 30).until(whole)
    for role in ("button", "link", "image", "table", "navigation", "heading", "columnheader", "rowheader"):
        assert roles[role], role
        assert all(name.strip() for name in roles[role]), role
    assert {"main", "banner", "contentinfo", "navigation"} <= set(roles)


def test_it_prints_on_a4(browser: Any, page: Path) -> None:
    import base64

    look(browser, page)
    made = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})
    pdf = base64.b64decode(made["data"])
    assert pdf.startswith(b"%PDF")
    assert b"[0 0 594.95996 841.91998]" in pdf or b"[0 0 595 842]" in pdf
