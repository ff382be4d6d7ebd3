"use strict";
// One prediction, step by step. It multiplies and adds the numbers that the engine read, in float64,
// and shows what the engine got beside it. It asks nothing of anyone.
(() => {
  const FOLD = 8; // terms of a sum that are shown; the rest stands together until asked for
  const LINES = 6; // features that are drawn as lines; more are a map
  const data = JSON.parse(document.getElementById("data").textContent);
  const find = (id) => document.getElementById(id);
  const state = { layer: 0, step: 0, unit: 0, gate: "", all: false };

  const WORDS = {
    lstm: { i: "input gate", f: "forget gate", g: "candidate", o: "output gate", c: "cell state", h: "hidden state" },
    gru: { z: "update gate", r: "reset gate", g: "candidate", h: "hidden state" },
    simple_rnn: { h: "hidden state" }, dense: { y: "output" },
  };

  // ---- Words and numbers.
  const element = (name, attributes = {}, ...inside) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...inside);
    return made;
  };
  const drawing = (name, attributes) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const short = (value, digits = 5) => {
    if (value === null || value === undefined || !Number.isFinite(value)) return "–";
    const size = Math.abs(value);
    const text = size !== 0 && (size < 1e-4 || size >= 1e7) ? value.toExponential(digits - 2)
      : String(Number(value.toPrecision(digits)));
    return text.replace(/-/g, "−");
  };
  // The text is short, the value whole: for whoever copies it, and for the tests.
  const number = (value, digits) => element("data", { value: String(value), title: String(value) }, short(value, digits));
  // "h_t-1" and "bias_i" get their indices as such.
  const formula = (text) => text.split(/(\s+|[()])/).map((word) => {
    const [, name, below] = /^(.+)_([a-z]|t-1|[01],[zrg])$/.exec(word) || [];
    if (name === undefined) return word;
    return element("span", {}, /^.$/.test(name) ? element("i", {}, name) : name, element("sub", {}, below.replace("-", "−")));
  });
  const real = (value) => value ?? NaN; // what is not finite is not 0
  const breakable = (text) => text.split(/(?<=_)|(?=\[)/).flatMap((part, k) => (k ? [element("wbr"), part] : [part]));
  const signed = (value) => (value < 0 ? " − " : " + ");

  const factor = (value) => (value < 0 ? element("span", {}, "(", number(value), ")") : number(value));
  const times = (a, b) => [factor(a), " · ", factor(b)];

  // ---- What there is.
  const layer = () => data.layers[state.layer];
  const letters = (one = layer()) => Object.keys(one.sums);
  const units = (one = layer()) => one.sums[letters(one)[0]][0].length;
  const single = (one = layer()) => one.x.length === 1;
  const steps = () => (single() ? data.times.length : layer().x.length);
  const at = () => (single() ? 0 : state.step);
  const places = (one = layer()) => one.places || one.order;
  const before = (name, one = layer(), t = at()) => (t > 0 ? one[name][t - 1] : one.initial[name]);
  const recurrent = (one = layer()) => one.h !== null;
  const gateValue = (one, letter, t) => {
    if (letter === "y") return one.y[Math.min(t, one.y.length - 1)];
    return (one.gates[letter] || one[letter])[t];
  };
  const activationOf = (one, letter) => ("ifozr".includes(letter) ? one.recurrent_activation : one.activation);
  const sign = (name) => (name === "sigmoid" ? "σ" : name === "linear" ? "" : name);
  const stepName = (t = state.step) => {
    const one = layer();
    const place = single() ? t : one.places === null ? null : one.places[t];
    if (place === null || data.times[place] === String(t + 1)) return "";
    return data.times[place] === String(place + 1) ? `the window's ${place + 1}` : data.times[place];
  };

  // ---- The arithmetic of one gate: groups of products, and the sums of what they give.
  const group = (title, names, values, weights, weight) => {
    const rows = names.map((name, k) => ({ name, value: values[k], weight: weights[k], product: real(values[k]) * real(weights[k]) }));
    return { title, weight, rows, sum: rows.reduce((sum, row) => sum + row.product, 0) };
  };
  function opened(letter) {
    const one = layer(), t = at(), u = state.unit;
    const column = letters(one).indexOf(letter) * units(one) + u;
    const inputs = one.x[0].map((_, f) => `x[${f}]${one.inputs && one.inputs[f] !== "x" ? ` ${one.inputs[f]}` : ""}`);
    const groups = [group("x", inputs, one.x[t], one.weights.kernel.map((row) => row[column]), `kernel[·, ${column}]`)];
    const twice = one.kind === "gru" && one.reset_after;
    const late = one.kind === "gru" && letter === "g";
    const bias = one.weights.bias, own = bias === undefined ? null : twice ? bias[0][column] : bias[column];
    const also = bias !== undefined && twice ? bias[1][column] : null;
    if (recurrent(one)) {
      const held = late && !twice ? one.others.rh[t] : before("h");
      const name = late && !twice ? "r · h" : "h";
      groups.push(group(name, held.map((_, j) => `${name === "h" ? "h" : "r·h"}[${j}]`), held, one.weights.recurrent_kernel.map((row) => row[column]), `recurrent_kernel[·, ${column}]`));
    }
    const made = { groups, column, own, also, engine: real(one.sums[letter][t][u]), q: null };
    let sum = groups[0].sum + (own || 0);
    if (late && twice) {
      made.q = { here: groups[1].sum + (also || 0), engine: one.others.q[t][u], r: one.gates.r[t][u] };
      sum += made.q.r * made.q.here;
    } else if (groups[1]) sum += groups[1].sum + (also || 0);
    made.sum = sum;
    return made;
  }

  function equation(letter) {
    const one = layer(), act = sign(activationOf(one, letter)), b = one.weights.bias !== undefined;
    const left = letter === "y" ? "y" : `${letter}_t`, of = letters().length > 1 ? `_${letter}` : "";
    const x = one.kind === "dense" ? "x · kernel" : `x_t · kernel${of}`;
    const h = `h_t-1 · recurrent_kernel${of}`;
    const twice = one.kind === "gru" && one.reset_after;
    let inner = x;
    if (one.kind === "gru" && letter === "g") {
      inner = twice ? `${x}${b ? " + bias_0,g" : ""} + r_t · ( ${h}${b ? " + bias_1,g" : ""} )`
        : `${x} + ( r_t · h_t-1 ) · recurrent_kernel_g${b ? " + bias_g" : ""}`;
    } else {
      if (one.kind !== "dense") inner += ` + ${h}`;
      if (b) inner += twice ? ` + bias_0,${letter} + bias_1,${letter}` : ` + bias${of}`;
    }
    return formula(`${left} = ${act ? `${act} ( ${inner} )` : inner}`);
  }

  // Of a long sum the largest terms, and the others together.
  function folded(rows) {
    if (state.all || rows.length <= FOLD + 1) return { shown: rows, rest: [] };
    const kept = new Set([...rows.keys()].sort((a, b) => Math.abs(rows[b].product) - Math.abs(rows[a].product)).slice(0, FOLD));
    return { shown: rows.filter((_, k) => kept.has(k)), rest: rows.filter((_, k) => !kept.has(k)) };
  }
  const row = (name, cells, kind = "") => element("tr", kind ? { class: kind } : {},
    element("th", { scope: "row" }, ...[name].flat()), ...cells.map((cell) => element("td", { class: "number" }, ...[cell].flat())));
  const total = (name, value, kind, key) => {
    const made = row(name, [number(value)], kind);
    made.cells[0].colSpan = 3;
    made.dataset.row = key;
    return made;
  };

  function table(one, largest) {
    const body = element("tbody");
    const { shown, rest } = folded(one.rows);
    for (const term of shown) {
      const product = [number(term.product)];
      if (Math.abs(term.product) > 0) { // nothing has no sign, and so no colour
        const bar = element("span", { class: term.product < 0 ? "bar minus" : "bar" });
        bar.style.width = `${Math.max(1, 100 * Math.abs(term.product) / largest)}%`;
        product.push(bar);
      }
      body.append(row(term.name, [number(term.value), number(term.weight), product], "term"));
    }
    if (rest.length) body.append(total(`the other ${rest.length}, together`, rest.reduce((sum, term) => sum + term.product, 0), "folded", "rest"));
    body.append(total(`sum over ${one.title}`, one.sum, "total", `sum ${one.title}`));
    const head = element("thead", {}, element("tr", {}, ...[one.title, "its value", `× ${one.weight}`, "= product"].map((words, k) =>
      element("th", { scope: "col", class: k ? "number" : "" }, ...(words === "h" ? formula("h_t-1") : words === "x" && !single() ? formula("x_t") : breakable(words))))));
    return element("div", { class: "scroll" }, element("table", { class: "terms" }, head, body));
  }

  const agree = (here, engine) => element("p", { class: "agree" }, "The engine has ", number(engine, 9), ": ",
    here === engine ? "the same." : element("span", {}, "apart by ", number(Math.abs(here - engine), 3), "."));

  function arithmetic() {
    const one = layer(), letter = state.gate, t = at(), u = state.unit, work = opened(letter);
    find("sum-title").textContent = `${letter === "y" ? "y" : letter}, the ${WORDS[one.kind][letter]} of unit ${u}`;
    const largest = Math.max(...work.groups.flatMap((g) => g.rows.map((term) => Math.abs(term.product))));
    const parts = [element("p", { class: "equation" }, ...equation(letter))];
    if (!one.there[t]) parts.push(element("p", { class: "note" }, "A mask says that there is no such step: the gates are computed, but the states stay as they are."));
    for (const g of work.groups) {
      parts.push(table(g, largest));
    }
    if (work.groups.some((g) => g.rows.length > FOLD + 1)) {
      const all = element("button", { type: "button", id: "all" }, state.all ? "Fold long sums" : "Show every term");
      all.addEventListener("click", () => { state.all = !state.all; show(); });
      parts.push(all);
    }
    const sums = element("tbody"), late = work.q !== null;
    const twice = work.also !== null;
    sums.append(total("sum over x", work.groups[0].sum, "", "x"));
    if (work.own !== null) sums.append(total(`bias[${twice ? "0, " : ""}${work.column}]`, work.own, "", "bias"));
    if (late) {
      const q = row([`r · ( sum over h${twice ? ` + bias[1, ${work.column}]` : ""} ) = `, ...times(work.q.r, work.q.here)], [number(work.q.r * work.q.here)]);
      q.cells[0].colSpan = 3;
      q.dataset.row = "q";
      sums.append(q);
    } else if (work.groups[1]) {
      sums.append(total(`sum over ${work.groups[1].title}`, work.groups[1].sum, "", "h"));
      if (twice) sums.append(total(`bias[1, ${work.column}]`, work.also, "", "bias1"));
    }
    sums.append(total("together", work.sum, "total", "sum"));
    parts.push(element("div", { class: "scroll" }, element("table", { "aria-label": "The sum" }, sums)), agree(work.sum, work.engine));
    parts.push(activated(one, letter, t, u, work));
    find("arithmetic").replaceChildren(...parts);
  }

  function activated(one, letter, t, u, work) {
    const act = activationOf(one, letter), value = gateValue(one, letter, t)[u];
    const line = element("p", { class: "equation", "data-gate": letter }, element("b", {}, letter));
    if (act === "linear" && one.there[t]) {
      line.append(" = ", number(value, 9), ", the sum as it is");
      return line;
    }
    line.append(` = ${sign(act)} ( `, number(work.engine), " )");
    if (act.endsWith("softmax")) line.append(" over all units");
    if (letter === "h" && !one.there[t]) line.append(", masked: ");
    line.append(" = ", number(value, 9));
    return line;
  }

  // ---- What a step does to the states, or what a Dense layer gives.
  const item = (key, symbols, numbers, ...more) => element("li", { "data-state": key },
    element("p", { class: "equation" }, ...formula(symbols)), element("p", {}, ...numbers), ...more);
  const moved = (name, from, to) => element("p", { class: "agree" }, `${name} was `, number(from), ", is ", number(to), ", so it moved by ", number(to - from), ".");

  function update() {
    const one = layer(), t = at(), u = state.unit, made = [];
    find("change-title").textContent = recurrent(one) ? `What this step does to the states of unit ${u}` : `What unit ${u} hands on`;
    if (!recurrent(one)) made.push(item("y", "y", [number(one.y[Math.min(t, one.y.length - 1)][u], 9)]));
    else if (!one.there[t]) {
      for (const s of one.c ? ["c", "h"] : ["h"]) made.push(item(s, `${s}_t = ${s}_t-1`, [number(one[s][t][u], 9)]));
    }
    else if (one.kind === "lstm") {
      const { i, f, g, o } = Object.fromEntries(letters().map((k) => [k, real(one.gates[k][t][u])]));
      const old = real(before("c")[u]), c = real(one.c[t][u]), a = real(one.others.a[t][u]), h = real(one.h[t][u]), act = sign(one.activation);
      made.push(item("c", "c_t = f_t · c_t-1 + i_t · g_t", [...times(f, old), signed(1), ...times(i, g), " = ", number(f * old + i * g)],
        agree(f * old + i * g, c), moved("c", old, c)));
      made.push(item("a", `a_t = ${act ? `${act} ( c_t )` : "c_t"}`, [act ? `${act} ( ` : "", number(c), act ? " )" : "", " = ", number(a, 9)]));
      made.push(item("h", "h_t = o_t · a_t", [...times(o, a), " = ", number(o * a)], agree(o * a, h), moved("h", before("h")[u], h)));
    } else if (one.kind === "gru") {
      const z = real(one.gates.z[t][u]), g = real(one.gates.g[t][u]), old = real(before("h")[u]), h = real(one.h[t][u]), here = z * old + (1 - z) * g;
      made.push(item("h", "h_t = z_t · h_t-1 + ( 1 − z_t ) · g_t", [...times(z, old), " + ( 1 − ", number(z), " ) · ", factor(g), " = ", number(here)],
        agree(here, h), moved("h", old, h)));
    } else made.push(item("h", "h_t", [number(one.h[t][u], 9)], moved("h", before("h")[u], one.h[t][u])));
    const notes = single() && data.times.length > 1
      ? [element("p", { class: "quiet" }, "This layer computes once, after the last step of the window: its numbers are the same at every step.")] : [];
    find("update").replaceChildren(...notes, element("ul", { class: "steps" }, ...made));
  }

  // ---- Pictures.
  const clicked = (canvas, T, U, spots) => (event) => {
    const box = canvas.getBoundingClientRect();
    const column = Math.min(T - 1, Math.max(0, Math.floor((event.clientX - box.left) / box.width * T)));
    if (U !== null) state.unit = Math.min(U - 1, Math.max(0, Math.floor((event.clientY - box.top) / box.height * U)));
    state.step = spots.indexOf(column);
    show();
  };

  function maps() {
    const one = layer(), spots = places(one);
    find("states").hidden = single();
    if (single()) { find("maps").replaceChildren(); return; }
    const names = [...new Set([state.gate, ...(recurrent(one) ? ["c", "h"] : ["y"])])].filter((name) => name === "y" || one[name] || one.gates[name]);
    find("maps").replaceChildren(...names.map((name) => {
      const rows = name === "y" ? one.y : one.gates[name] || one[name];
      const size = rows.reduce((most, values) => values.reduce((m, v) => Math.max(m, Math.abs(v)), most), 0) || 1;
      const ends = one.scales[name] || [-size, size];
      const caption = `${name}, the ${WORDS[one.kind][name]}`;
      const canvas = element("canvas", { role: "img", "aria-label": `${caption}: ${rows.length} steps from left to right, ${rows[0].length} units from above` });
      canvas.addEventListener("click", clicked(canvas, rows.length, rows[0].length, spots));
      const ramp = element("canvas", { "data-flat": "1", "aria-hidden": "true" });
      const scale = element("span", { class: "scale" }, short(ends[0], 2), ramp, short(ends[1], 2));
      const figure = element("figure", {}, element("figcaption", {}, element("strong", {}, name), `  ${WORDS[one.kind][name]}`, scale), canvas);
      requestAnimationFrame(() => {
        heat(canvas, rows, spots, ends, { step: at(), unit: state.unit });
        heat(ramp, Array.from({ length: 35 }, (_, k) => [ends[0] + (ends[1] - ends[0]) * k / 34]), [...Array(35).keys()], ends, { step: 35, unit: null });
      });
      return figure;
    }), element("p", { class: "quiet" }, "Steps from left to right, unit 0 on top; what is still to come is pale."));
  }

  function input() {
    const one = layer(), aligned = one.places !== null && !single(), rows = data.window, T = rows.length, F = rows[0].length;
    const spots = aligned ? one.places : [...rows.keys()];
    const now = aligned ? state.step : single() ? Math.min(state.step, T - 1) : T - 1;
    const chart = find("input-chart");
    if (F > LINES) {
      const size = rows.reduce((most, values) => values.reduce((m, v) => Math.max(m, Math.abs(v)), most), 0) || 1;
      const canvas = element("canvas", { role: "img", "aria-label": `The input: ${T} steps from left to right, ${F} features from above` });
      chart.replaceChildren(canvas);
      requestAnimationFrame(() => heat(canvas, spots.map((p) => rows[p]), spots, [-size, size], { step: now, unit: null }));
      if (aligned || single()) canvas.addEventListener("click", clicked(canvas, T, null, spots));
    } else {
      const all = rows.flat().filter((v) => v !== null), low = Math.min(...all), high = Math.max(...all);
      const H = 130, y = (v) => (high > low ? 8 + (H - 16) * (high - v) / (high - low) : H / 2), x = (p) => 1000 * (p + 0.5) / T;
      const svg = drawing("svg", { class: T === 1 ? "one" : "", viewBox: `0 0 1000 ${H}`, preserveAspectRatio: "none", role: "img", "aria-label": `The input, from ${short(low, 4)} to ${short(high, 4)}, up to step ${now + 1}` });
      const seen = new Set(spots.slice(0, now + 1));
      for (let f = 0; f < F; f += 1) {
        const line = (keep) => {
          let pen = "M";
          return rows.map((values, p) => {
            if (values[f] === null || !keep(p)) { pen = "M"; return ""; }
            const piece = `${pen}${x(p).toFixed(1)} ${y(values[f]).toFixed(1)}`;
            pen = "L";
            return T === 1 ? `${piece}h.01` : piece; // a dot
          }).join("");
        };
        svg.append(drawing("path", { d: line(() => true), class: `ahead c${f}` }), drawing("path", { d: line((p) => seen.has(p)), class: `c${f}` }));
      }
      svg.append(drawing("path", { d: `M${x(spots[now])} 0V${H}`, class: "now" }));
      const ends = element("div", { class: "scale" }, `from ${short(low, 4)} to ${short(high, 4)}`);
      chart.replaceChildren(ends, svg);
    }
    find("read").replaceChildren(...rows[spots[now]].map((value, f) => element("li", {},
      ...(F <= LINES ? [element("span", { class: `dot c${f}` })] : []), `${data.columns[f]} `, number(value))));
  }

  // ---- What is chosen.
  function controls() {
    const one = layer(), T = steps(), U = units();
    state.step = Math.min(state.step, T - 1);
    state.unit = Math.min(state.unit, U - 1);
    if (!letters().includes(state.gate)) [state.gate] = letters();
    const name = stepName(), text = `${state.step + 1} of ${T}${name ? ` · ${name}` : ""}`;
    const slider = find("step");
    slider.max = T; slider.value = state.step + 1;
    slider.setAttribute("aria-valuetext", text);
    find("where").textContent = text;
    find("back").disabled = state.step === 0;
    find("on").disabled = state.step === T - 1;
    find("unit").max = U - 1;
    if (Number(find("unit").value) !== state.unit || document.activeElement !== find("unit")) find("unit").value = state.unit;
    find("units").textContent = U > 1 ? `of 0 … ${U - 1}` : "the only one";
    find("layer").value = String(state.layer);
    const made = [...find("gates").querySelectorAll("input")].map((box) => box.value);
    if (made.join() !== letters().join()) gates();
    for (const label of find("gates").querySelectorAll("label")) {
      const box = label.querySelector("input");
      box.checked = box.value === state.gate;
      label.querySelector("span").replaceChildren(element("b", {}, box.value), " ", short(gateValue(one, box.value, at())[state.unit], 4));
    }
  }
  function gates() {
    find("gates").replaceChildren(element("legend", {}, "Open"), ...letters().map((letter) => {
      const box = element("input", { type: "radio", name: "gate", value: letter, "aria-label": `${letter}, the ${WORDS[layer().kind][letter]}` });
      box.addEventListener("change", () => { state.gate = letter; show(); });
      return element("label", { title: WORDS[layer().kind][letter] }, box, element("span"));
    }));
  }
  function show() {
    const on = document.activeElement && document.activeElement.id;
    controls();
    input();
    maps();
    arithmetic();
    update();
    if (on === "all" && find("all")) find("all").focus(); // it was made anew
    const one = layer(), value = gateValue(one, state.gate, at())[state.unit];
    find("told").textContent = `Step ${find("where").textContent}, ${one.name}, unit ${state.unit}: ${state.gate} is ${short(value, 4)}`
      + (recurrent(one) && state.gate !== "h" ? `, h is ${short(one.h[at()][state.unit], 4)}` : "");
  }
  const go = (step) => { state.step = Math.min(steps() - 1, Math.max(0, step)); show(); };
  const choose = (unit) => { state.unit = (unit + units()) % units(); show(); };

  data.layers.forEach((one, k) => find("layer").append(element("option", { value: String(k) }, one.name)));
  find("step").addEventListener("input", (event) => go(Number(event.target.value) - 1));
  find("back").addEventListener("click", () => go(state.step - 1));
  find("on").addEventListener("click", () => go(state.step + 1));
  find("layer").addEventListener("change", (event) => { state.layer = Number(event.target.value); state.gate = ""; show(); });
  find("unit").addEventListener("input", (event) => {
    const wanted = Number(event.target.value);
    if (event.target.value !== "" && Number.isInteger(wanted) && wanted >= 0) { state.unit = Math.min(wanted, units() - 1); show(); }
  });
  find("unit").addEventListener("blur", controls);
  find("controls").addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const own = event.target instanceof Element && event.target.matches("select, input");
    const places = letters();
    const keys = {
      ArrowLeft: () => go(state.step - 1), ArrowRight: () => go(state.step + 1), Home: () => go(0), End: () => go(steps() - 1),
      j: () => choose(state.unit + 1), k: () => choose(state.unit - 1),
      g: () => { state.gate = places[(places.indexOf(state.gate) + 1) % places.length]; show(); },
    };
    const ends = ["Home", "End"].includes(event.key); // of the window, but of the number in its box
    if (!(event.key in keys) || (ends ? event.target === find("unit") : event.target.matches("select") || (own && event.key.startsWith("Arrow")))) return;
    event.preventDefault();
    keys[event.key]();
  });
  const first = data.layers.findIndex((one) => recurrent(one));
  state.layer = Math.max(0, first);
  state.step = steps() - 1; // the first has states of zeros, and explains nothing
  find("controls").hidden = false;
  find("board").hidden = false;
  show();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  let width = window.innerWidth;
  window.addEventListener("resize", () => { if (window.innerWidth !== width) { width = window.innerWidth; show(); } });
  for (const turn of ["beforeprint", "afterprint"]) window.addEventListener(turn, show);
})();
