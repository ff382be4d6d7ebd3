"""The stepping page in a real browser: the arithmetic that it shows is that of the trace."""

import shutil

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from rnncomp.charts.style import MINUS, PLUS
from rnncomp.explanation import trace_data
from rnncomp.report import write_steps
from traces import CASES, CHAINS, traced

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
NAME = "</script><script>window.taken = 1</script><img src=x onerror='window.taken=1'>"
NAME += 6 * "unbreakable_"

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no Chromium is installed")


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=PROGRAM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def traces():
    made = {case: traced(case, units=12) for case in (*CASES, *CHAINS)}
    made["long"] = traced("lstm", units=50, features=1, steps=50)
    made["many"] = traced("gru", units=3, features=9)
    made["hostile"] = traced("stacked", columns=[NAME] * 3, times=[NAME] * 7)
    return made


@pytest.fixture(scope="module")
def pages(tmp_path_factory, traces):
    folder = tmp_path_factory.mktemp("steps")
    for name, trace in traces.items():
        data = trace_data(trace)
        if name == "hostile":
            data["title"] = NAME
        write_steps(folder / f"{name}.html", data)
    return folder


@pytest.fixture
def look(browser, pages):
    """Open a page; whatever it says or asks for is kept in `seen`, and must be nothing."""
    opened = []

    def open_page(name="lstm", **settings):
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


def values(tab, where):
    """Return the numbers shown in an element, whole."""
    found = tab.locator(where).locator("data")
    return [float(text) for text in found.evaluate_all("all => all.map(e => e.value)")]


def choose(tab, *, layer=None, unit=None, gate=None, step=None):
    if layer is not None:
        tab.get_by_label("Layer").select_option(label=layer)
    if step is not None:
        tab.locator("#step").fill(str(step + 1))
    if unit is not None:
        tab.get_by_label("Unit", exact=True).fill(str(unit))
    if gate is not None:
        tab.locator(f"#gates input[value={gate}]").check()


def terms(tab):
    """Return the table of each group of products: (value, weight, product) by row."""
    tables = []
    for table in tab.locator("#arithmetic .terms").all():
        numbers = [
            [float(v) for v in row.locator("data").evaluate_all("all => all.map(e => e.value)")]
            for row in table.locator("tr.term").all()
        ]
        tables.append(np.array(numbers))
    return tables


def near(trace, layer, value, expected):
    """Hold two roads to one number within the float32 tolerance of the trace."""
    assert abs(value - expected) <= layer.allowed_difference, (value, expected)


def gates_of(layer):
    return {"simple_rnn": "h", "lstm": "ifgo", "gru": "zrg", "dense": "y"}[layer.kind]


def check_gate(tab, trace, layer, t, unit, gate):
    """Compare what is shown of one gate with the trace: every factor, every sum, the result."""
    column = gates_of(layer).index(gate) * layer.spec.units + unit
    groups = terms(tab)
    late = layer.kind == "gru" and gate == "g"
    reads = [(layer.x[t], layer.weights["kernel"][:, column])]
    if layer.recurrent:
        held = layer.before("h")[t]
        if late and not layer.spec.reset_after:
            held = layer.arrays["rh"][t]
        reads.append((held, layer.weights["recurrent_kernel"][:, column]))
    assert len(groups) == len(reads)
    for group, (factors, weights) in zip(groups, reads, strict=True):
        np.testing.assert_array_equal(group[:, 0].astype(np.float32), factors)
        np.testing.assert_array_equal(group[:, 1].astype(np.float32), weights)
        np.testing.assert_allclose(group[:, 2], group[:, 0] * group[:, 1], rtol=1e-12)
    (shown,) = values(tab, "[data-row=sum]")
    near(trace, layer, shown, layer.sums[gate][t, unit])
    engine = values(tab, "#arithmetic .agree")[0]
    assert np.float32(engine) == layer.sums[gate][t, unit]
    result = values(tab, f"[data-gate={gate}]")[-1]
    array = layer.arrays[gate]
    assert np.float32(result) == array[t, unit]


