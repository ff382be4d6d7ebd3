"""The page in a real browser: silent, sorted, zoomed, by keyboard, on a phone, on paper."""

import shutil

import pytest
from made_up_comparison import extended, long_comparison, real_run

from rnncomp.report import write_page

PROGRAM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAME = "</script><script>window.taken = 1</script>" + 12 * "unbreakable_"

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no Chromium is installed")


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=PROGRAM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """A full page, and one of 10,000 rows with a name that wants to be more than a name."""
    folder = tmp_path_factory.mktemp("pages")
    run = real_run()
    write_page(
        folder / "full.html", extended(run.comparison.to_dict()), predictions=run.predictions
    )
    comparison, columns = long_comparison(10_000, name=NAME)
    comparison["charts"]["timeline"]["value_label"] = NAME
    write_page(folder / "long.html", comparison, predictions=columns)
    return folder


@pytest.fixture
def look(browser, pages):
    """Open a page; whatever it says or asks for is kept in `seen`, and must be nothing."""
    opened = []

    def open_page(name="full", **settings):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **settings})
        context.set_default_timeout(5000)
        tab = context.new_page()
        tab.seen = []
        tab.on("console", lambda message: tab.seen.append(message.text))
        tab.on("pageerror", lambda error: tab.seen.append(str(error)))
        tab.on("request", lambda request: tab.seen.append(request.url))
        tab.goto(f"file://{pages}/{name}.html")
        opened.append(context)
        assert tab.seen.pop(0).startswith("file://")
        return tab

    yield open_page
    for context in opened:
        assert [tab.seen for tab in context.pages] == [[]]
        context.close()


def column(tab, place):
    cells = tab.locator(f"table.leaderboard tbody tr > :nth-child({place})")
    return [text.split("\n")[0].split(" ±")[0] for text in cells.all_inner_texts()]


def numbers(texts):
    return [float(text.replace(",", "").replace("−", "-")) for text in texts if text != "–"]


def view(tab, key="forecasts-0"):
    return tab.evaluate(f"document.getElementById('{key}').chart.view")


def test_names_run_nothing(look):
    tab = look("long")
    assert tab.evaluate("window.taken") is None
    assert NAME in tab.locator("h1").inner_text()


def test_a_click_on_a_head_sorts(look):
    tab = look()
    before = numbers(column(tab, 3))
    assert before == sorted(before)
    head = tab.get_by_role("columnheader", name="MAE", exact=True)
    assert head.get_attribute("aria-sort") == "ascending"
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert numbers(column(tab, 3)) == before[::-1]
    assert column(tab, 3)[-1] == "–", "without a score is last, either way"


def test_enter_on_a_head_sorts(look):
    tab = look()
    tab.get_by_role("columnheader", name="R²").get_by_role("button").focus()
    tab.keyboard.press("Enter")
    scores = numbers(column(tab, 8))
    assert scores == sorted(scores)
    assert len(scores) > 4
    tab.keyboard.press("Space")
    assert numbers(column(tab, 8)) == scores[::-1]
    assert tab.locator("th[aria-sort]").count() == 1


def test_the_keyboard_reaches_everything_in_order_and_shows_where_it_is(look):
    tab = look()
    wanted = tab.evaluate(
        "[...document.querySelectorAll('a, button, summary, [tabindex=\"0\"]')]"
        ".filter((e) => e.checkVisibility()).map((e) => e.outerHTML)"
    )
    reached = []
    for _ in wanted:
        tab.keyboard.press("Tab")
        found = tab.evaluate(
            "(() => { const e = document.activeElement, s = getComputedStyle(e);"
            "return [e.outerHTML, s.outlineStyle, parseFloat(s.outlineWidth)]; })()"
        )
        assert found[1] == "solid", found
        assert found[2] >= 2, found
        reached.append(found[0])
    assert reached == wanted
    assert "Skip to the verdict" in reached[0]
    tab.keyboard.press("Tab")


def test_the_skip_link_skips(look):
    tab = look()
    tab.keyboard.press("Tab")
    assert tab.get_by_text("Skip to the verdict").bounding_box()["x"] >= 0
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"


def test_charts_are_drawn(look):
    tab = look()
    assert tab.locator("figure.chart").count() >= 6
    for figure in tab.locator("figure.chart").all():
        assert figure.locator("canvas").count() == 1
        painted = figure.locator("canvas").evaluate(
            "c => new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size"
        )
        assert painted > 10
        words = figure.get_by_role("img").get_attribute("aria-label")
        assert words.startswith("Line chart, ")


def test_buttons_zoom_and_move(look):
    tab = look("long")
    first = view(tab)
    tools = tab.locator("#forecasts-0 .tools")
    tools.get_by_label("Zoom in").click()
    low, high = view(tab)
    assert high - low == pytest.approx((first[1] - first[0]) / 2)
    tools.get_by_label("Earlier").click()
    assert view(tab)[0] == pytest.approx(low - (high - low) / 4)
    tools.get_by_text("Whole").click()
    whole = view(tab)
    assert whole[0] < first[0]
    tools.get_by_text("Test part").click()
    assert view(tab) == first
    for _ in range(30):
        tools.get_by_label("Zoom in").press("Enter")
    low, high = view(tab)
    assert high - low >= 1800, "a step is half an hour; closer there is nothing to see"
    for _ in range(40):
        tools.get_by_label("Zoom out").press("Enter")
    assert view(tab) == whole


