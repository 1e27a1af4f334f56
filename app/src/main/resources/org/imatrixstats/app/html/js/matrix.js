// Heat maps are tables: the numbers stand in the cells, the colours add to them.

/** Less than this is what rounding and chance make of files that are alike: no full colour for it. */
const LEAST_BITS = 0.001;

/** How a figure is coloured: around a middle, or from little to much. */
function shading(unit, values) {
  const defined = values.filter(value => value !== null);
  if (unit === "sigmas" || unit === "correlation" && defined.some(value => value < 0)) {
    const end = unit === "sigmas" ? 3 : 1;
    return {
      of: value => ({side: value < 0 ? "low" : "high", t: Math.min(1, Math.abs(value) / end)}),
      ends: unit === "sigmas" ? ["≤ -3", "0", "≥ +3"] : ["-1", "0", "+1"], around: true
    };
  }
  const logarithmic = defined.length > 0 && ["number", "ratio", "count"].includes(unit) && defined.every(v => v > 0);
  const scale = logarithmic ? Math.log : value => value;
  const [least, most] = d3.extent(defined, scale);
  const span = Math.max(most - least, unit === "bits" ? LEAST_BITS : 0) || 1;
  return {
    of: value => ({side: "amount", t: 0.06 + 0.94 * (scale(value) - least) / span}),
    ends: [least, unit === "bits" ? least + span : most], logarithmic
  };
}

/** A bar of colours with its ends. */
function scaleLegend(ends, around) {
  const steps = around ? [-1, -0.66, -0.33, 0, 0.33, 0.66, 1] : [0.06, 0.25, 0.44, 0.63, 0.82, 1];
  const swatch = t => {
    const element = el("span", {class: "swatch " + (around ? t < 0 ? "low" : "high" : "amount")});
    element.style.setProperty("--t", Math.abs(t));
    return element;
  };
  return el("span", {class: "scale", "aria-hidden": "true"}, ends[0],
    el("span", {class: "swatches"}, ...steps.map(swatch)), ends.at(-1));
}

/**
 * A table of cells. `cell(row, column)` gives {text, side, t, tip, choose}, or null for an empty one. Arrow keys move
 * from cell to cell, Enter chooses.
 */
function matrix({caption, corner, rows, columns, cell}) {
  const tips = new Map();
  const actions = new Map();
  const body = rows.map(row => el("tr", {}, el("th", {scope: "row"}, row.label), ...columns.map(column => {
    const content = cell(row, column);
    if (content === null) {
      return el("td", {class: "none"});
    }
    const td = el("td", {class: content.side ?? "none", tabindex: "-1"}, content.text);
    if (content.side) {
      td.style.setProperty("--t", content.t.toFixed(3));
    }
    tips.set(td, content.tip);
    actions.set(td, content.choose);
    return td;
  })));
  const table = el("table", {class: "matrix", role: "grid"}, el("caption", {}, caption),
    el("thead", {}, el("tr", {}, el("th", {scope: "col"}, corner), ...columns.map(column =>
      el("th", {scope: "col"}, column.label, column.note ? el("small", {}, column.note) : null)))),
    el("tbody", {}, ...body));
  table.querySelector("td[tabindex]")?.setAttribute("tabindex", "0");
  const choose = td => {
    table.querySelectorAll("[aria-selected]").forEach(other => other.removeAttribute("aria-selected"));
    td.setAttribute("aria-selected", "true");
    actions.get(td)();
  };
  table.addEventListener("click", event => actions.get(event.target) && choose(event.target));
  table.addEventListener("keydown", event => {
    const td = event.target;
    if (event.key === "Enter" && actions.get(td)) {
      choose(td);
    } else if (event.key.startsWith("Arrow") && tips.has(td)) {
      event.preventDefault();
      move(table, td, event.key);
    }
  });
  addTips(table, target => tips.get(target));
  const scroll = el("div", {class: "scroll wide"}, table);
  scroll.redraw = () => scroll.classList.toggle("fits", table.offsetWidth <= scroll.parentElement.clientWidth);
  onResize(scroll);
  return scroll;
}

/** To the next cell in a direction, over empty ones. */
function move(table, from, key) {
  const rows = [...table.tBodies[0].rows];
  let row = rows.indexOf(from.parentElement);
  let column = from.cellIndex;
  for (;;) {
    row += key === "ArrowDown" ? 1 : key === "ArrowUp" ? -1 : 0;
    column += key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
    const to = rows[row]?.cells[column];
    if (!to || to.tagName === "TH") {
      return;
    }
    if (to.hasAttribute("tabindex")) {
      from.setAttribute("tabindex", "-1");
      to.setAttribute("tabindex", "0");
      to.focus();
      return;
    }
  }
}

/** The chart: any figure, by layer and kind; `file.choose` is told which tensor was chosen. */
function drawMap(file, section) {
  drawMapOf(file, "robust_z", section);
}

function drawMapOf(file, firstKey, section) {
  const state = {key: firstKey, all: false};
  const shown = el("div");
  const definition = el("p", {class: "definition"});
  const legend = el("span");
  const draw = () => {
    const figure = file.figures.get(state.key);
    const kinds = file.shownKinds(state.all);
    const value = tensor => tensor ? valueOf(tensor, figure.key) : null;
    const of = kinds.map(kind => file.layers.map(layer => value(file.tensor(layer, kind))));
    const common = shading(figure.unit, of.flat());
    // Across kinds these say little: each kind has a scale of its own.
    const perKind = figure.unit === "number";
    const shadings = new Map(kinds.map((kind, i) => [kind, perKind ? shading(figure.unit, of[i]) : common]));
    definition.textContent = figure.header + ": " + figure.description + ".";
    legend.replaceChildren(perKind
      ? scaleLegend(["least of its kind", "most"], false)
      : scaleLegend(common.around ? common.ends
        : common.ends.map(end => end === undefined ? UNDEFINED
          : brief(common.logarithmic ? Math.exp(end) : end, figure.unit)), common.around));
    shown.replaceChildren(matrix({
      caption: figure.header + " by layer and kind of tensor", corner: "layer",
      rows: file.layers.map(layer => ({label: String(layer), layer})),
      columns: kinds.map(kind => ({label: kind, kind,
        note: !state.all && file.sharing(kind).length ? "= " + file.sharing(kind).join(", ") : null})),
      cell: (row, column) => {
        const tensor = file.tensor(row.layer, column.kind);
        return tensor ? {
          text: brief(value(tensor), figure.unit),
          ...(value(tensor) === null ? {} : shadings.get(column.kind).of(value(tensor))),
          tip: file.tip(tensor, figure), choose: () => file.choose(tensor)
        } : null;
      }
    }));
  };
  section.append(el("div", {class: "controls"},
    choice("Figure", file.figureOptions(), state.key, key => { state.key = key; draw(); }),
    file.shownKinds(true).length > file.shownKinds(false).length
      ? checkbox("Show tensors that share an input", false, all => { state.all = all; draw(); }) : null,
    legend), definition, shown);
  draw();
  const others = file.tensors.filter(tensor => tensor.layer === null).map(tensor => tensor.name);
  if (others.length) {
    section.append(el("p", {class: "note"}, "In no layer, so not in the map: " + others.join(", ") + "."));
  }
}
