// Lines over layers. A line has a colour, a dash pattern and a mark: two of these would be enough to tell them apart. Where
// colours begin again, dashes do not.

const DASHES = [null, "7 3", "2 3", "8 3 2 3"];
const SYMBOLS = ["circle", "square", "triangle", "diamond", "cross", "star", "wye"];

function seriesStyle(i) {
  return {
    stroke: "var(--s" + (i % 8 + 1) + ")", strokeDasharray: DASHES[(i + Math.floor(i / 8)) % DASHES.length], symbol: SYMBOLS[i % SYMBOLS.length]
  };
}

/** A short piece of a line as it is in the chart. */
function lineSample(style) {
  const svg = d3.create("svg").attr("viewBox", "0 0 34 14").attr("aria-hidden", "true");
  svg.append("line").attr("x1", 0).attr("x2", 34).attr("y1", 7).attr("y2", 7).attr("stroke", style.stroke)
    .attr("stroke-width", 1.7).attr("stroke-dasharray", style.strokeDasharray);
  const symbol = d3["symbol" + style.symbol[0].toUpperCase() + style.symbol.slice(1)];
  svg.append("path").attr("d", d3.symbol(symbol, 36)()).attr("transform", "translate(17,7)").attr("fill", style.stroke);
  return svg.node();
}

/**
 * Lines with a legend that turns them on and off, and their numbers in a table.
 * `series`: [{name, points: [{x, y, tip}]}]; `label`: of y; `formatY`, `log`, `xLabel`;
 * `rules`: lines across, [{y, label}].
 * Where not all points are joined, a series has a `line` of those that are. `xAxis`, `yAxis`, `numbers`: in place of the usual ones.
 */
function lineChart({series, label, xLabel, formatY, log, title, rules = [], xAxis, yAxis = {}, numbers}) {
  const hidden = new Set();
  const figure = el("figure", {class: "chart"});
  const legend = el("ul", {class: "legend"}, ...series.map((one, i) => {
    const box = el("input", {type: "checkbox", checked: true, change: () => {
      hidden[box.checked ? "delete" : "add"](one.name);
      figure.redraw();
    }});
    return el("li", {}, el("label", {}, box, lineSample(seriesStyle(i)), el("span", {}, one.name)));
  }));
  const xs = [...new Set(series.flatMap(one => one.points.map(point => point.x)))].sort((a, b) => a - b);
  figure.redraw = () => {
    const shown = series.map((one, i) => ({...one, style: seriesStyle(i)})).filter(one => !hidden.has(one.name));
    const points = shown.flatMap(one => one.points);
    const width = Math.max(300, figure.clientWidth || 900);
    const plot = Plot.plot({
      width, height: Math.min(420, Math.max(260, width * 0.45)), marginLeft: 64, marginRight: 16, marginBottom: 38,
      ariaLabel: title,
      x: xAxis ? {label: xLabel, ...xAxis} : {label: xLabel, tickFormat: "d", ticks: xs.filter((_, i) => i % Math.ceil(xs.length / (width / 45)) === 0)},
      y: {type: log ? "log" : "linear", label, grid: !log, nice: !log, ...yAxis},
      marks: [
        ...(log ? logAxis("Y", d3.extent([...points, ...rules], point => point.y), true) : []),
        Plot.ruleY(rules, {y: "y", stroke: "var(--ink)", strokeDasharray: "4 3", strokeOpacity: 0.7}),
        Plot.text(rules, {y: "y", text: "label", frameAnchor: "right", dy: -7, fill: "var(--ink)"}),
        ...shown.map(one => Plot.line(one.line ?? one.points, {x: "x", y: "y", strokeWidth: 1.7, stroke: one.style.stroke,
          strokeDasharray: one.style.strokeDasharray, ariaDescription: one.name})),
        ...shown.map(one => Plot.dot(one.points, {x: "x", y: "y", r: xs.length > 40 ? 2 : 3, fill: one.style.stroke,
          symbol: one.style.symbol, ariaDescription: one.name})),
        Plot.tip(points, Plot.pointer({x: "x", y: "y", title: "tip", fontSize: 12}))
      ]
    });
    plot.setAttribute("role", "img");
    figure.replaceChildren(plot);
  };
  const lookup = series.map(one => new Map(one.points.map(point => [point.x, point.y])));
  const table = numbers ?? plainTable(title, [{label: xLabel}, ...series.map(one => ({label: one.name}))],
    xs.map(x => [String(x), ...lookup.map(values => formatY(values.get(x) ?? null))]));
  onResize(figure);
  return [legend, figure, numbersOf(table)];
}


function drawCurves(file, section) {
  const state = {key: "sum"};
  const shown = el("div");
  const definition = el("p", {class: "definition"});
  const draw = () => {
    const figure = file.figures.get(state.key);
    const series = file.shownKinds(false).map(kind => ({
      name: [kind, ...file.sharing(kind)].join(" = "),
      points: file.layers.map(layer => file.tensor(layer, kind))
        .filter(tensor => tensor && valueOf(tensor, figure.key) !== null)
        .map(tensor => ({x: tensor.layer, y: valueOf(tensor, figure.key), tip: file.tip(tensor, figure)}))
    })).filter(one => one.points.length > 0);
    const values = series.flatMap(one => one.points.map(point => point.y));
    const log = ["number", "ratio", "count"].includes(figure.unit) && values.every(value => value > 0);
    definition.textContent = figure.header + ": " + figure.description + "." + (log ? " Logarithmic scale." : "");
    shown.replaceChildren(...lineChart({
      series, log, xLabel: "layer", label: figure.header, formatY: value => format(value, figure.unit),
      title: figure.header + " of each kind of tensor over the layers"
    }));
  };
  section.append(el("div", {class: "controls"},
    choice("Figure", file.figureOptions(), state.key, key => { state.key = key; draw(); })), definition, shown);
  draw();
}
