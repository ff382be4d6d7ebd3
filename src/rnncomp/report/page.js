"use strict";
// What the page can do beside being read: sort, zoom, switch lines, copy. It asks nothing of anyone.
(() => {
  const PIECE = 500; // rows of a long table that are made at a time
  const plots = JSON.parse(document.getElementById("data").textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const drawn = [];

  const element = (name, text, attributes = {}) => {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const button = (text, title, action) => {
    const made = element("button", text, { type: "button" });
    if (title) { made.title = title; made.setAttribute("aria-label", title); }
    made.addEventListener("click", action);
    return made;
  };
  const short = (value) => {
    if (value === null || value === undefined) return "–";
    const size = Math.abs(value);
    if (size >= 1e9 || (size > 0 && size < 1e-4)) return value.toExponential(2).replace("-", "−");
    const digits = size >= 1e4 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 4 };
    return value.toLocaleString("en", digits).replace("-", "−");
  };

  // Tables that sort, by click and by keyboard.
  function sortable(table) {
    const heads = [...table.tHead.rows[0].cells];
    const body = table.tBodies[0];
    const key = (row, place) => {
      const cell = row.cells[place];
      const written = cell.dataset.sort;
      const number = Number(written);
      return written === "" || Number.isNaN(number) ? written : number;
    };
    heads.forEach((head, place) => {
      if ("plain" in head.dataset) return;
      const words = head.textContent.trim();
      const switcher = button(words, "", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        const rows = [...body.rows].sort((one, other) => {
          const a = key(one, place), b = key(other, place);
          if (a === b) return 0;
          if (a === "" || b === "") return a === "" ? 1 : -1; // without a score: last, either way
          const order = typeof a === "string" ? a.localeCompare(b) : a - b;
          return up ? order : -order;
        });
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        body.append(...rows);
      });
      head.replaceChildren(switcher);
    });
  }

  // Charts.
  const colours = () => {
    const style = getComputedStyle(document.documentElement);
    const read = (name) => style.getPropertyValue(name).trim();
    return {
      ink: read("--ink"), quiet: read("--quiet"), edge: read("--edge"),
      line: [0, 1, 2, 3, 4, 5].map((k) => read(`--c${k}`)),
    };
  };
  const stamp = (plot, x) => plot.grain === null
    ? short(x) : new Date(x * 1000).toISOString().slice(0, plot.grain).replace("T", " ");

  // Dates that sort, read alike everywhere: the part that changes between two marks, and its whole
  // where the part above it changes.
  function dates(chart, at, axis, space, step) {
    const finest = step >= 300 * 86400 ? 4 : step >= 27 * 86400 ? 7 : step >= 86400 ? 10 : 16;
    let before = "";
    return at.map((seconds) => {
      const text = new Date(seconds * 1000).toISOString().slice(0, finest).replace("T", " ");
      const day = before.slice(0, 10) === text.slice(0, 10);
      before = text;
      return finest === 16 && day ? text.slice(11) : text;
    });
  }

  // Places without a value are undefined, which a line crosses; an absent value, null, is a gap.
  function spread(plot, curve, values) {
    if (plot.at === null || curve.everywhere) return values;
    const made = new Array(plot.x.length).fill(undefined);
    plot.at.forEach((place, k) => { made[place] = values[k]; });
    return made;
  }

  function lines(plot, on) {
    const paint = colours();
    const data = [plot.x], series = [{}], bands = [], members = [];
    plot.curves.forEach((curve, place) => {
      const colour = curve.colour === null ? paint.ink : paint.line[curve.colour];
      const mine = [series.length];
      data.push(spread(plot, curve, curve.values));
      const few = plot.curves.length && (plot.at || plot.x).length <= 60;
      series.push({
        label: curve.label, stroke: colour, dash: curve.dash.length ? curve.dash : undefined,
        width: curve.colour === null ? 1.5 : 1.8, show: on[place],
        points: { show: few && curve.colour !== null, size: 4, fill: colour },
      });
      if (curve.low) {
        for (const edge of [curve.high, curve.low]) {
          mine.push(series.length);
          data.push(spread(plot, curve, edge));
          series.push({ stroke: "transparent", width: 0, show: on[place], points: { show: false } });
        }
        bands.push({ series: [mine[1], mine[2]], fill: colour + "38" });
      }
      members.push(mine);
    });
    return { paint, data, series, bands, members };
  }

  // A forecast that ran away must not flatten the truth: the view keeps its range again on each side.
  function heights(plot) {
    return (chart, low, high) => {
      if (plot.y_span) return plot.y_span;
      if (low === null || high === null) return [0, 1];
      if (plot.truth) {
        const [first, last] = chart.series[0].idxs;
        const seen = chart.data[1].slice(first, last + 1).filter((v) => v !== null && v !== undefined);
        if (seen.length > 1) {
          const bottom = seen.reduce((a, b) => Math.min(a, b)), top = seen.reduce((a, b) => Math.max(a, b));
          low = Math.max(low, 2 * bottom - top);
          high = Math.min(high, 2 * top - bottom);
        }
      }
      const room = 0.05 * (high - low) || Math.abs(high) * 0.05 || 1;
      return [low - room, high + room];
    };
  }

  const wholeNumbers = {
    incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6, 1e7, 1e8], values: (chart, at) => at.map((v) => (Number.isInteger(v) ? v.toLocaleString("en") : "")) };

  function draw(figure, plot) {
    const canvas = figure.querySelector(".canvas");
    const state = { on: plot.curves.map((curve) => curve.on), chart: null, members: [] };
    const whole = [plot.x[0], plot.x[plot.x.length - 1]];
    const start = plot.window ? plot.window.map((place) => plot.x[place]) : whole;
    state.view = start[0] < start[1] ? start : whole;
    const readout = element("p", "", { class: "readout quiet", "aria-hidden": "true" });
    const look = (low, high) => {
      const least = (whole[1] - whole[0]) * 4 / Math.max(plot.x.length, 8);
      if (high - low < least) { const middle = (low + high) / 2; low = middle - least / 2; high = middle + least / 2; }
      state.view = [Math.max(low, whole[0]), Math.min(high, whole[1])];
      state.chart.setScale("x", { min: state.view[0], max: state.view[1] });
    };

    function tell(chart) {
      const place = chart.cursor.idx;
      if (place === null || place === undefined) { readout.textContent = ""; return; }
      const parts = plot.curves.flatMap((curve, k) => {
        const value = chart.data[state.members[k][0]][place];
        return state.on[k] && value !== undefined && value !== null ? [`${curve.label} ${short(value)}`] : [];
      });
      readout.textContent = [stamp(plot, plot.x[place]), ...parts].join(" · ");
    }

    state.make = () => {
      if (state.chart) state.chart.destroy();
      const { paint, data, series, bands, members } = lines(plot, state.on);
      state.members = members;
      const font = "12px system-ui, sans-serif";
      const axis = { stroke: paint.quiet, font, labelFont: font, grid: { stroke: paint.edge, width: 1 }, ticks: { stroke: paint.edge } };
      const width = Math.max(canvas.clientWidth, 200);
      state.chart = new uPlot({
        width, height: plot.wide ? Math.round(Math.min(420, Math.max(260, width * 0.42))) : 220,
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
        legend: { show: false }, bands, series,
        cursor: { drag: { x: plot.wide, y: false }, points: { show: false } },
        scales: { x: { time: plot.grain !== null }, y: { range: heights(plot) } },
        axes: [
          { ...axis, label: plot.x_label, size: 36, labelSize: 22, ...(plot.grain === null ? wholeNumbers : { values: dates, space: 105 }) },
          { ...axis, label: plot.y_label, size: plot.wide ? 64 : 58, values: (u, at) => at.map(short) },
        ],
        hooks: {
          setCursor: [tell],
          setScale: [(chart, key) => { if (key === "x" && chart.scales.x.min !== null) state.view = [chart.scales.x.min, chart.scales.x.max]; }],
        },
      }, data, canvas);
      state.chart.setScale("x", { min: state.view[0], max: state.view[1] });
    };
    state.resize = () => {
      const width = Math.max(canvas.clientWidth, 200);
      if (state.chart && width !== state.chart.width) {
        state.chart.setSize({ width, height: state.chart.height });
      }
    };

    figure.querySelectorAll(".legend li").forEach((item, place) => {
      const switcher = element("button", "", { type: "button", class: "switch", "aria-pressed": String(state.on[place]) });
      switcher.append(...item.childNodes);
      item.classList.toggle("off", !state.on[place]);
      switcher.addEventListener("click", () => {
        state.on[place] = !state.on[place];
        switcher.setAttribute("aria-pressed", String(state.on[place]));
        item.classList.toggle("off", !state.on[place]);
        for (const mine of state.members[place]) state.chart.setSeries(mine, { show: state.on[place] });
      });
      item.append(switcher);
    });
    if (plot.wide && plot.x.length > 2) {
      const tools = element("div", "", { class: "tools", role: "group", "aria-label": `Zoom: ${plot.title}` });
      const move = (by, factor) => () => {
        const [low, high] = state.view, half = (high - low) * factor / 2, middle = (low + high) / 2 + by * (high - low);
        look(middle - half, middle + half);
      };
      tools.append(
        button("+", "Zoom in", move(0, 0.5)), button("−", "Zoom out", move(0, 2)),
        button("←", "Earlier", move(-0.25, 1)), button("→", "Later", move(0.25, 1)),
        button("Whole", "Show everything", () => look(...whole)),
      );
      if (plot.window) tools.append(button("Test part", "Show the test part", () => look(...start)));
      canvas.before(tools);
      canvas.after(readout);
    }
    numbers(figure, plot);
    state.make();
    drawn.push(state);
    new ResizeObserver(state.resize).observe(canvas);
    figure.chart = state; // for whoever looks into the page with its tools
  }

  // A long table is made when it is opened, a piece at a time.
  function numbers(figure, plot) {
    const details = figure.querySelector("details.numbers");
    if (details.querySelector("table")) return;
    const places = plot.at || plot.x.map((_, k) => k);
    const value = (curve, k) => (curve.everywhere ? curve.values[places[k]] : curve.values[k]);
    details.addEventListener("toggle", () => {
      if (!details.open || details.querySelector("table")) return;
      const table = element("table"), head = table.createTHead().insertRow(), body = table.createTBody();
      for (const words of [plot.x_label, ...plot.curves.map((curve) => curve.label)]) head.append(element("th", words, { scope: "col" }));
      const more = button("", "", () => {
        const first = body.rows.length, last = Math.min(first + PIECE, places.length);
        for (let k = first; k < last; k += 1) {
          const row = body.insertRow();
          row.append(element("th", stamp(plot, plot.x[places[k]]), { scope: "row" }));
          for (const curve of plot.curves) row.insertCell().textContent = short(value(curve, k));
        }
        more.textContent = `Show more: ${last.toLocaleString("en")} of ${places.length.toLocaleString("en")} rows`;
        more.hidden = last === places.length;
      });
      more.className = "more";
      const box = element("div", "", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Numbers: ${plot.title}` });
      box.append(table);
      details.append(box, more);
      more.click();
    });
  }

  function copying(code) {
    const said = element("span", "", { class: "quiet", role: "status" });
    const copy = button("Copy the command", "", async () => {
      try {
        await navigator.clipboard.writeText(code.textContent);
        said.textContent = " Copied.";
      } catch {
        getSelection().selectAllChildren(code);
        said.textContent = " Selected: copy it with Ctrl+C.";
      }
    });
    code.closest(".command").append(copy, said);
  }

  document.querySelectorAll("table[data-sortable]").forEach(sortable);
  for (const plot of plots) draw(document.getElementById(plot.key), plot);
  const command = document.getElementById("command-line");
  if (command) copying(command);
  const again = () => { for (const state of drawn) state.make(); };
  dark.addEventListener("change", again);
  // Paper is white and of another width.
  matchMedia("print").addEventListener("change", again);
})();
