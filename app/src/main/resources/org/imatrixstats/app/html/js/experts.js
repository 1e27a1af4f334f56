// Layers down, experts across; the colour is the load over the fair share.

const LOAD_STEPS = [1 / 8, 1 / 4, 1 / 2, 1 / Math.SQRT2, Math.SQRT2, 2, 4, 8];
const LOAD_COLOURS = [-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1].map(t =>
  "color-mix(in oklab, var(--" + (t < 0 ? "low" : "high") + ") " + Math.round(100 * Math.abs(t)) + "%, var(--surface))");

function drawExperts(file, section) {
  const kinds = new Map(kindsByLoad(file).map(({names, loads}) => [names.join(" = "), loads]));
  const names = [...kinds.keys()];
  const state = {kind: names[0], sorted: false};
  const shown = el("div");
  const draw = () => shown.replaceChildren(...expertLoad(state.kind, kinds.get(state.kind), state.sorted));
  section.append(el("div", {class: "controls"},
    names.length > 1 ? choice("Kind", names.map(name => [name, name]), state.kind, kind => { state.kind = kind; draw(); })
      : el("span", {}, state.kind),
    checkbox("Order the experts of each layer by load", false, sorted => { state.sorted = sorted; draw(); }),
    scaleLegend(["≤ 1/8 of the fair share", "≥ 8"], true)), shown);
  draw();
}

/** Kinds of tensors with their loads; those that see the same tokens in every layer are one. */
function kindsByLoad(file) {
  const kinds = [];
  for (const [kind, members] of d3.group(file.loads, load => load.tensor.kind)) {
    const loads = d3.sort(members, load => load.tensor.layer);
    const same = kinds.find(other => other.loads.length === loads.length
      && other.loads.every((load, i) => load.tokens === loads[i].tokens));
    if (same) {
      same.names.push(kind);
    } else {
      kinds.push({names: [kind], loads});
    }
  }
  return kinds;
}

function expertLoad(kind, loads, sorted) {
  const cells = loads.flatMap(({tensor, tokens}) => {
    const fair = d3.sum(tokens) / tokens.length;
    const order = sorted ? d3.sort(d3.range(tokens.length), i => -tokens[i]) : d3.range(tokens.length);
    return order.map((expert, place) => ({layer: tensor.layer ?? "none", place, expert, tokens: tokens[expert],
      use: tokens[expert] / fair}));
  });
  const experts = d3.max(loads, load => load.tokens.length);
  const title = "Load of the experts of " + kind + ", by layer";
  const figure = el("figure", {class: "chart"});
  figure.redraw = () => {
    const width = Math.max(300, figure.clientWidth || 900);
    const rows = loads.length;
    const plot = Plot.plot({
      width, height: 60 + rows * Math.max(9, Math.min(22, 560 / rows)), marginLeft: 44, marginBottom: 38, ariaLabel: title,
      padding: experts > 64 ? 0 : 0.06,
      x: {type: "band", domain: d3.range(experts), label: sorted ? "experts, most used first" : "expert",
        ticks: d3.range(0, experts, Math.ceil(experts / (width / 40))), tickSize: 3},
      y: {type: "band", label: "layer", tickSize: 0,
        ticks: loads.map(load => load.tensor.layer).filter((_, i) => i % Math.ceil(rows / 40) === 0)},
      color: {type: "threshold", domain: LOAD_STEPS, range: LOAD_COLOURS},
      marks: [
        Plot.cell(cells, {x: "place", y: "layer", fill: "use", stroke: "var(--line)", strokeWidth: experts > 64 ? 0 : 0.5,
          ariaDescription: "load"}),
        Plot.dot(cells.filter(cell => cell.tokens === 0), {x: "place", y: "layer", symbol: "times",
          r: experts > 64 ? 2 : 4, stroke: "var(--ink)", ariaDescription: "never reached"}),
        Plot.tip(cells, Plot.pointer({x: "place", y: "layer", fontSize: 12, title: cell => "layer " + cell.layer
          + ", expert " + cell.expert + "\n" + (cell.tokens === 0 ? "never reached"
          : format(cell.tokens, "count") + " tokens, " + number(cell.use, 3) + " of the fair share")}))
      ]
    });
    plot.setAttribute("role", "img");
    figure.replaceChildren(el("figcaption", {}, title), plot);
  };
  onResize(figure);
  const table = plainTable(title, [{label: "layer"}, {label: "experts"}, {label: "never reached"},
    {label: "load H", title: figuresOfTensors.get("load_entropy").description},
    {label: "Gini", title: figuresOfTensors.get("load_gini").description},
    {label: "rare", title: figuresOfTensors.get("experts_rare").description}, {label: "tokens, least"}, {label: "median"},
    {label: "most"}, {label: "most used"}],
  loads.map(({tensor, tokens}) => [String(tensor.layer ?? "none"), format(tokens.length, "count"),
    format(tokens.filter(count => count === 0).length, "count"), format(tensor.load_entropy, "share"),
    format(tensor.load_gini, "ratio"), format(tensor.experts_rare, "count"), format(d3.min(tokens), "count"),
    format(Math.round(d3.median(tokens)), "count"), format(d3.max(tokens), "count"),
    "expert " + d3.maxIndex(tokens)]));
  return [figure, numbersOf(table)];
}
