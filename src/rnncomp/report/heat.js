"use strict";
// Numbers as colours: rows (T, U) on a canvas, columns where their step stands in the window.
const heat = (() => {
  const paint = () => {
    const style = getComputedStyle(document.documentElement);
    const rgb = (name) => [1, 3, 5].map((k) => parseInt(style.getPropertyValue(name).trim().slice(k, k + 2), 16));
    return { none: rgb("--page"), plus: rgb("--plus"), minus: rgb("--minus"), ink: style.getPropertyValue("--ink").trim() };
  };
  const mixed = (value, [low, high], colours) => {
    const share = low === 0 ? value / high : Math.abs(value) / high;
    const end = low === 0 || value < 0 ? colours.minus : colours.plus;
    return colours.none.map((c, k) => Math.round(c + (end[k] - c) * Math.min(1, Math.max(0, share))));
  };

  // marks: the step up to which all is past and the rest pale, and the unit that is looked at.
  function heat(canvas, rows, spots, ends, marks) {
    const T = rows.length, U = rows[0].length, colours = paint();
    const small = document.createElement("canvas");
    small.width = T; small.height = U;
    const pen = small.getContext("2d"), image = pen.createImageData(T, U);
    rows.forEach((values, t) => values.forEach((value, u) => {
      const [r, g, b] = value === null ? [128, 128, 128] : mixed(value, ends, colours);
      image.data.set([r, g, b, t <= marks.step ? 255 : 56], 4 * (u * T + spots[t]));
    }));
    pen.putImageData(image, 0, 0);
    const width = Math.max(canvas.clientWidth, 100), height = canvas.dataset.flat ? 10 : Math.min(150, Math.max(40, 22 * U));
    const dense = window.devicePixelRatio || 1;
    canvas.width = width * dense; canvas.height = height * dense; canvas.style.height = `${height}px`;
    const brush = canvas.getContext("2d");
    brush.imageSmoothingEnabled = false;
    brush.drawImage(small, 0, 0, canvas.width, canvas.height);
    if (canvas.dataset.flat) return;
    brush.strokeStyle = colours.ink;
    brush.lineWidth = 1.5 * dense;
    const w = canvas.width / T, h = canvas.height / U;
    brush.strokeRect(spots[marks.step] * w - dense, 1, w + 2 * dense, canvas.height - 2);
    if (marks.unit !== null) brush.strokeRect(1, marks.unit * h - dense, canvas.width - 2, h + 2 * dense);
  }
  return heat;
})();