def check_states(tab, trace, layer, t, unit):
    """Compare the states after a step: computed on the page, and the engine's own."""
    for state in ("c", "h"):
        if state in layer.arrays:
            shown = values(tab, f"[data-state={state}]")
            assert np.float32(layer.arrays[state][t, unit]) in np.float32(shown), state
            if layer.kind != "simple_rnn" and layer.there[t]:
                own = values(tab, f"[data-state={state}] p:nth-child(2)")[-1]
                near(trace, layer, own, layer.arrays[state][t, unit])


@pytest.mark.parametrize("case", [*CASES, *CHAINS])
def test_the_arithmetic_is_that_of_the_trace(look, traces, case):
    tab, trace = look(case), traces[case]
    shown = [layer for layer in trace if layer.sums]
    options = tab.locator("#layer option").all_inner_texts()
    assert options == [layer.name for layer in shown]
    rng = np.random.default_rng(1)
    for layer in shown:
        steps = len(layer.x)
        choose(tab, layer=layer.name)
        all_terms = tab.locator("#all")
        if all_terms.count() and all_terms.inner_text() == "Show every term":
            all_terms.click()
        for t in {0, int(rng.integers(steps)), steps - 1}:
            unit = int(rng.integers(layer.spec.units))
            for gate in gates_of(layer):
                choose(tab, step=None if steps == 1 else t, unit=unit, gate=gate)
                check_gate(tab, trace, layer, t, unit, gate)
            if layer.recurrent:
                check_states(tab, trace, layer, t, unit)


def test_long_sums_are_folded_and_still_whole(look, traces):
    tab, layer = look("long"), traces["long"].last
    choose(tab, step=30, unit=7, gate="f")
    _, folded = terms(tab)
    assert len(folded) == 8
    column = 50 + 7
    products = layer.h[29].astype(float) * layer.weights["recurrent_kernel"][:, column]
    largest = np.sort(np.argsort(-np.abs(products))[:8])
    np.testing.assert_allclose(folded[:, 2], products[largest], rtol=1e-6)
    (rest,) = values(tab, "[data-row=rest]")
    assert rest + folded[:, 2].sum() == pytest.approx(products.sum(), abs=1e-6)
    assert "the other 42, together" in tab.locator("[data-row=rest]").inner_text()
    tab.get_by_role("button", name="Show every term").click()
    assert len(terms(tab)[1]) == 50
    tab.keyboard.press("Enter")
    assert len(terms(tab)[1]) == 8, "the button kept the focus"


def where(tab):
    return tab.locator("#where").inner_text(), tab.locator("#unit").input_value()


def test_the_keyboard_steps(look):
    tab = look("long")
    assert where(tab) == ("50 of 50", "0"), "the first step is a table of zeros"
    tab.keyboard.press("Home")
    assert where(tab) == ("1 of 50", "0")
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowLeft")
    assert where(tab) == ("2 of 50", "0")
    for key in "jjjk":
        tab.keyboard.press(key)
    assert where(tab) == ("2 of 50", "2")
    tab.keyboard.press("g")
    assert tab.locator("#gates :checked").input_value() == "f"
    assert "Step 2 of 50, lstm, unit 2: f is" in tab.get_by_role("status").inner_text()
    for _ in range(3):
        tab.keyboard.press("k")
    assert where(tab) == ("2 of 50", "49"), "from the first unit on to the last"
    tab.keyboard.press("ArrowLeft")
    tab.keyboard.press("ArrowLeft")
    assert where(tab)[0] == "1 of 50"


def test_each_control_keeps_its_own_keys(look):
    tab = look("long")
    tab.keyboard.press("Home")
    tab.locator("#step").focus()
    tab.keyboard.press("End")
    assert where(tab) == ("50 of 50", "0")
    tab.keyboard.press("ArrowLeft")
    assert where(tab)[0] == "49 of 50", "once, not twice"
    tab.locator("#unit").focus()
    tab.keyboard.press("ArrowUp")
    tab.keyboard.press("ArrowLeft")
    assert where(tab) == ("49 of 50", "1")
    tab.keyboard.press("j")
    assert where(tab) == ("49 of 50", "2")
    tab.locator("#gates input").first.focus()
    tab.keyboard.press("ArrowRight")
    assert tab.locator("#gates :checked").input_value() == "f"
    assert where(tab)[0] == "49 of 50"


