// The columns of one tensor: a histogram on a logarithmic scale, and the largest.

const binStart = k => Math.pow(2, k / 2);

function drawColumns(file, section) {
  const shown = el("div");
  const withData = file.tensors.filter(tensor => file.distribution(tensor));
  const kinds = [...new Set(withData.map(tensor => tensor.kind))];
  const select = choice("Tensor", kinds.map(kind => [kind,
    withData.filter(tensor => tensor.kind === kind).map(tensor => [tensor.name, tensor.name])]), null,
  name => draw(file.byName.get(name)));
  const list = select.querySelector("select");
  const step = by => () => {
    list.selectedIndex = Math.max(0, Math.min(list.length - 1, list.selectedIndex + by));
    draw(file.byName.get(list.value));
  };
  const draw = tensor => {
    list.value = tensor.name;
    shown.replaceChildren(...columnsOf(file, tensor));
  };
  file.choose = tensor => {
    if (file.distribution(tensor)) {
      draw(tensor);
      section.scrollIntoView({behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth"});
    }
  };
  if (withData.length === 0) {
    section.append(el("p", {class: "note"}, "No tensor has columns with data."));
    return;
  }
  section.append(el("div", {class: "controls"}, select,
    el("button", {type: "button", click: step(-1)}, "Previous"), el("button", {type: "button", click: step(1)}, "Next")),
  shown);
  draw(mostConcentrated(withData));
  const recurring = recurringColumns(file);
  if (recurring) {
    section.append(recurring);
  }
}

/** The tensor whose energy is in the fewest columns: the one to look at first. */
function mostConcentrated(tensors) {
  return tensors.reduce((best, tensor) =>
    (tensor.entropy_normalized ?? 2) < (best.entropy_normalized ?? 2) ? tensor : best);
}

function columnsOf(file, tensor) {
  const distribution = file.distribution(tensor);
  const bins = distribution.counts.map((count, i) => ({count,
    from: binStart(distribution.first_bin + i), to: binStart(distribution.first_bin + i + 1)}));
  const top = distribution.top.map(([expert, column, energy]) => ({expert, column, energy,
    name: tensor.experts > 1 ? expert + ":" + column : String(column)}));
  const title = "Columns of " + tensor.name + " by E[x²]";
  const facts = [d3.format(",")(tensor.elements) + " columns", "mean " + format(tensor.mean, "number"),
    "largest " + format(tensor.max, "number"),
    "H norm " + format(tensor.entropy_normalized, "share")];
  if (distribution.zeros) {
    facts.push(d3.format(",")(distribution.zeros) + " columns are 0");
  }
  if (tensor.same_input_as) {
    facts.push("same input as " + tensor.same_input_as);
  }
  const caption = el("figcaption", {}, el("strong", {}, tensor.name), " " + facts.join(", "));
  const figure = el("figure", {class: "chart"}, caption);
  figure.redraw = () => figure.replaceChildren(caption, histogram(figure, tensor, bins, top, title));
  onResize(figure);
  const outliers = plainTable("Largest columns",
    [{label: tensor.experts > 1 ? "expert:column" : "column"}, {label: "E[x²]"}, {label: "× mean"}, {label: "share of Σ"}],
    top.map(channel => [channel.name, format(channel.energy, "number"), number(channel.energy / tensor.mean, 3),
      format(channel.energy / tensor.sum, "share")]));
  const table = plainTable(title, [{label: "E[x²] from"}, {label: "to below"}, {label: "columns"}],
    bins.map(bin => [number(bin.from, 4), number(bin.to, 4), format(bin.count, "count")]));
  return [el("div", {class: "beside"}, figure, outliers), numbersOf(table)];
}

function histogram(figure, tensor, bins, top, title) {
  const width = Math.max(280, figure.clientWidth || 640);
  const most = d3.max(bins, bin => bin.count) ?? 1;
  const marks = [{x: tensor.mean, label: "μ"}, {x: tensor.mean + tensor.stddev, label: "μ + σ"}];
  const plot = Plot.plot({
    width, height: 320, marginLeft: 56, marginTop: 40, marginBottom: 38, ariaLabel: title,
    x: {type: "log", label: "E[x²] of a column"},
    y: {type: "sqrt", label: "columns (square-root scale)", grid: true, ticks: 6, domain: [0, most]},
    marks: [
      ...logAxis("X", [bins[0]?.from ?? 1, bins.at(-1)?.to ?? 2]),
      Plot.rect(bins.filter(bin => bin.count > 0), {x1: "from", x2: "to", y1: 0, y2: "count", fill: "var(--s1)",
        fillOpacity: 0.75, insetLeft: 0.5, insetRight: 0.5, ariaDescription: "bins"}),
      Plot.ruleX(marks, {x: "x", stroke: "var(--ink)", strokeDasharray: "4 3", strokeOpacity: 0.7}),
      Plot.text(marks, {x: "x", text: "label", frameAnchor: "top", dy: -12, lineAnchor: "bottom",
        textAnchor: (_, i) => i === 0 ? "end" : "start", fill: "var(--ink)"}),
      Plot.ruleY([0]),
      Plot.dot(top, {x: "energy", y: 0, symbol: "triangle", r: 4.5, dy: -5, fill: "var(--s2)", stroke: "var(--surface)",
        ariaDescription: "largest columns"}),
      Plot.text(top.slice(0, 1), {x: "energy", y: 0, text: "name", dy: -18, fill: "var(--ink)", stroke: "var(--ground)",
        strokeWidth: 4, fontWeight: 600}),
      Plot.tip(bins.filter(bin => bin.count > 0), Plot.pointerX({x: bin => Math.sqrt(bin.from * bin.to), y: "count",
        title: bin => number(bin.from, 4) + " ≤ E[x²] < " + number(bin.to, 4) + "\n" + d3.format(",")(bin.count)
          + (bin.count === 1 ? " column" : " columns"), fontSize: 12}))
    ]
  });
  plot.setAttribute("role", "img");
  return plot;
}

/** Columns that are among the largest of a kind in many layers: outlier channels of the residual stream. */
function recurringColumns(file) {
  const rows = [];
  for (const kind of file.shownKinds(false)) {
    const tops = file.layers.map(layer => file.tensor(layer, kind)).filter(tensor => tensor && tensor.experts === 1)
      .map(tensor => file.distribution(tensor)).filter(distribution => distribution);
    const layers = d3.rollup(tops.flatMap(one => one.top), all => all.length, channel => channel[1]);
    for (const [column, count] of d3.sort(layers, entry => -entry[1])) {
      if (tops.length >= 3 && count >= tops.length / 2) {
        rows.push([kind, String(column), count + " of " + tops.length]);
      }
    }
  }
  return rows.length === 0 ? null : el("details", {}, el("summary", {},
    "Outlier channels that recur: among the largest in half of the layers or more"),
  plainTable("Recurring outlier channels", [{label: "kind", text: true}, {label: "column"}, {label: "layers"}], rows));
}