def test_dragging_zooms_and_a_double_click_zooms_out(look):
    tab = look()
    first = view(tab)
    over = tab.locator("#forecasts-0 .u-over")
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    y = box["y"] + box["height"] / 2
    tab.mouse.move(box["x"] + 0.25 * box["width"], y)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 0.75 * box["width"], y, steps=4)
    tab.mouse.up()
    low, high = view(tab)
    assert high - low == pytest.approx((first[1] - first[0]) / 2, rel=0.05)
    over.dblclick()
    assert view(tab)[0] < first[0]


def test_the_values_under_the_pointer_are_told(look):
    tab = look()
    tab.locator("#forecasts-0 .u-over").hover()
    told = tab.locator("#forecasts-0 .readout").inner_text()
    assert told[:2] == "19"
    assert " · truth " in told


def test_the_legend_switches_lines(look):
    tab = look()
    pixels = "c => c.toDataURL()"
    canvas = tab.locator("#forecasts-0 canvas")
    before = canvas.evaluate(pixels)
    line = tab.locator("#forecasts-0").get_by_role("button", name="mean", exact=True)
    assert line.get_attribute("aria-pressed") == "false"
    line.press("Enter")
    assert line.get_attribute("aria-pressed") == "true"
    tab.wait_for_timeout(50)
    assert canvas.evaluate(pixels) != before


def test_a_long_table_is_made_when_it_is_opened(look):
    tab = look("long")
    details = tab.locator("#forecasts-0 details")
    assert details.locator("tr").count() == 0
    details.locator("summary").press("Enter")
    details.locator("table").wait_for()
    assert details.locator("tbody tr").count() == 500
    assert details.locator("tbody tr th").first.inner_text() == "2014-12-14 16:00"
    more = details.get_by_role("button", name="Show more")
    for shown in (500, 1000, 1500):
        assert more.inner_text() == f"Show more: {shown:,} of 2,000 rows"
        more.click()
    assert not more.is_visible()
    assert details.locator("tbody tr").count() == 2000


def test_the_command_is_copied(look):
    tab = look()
    tab.get_by_role("button", name="Copy the command").click()
    tab.get_by_role("status").filter(has_text="ed").wait_for()
    assert tab.get_by_role("status").inner_text().strip() in (
        "Copied.",
        "Selected: copy it with Ctrl+C.",
    )


@pytest.mark.parametrize("width", [320, 360, 768, 1440])
@pytest.mark.parametrize("name", ["full", "long"])
def test_the_page_never_scrolls_sideways(look, name, width):
    tab = look(name, viewport={"width": width, "height": 800})
    for details in tab.locator("details").all():
        details.evaluate("d => { d.open = true; }")
    assert tab.evaluate("document.documentElement.scrollWidth") == width


def test_charts_follow_the_width(look):
    tab = look()
    wide = tab.locator("#forecasts-0 canvas").bounding_box()["width"]
    tab.set_viewport_size({"width": 500, "height": 800})
    tab.wait_for_function(
        "document.querySelector('#forecasts-0 canvas').clientWidth < 500", timeout=5000
    )
    assert tab.locator("#forecasts-0 canvas").bounding_box()["width"] < wide


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_paper_it_is_black_on_white_without_tools(look, scheme):
    tab = look(color_scheme=scheme)
    dark = "rgb(20, 23, 26)"
    colour = "getComputedStyle(document.body).backgroundColor"
    assert (tab.evaluate(colour) == dark) == (scheme == "dark")
    tab.emulate_media(media="print", color_scheme=scheme)
    assert tab.evaluate(colour) == "rgb(255, 255, 255)"
    assert tab.evaluate("getComputedStyle(document.body).color") == "rgb(27, 31, 36)"
    for tool in (".tools", "nav", ".command button", ".numbers", ".skip"):
        assert not tab.locator(tool).first.is_visible(), tool
    tab.wait_for_timeout(50)
    drawn = "document.getElementById('forecasts-0').chart.chart.axes[0].stroke()"
    assert tab.evaluate(drawn) == "#57606a"
    assert tab.pdf(format="A4").startswith(b"%PDF")


def test_dark_and_light_change_while_it_is_open(look):
    tab = look(color_scheme="light")
    drawn = "document.getElementById('forecasts-0').chart.chart.axes[0].stroke()"
    light = tab.evaluate(drawn)
    tab.emulate_media(color_scheme="dark")
    for _ in range(100):  # until it is drawn again: the page lets nobody wait with eval
        if tab.evaluate(drawn) != light:
            return
        tab.wait_for_timeout(50)
    pytest.fail("the chart kept its colours")


def test_text_and_tables_need_no_script(look):
    tab = look(java_script_enabled=False)
    assert tab.locator("#verdict li").first.is_visible()
    assert tab.locator("table.leaderboard tbody tr").count() > 6
    assert tab.locator("button").count() == 0
    assert tab.locator("#steps-0 details tbody tr").count() == 6
    assert tab.locator("#folds svg.fold").first.is_visible()