@pytest.mark.parametrize("place", ["#layer", "#step", "#gates input", "#on", "#back", "summary"])
def test_home_and_end_go_to_the_ends_wherever_the_focus_is(look, place):
    tab = look("stacked")
    layer = tab.locator("#layer").input_value()
    choose(tab, step=3)
    for key, step in (("Home", "1 of 7"), ("End", "7 of 7")):
        choose(tab, step=3)  # where neither button is switched off, which would lose the focus
        tab.locator(place).first.focus()
        tab.keyboard.press(key)
        assert where(tab)[0] == step
        assert tab.locator("#layer").input_value() == layer


def test_home_and_end_are_of_the_number_in_its_box(look):
    tab = look("long")
    choose(tab, step=3, unit=12)
    tab.locator("#unit").focus()
    tab.keyboard.press("End")
    tab.keyboard.press("Backspace")
    assert where(tab) == ("4 of 50", "1")


def test_products_of_zero_have_no_sign_and_so_no_bar(look):
    tab = look("long")
    assert tab.locator(".terms .bar").count() > 0
    tab.keyboard.press("Home")
    products = np.concatenate([table[:, 2] for table in terms(tab)])
    assert (products == 0.0).sum() == 8, "the states before the first step"
    assert tab.locator(".terms .bar").count() == (products != 0.0).sum()


def test_a_unit_beyond_the_last_is_the_last(look):
    tab = look("long")
    tab.locator("#unit").fill("50")
    assert where(tab)[1] == "49"
    tab.locator("#unit").fill("123456")
    assert where(tab)[1] == "49"
    assert "of unit 49" in tab.locator("#sum-title").inner_text()


def test_a_unit_that_there_is_not_changes_nothing(look):
    tab = look("long")
    before = tab.locator("#arithmetic").inner_html()
    for wanted in ("-1", "1.5", ""):
        tab.locator("#unit").fill(wanted)
        assert tab.locator("#arithmetic").inner_html() == before
    tab.locator("#unit").blur()
    assert where(tab)[1] == "0"


def test_the_keyboard_reaches_everything_in_order_and_shows_where_it_is(look):
    tab = look("long")
    wanted = tab.evaluate(
        "[...document.querySelectorAll('a, button:enabled, summary, select, input, "
        '[tabindex="0"]\')].filter((e) => e.checkVisibility() && '
        "(e.type !== 'radio' || e.checked)).map((e) => e.id || e.outerHTML)"
    )
    reached = []
    for _ in wanted:
        tab.keyboard.press("Tab")
        found = tab.evaluate(
            "(() => { const e = document.activeElement;"
            "const s = getComputedStyle(e.type === 'radio' ? e.parentElement : e);"
            "return [e.id || e.outerHTML, s.outlineStyle, parseFloat(s.outlineWidth)]; })()"
        )
        assert found[1] == "solid", found
        assert found[2] >= 2, found
        reached.append(found[0])
    assert reached == wanted
    assert len(wanted) >= 8


def test_the_buttons_and_a_click_on_a_map_step(look):
    tab = look("long")
    tab.keyboard.press("Home")
    tab.get_by_role("button", name="One step on").click()
    assert where(tab)[0] == "2 of 50"
    tab.get_by_role("button", name="One step back").click()
    assert tab.get_by_role("button", name="One step back").is_disabled()
    canvas = tab.get_by_role("img", name="h, the hidden state")
    box = canvas.bounding_box()
    canvas.click(position={"x": 30.5 / 50 * box["width"], "y": 10.5 / 50 * box["height"]})
    assert where(tab) == ("31 of 50", "10")


def test_a_layer_that_reads_backwards_walks_through_the_window_from_its_end(look, traces):
    tab, trace = look("backwards"), traces["backwards"]
    tab.keyboard.press("Home")
    shown = values(tab, "#read")
    np.testing.assert_array_equal(np.float32(shown), trace.window[-1])
    tab.keyboard.press("ArrowRight")
    np.testing.assert_array_equal(np.float32(values(tab, "#read")), trace.window[-2])
    canvas = tab.get_by_role("img", name="h, the hidden state")
    box = canvas.bounding_box()
    canvas.click(position={"x": 2, "y": 2})
    assert box["width"] > 100
    assert where(tab)[0] == "7 of 7 · the window's 1"
    choose(tab, layer="simple_rnn")
    assert where(tab)[0] == "7 of 7 · the window's 1", "its steps came out in that order"


def test_a_masked_step_says_so(look):
    tab = look("both_ways")
    choose(tab, layer="bidirectional/forward", step=2)
    assert tab.locator(".note").count() == 0
    choose(tab, step=3)
    assert "the states stay as they are" in tab.locator(".note").inner_text()


def painted(tab, place):
    script = "c => new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size"
    tab.wait_for_timeout(60)
    return tab.locator(place).first.evaluate(script)


def test_a_map_has_the_colour_of_each_number(look, traces):
    """White for 0, blue below and red above as in the charts, in proportion; to a rounding."""
    tab, layer = look("long"), traces["long"].last
    choose(tab, step=49, unit=49)
    tab.wait_for_timeout(60)
    pixels = (
        "(c, cells) => { const all = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
        "return cells.map(([t, u]) => { const at = 4 * (Math.floor((u + 0.5) / 50 * c.height)"
        "* c.width + Math.floor((t + 0.5) / 50 * c.width)); return [...all.slice(at, at + 4)]; });}"
    )
    ends = {
        name: [round(255 * share) for share in to_rgb(colour)]
        for name, colour in (("minus", MINUS), ("plus", PLUS))
    }
    cells = np.random.default_rng(3).integers(47, size=(20, 2)).tolist()
    _, largest = trace_data(traces["long"])["layers"][0]["scales"]["h"]
    for name, values in (("i", layer.gates["i"]), ("h", layer.h)):
        shown = tab.locator(f"#maps canvas[aria-label^='{name},']").evaluate(pixels, cells)
        for (t, u), colour in zip(cells, shown, strict=True):
            value = float(values[t, u])
            end = ends["plus" if name == "h" and value > 0 else "minus"]
            share = abs(value) / (largest if name == "h" else 1.0)
            wanted = [255 + (to - 255) * share for to in end]
            np.testing.assert_allclose(colour, [*wanted, 255], atol=1.0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_maps_and_input_are_drawn(look, scheme):
    tab = look("long", color_scheme=scheme)
    assert painted(tab, "#maps canvas[role=img]") > 10
    assert tab.locator("#input-chart path").count() == 3
    background = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(20, 23, 26)") == (scheme == "dark")
    tab = look("many", color_scheme=scheme)
    assert painted(tab, "#input-chart canvas") > 10
    assert tab.locator("#read li").count() == 9


def test_names_run_nothing(look):
    tab = look("hostile")
    for key in ("ArrowRight", "j", "g"):
        tab.keyboard.press(key)
    assert tab.evaluate("window.taken") is None
    assert tab.locator("img").count() == 0
    assert NAME in tab.locator("h1").inner_text()
    assert NAME in tab.locator("#read").inner_text()
    assert NAME in tab.locator("#arithmetic").inner_text()
    assert NAME in tab.locator("#where").inner_text()


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
@pytest.mark.parametrize("name", ["long", "hostile", "both_ways"])
def test_the_page_never_scrolls_sideways(look, name, width):
    tab = look(name, viewport={"width": width, "height": 800})
    for details in tab.locator("details").all():
        details.evaluate("d => { d.open = true; }")
    assert tab.evaluate("document.documentElement.scrollWidth") == width


def test_on_paper_it_is_black_on_white_without_controls(look):
    tab = look("long", color_scheme="dark")
    tab.emulate_media(media="print", color_scheme="dark")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    for tool in ("#back", "#step", ".keys", "#all"):
        assert not tab.locator(tool).first.is_visible(), tool
    assert tab.locator("#where").is_visible()
    assert tab.pdf(format="A4").startswith(b"%PDF")
