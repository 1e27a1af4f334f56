// The weights of a model, or of two: heat maps, the distribution of a tensor, a table, and what changed.

const WEIGHT_QUANTILES = ["0.01", "1", "50", "99", "99.99"];

/** The tensors of a model. */
class Weights extends Tensors {
  constructor(model, number) {
    super(model.tensors, figuresOf("weights"), ["std_dev", "abs_max", "peak", "kurtosis"]);
    this.number = "weights-" + number;
    this.firstColumns = ["name", "dtype", "count", "mean", "std_dev", "abs_max", "peak", "kurtosis",
      "beyond_sigma.6.share", "column_norms.max_over_median", "row_norms.max_over_median",
      "clusters.quantizers.4.relative_error"];
  }

  distribution(tensor) {
    return tensor.histogram;
  }
}

function drawWeights(report, section) {
  const models = report.models.map((model, i) => new Weights(model, i));
  const shown = el("div");
  const draw = number => shown.replaceChildren(...weightsOf(report, models, number));
  if (models.length > 1) {
    section.append(el("div", {class: "controls"}, choice("Model",
      report.models.map((model, i) => [String(i), fileName(model.file)]), "0", i => draw(Number(i)))));
  }
  section.append(shown);
  if (report.changes) {
    section.append(...changesOf(report.changes));
  }
  draw(0);
}

function weightsOf(report, models, number) {
  const model = report.models[number];
  const other = models.length > 1 ? models[1 - number] : null;
  const map = el("div", {id: "weights-map"});
  const one = el("div", {id: "weights-tensor"});
  const table = el("div", {id: "weights-table"});
  drawWeightsOfTensor(models[number], other, report.models.map(each => fileName(each.file)), number, one);
  drawMapOf(models[number], "peak", map);
  drawWeightsTable(models[number], table);
  return [
    el("p", {}, el("strong", {}, fileName(model.file)), ": " + d3.format(",")(model.total.tensors) + " tensors, "
      + d3.format(",")(model.total.count) + " weights, " + number4(model.total.bits_per_weight) + " bits per weight."),
    ...model.tensors.filter(tensor => tensor.nan + tensor.positive_inf + tensor.negative_inf > 0)
      .map(tensor => el("p", {class: "verdict warning"}, "Warning: " + tensor.name + " has "
        + d3.format(",")(tensor.nan) + " NaN and " + d3.format(",")(tensor.positive_inf + tensor.negative_inf)
        + " infinite values.")),
    el("h3", {}, "Weights by layer and kind"), map,
    el("h3", {}, "Weights of a tensor"), one,
    el("h3", {}, "All tensors"), table
  ];
}

const number4 = value => value === null ? UNDEFINED : value.toFixed(2);

function drawWeightsOfTensor(weights, other, names, which, section) {
  const shown = el("div");
  const drawable = weights.tensors.filter(tensor => tensor.histogram);
  weights.choose = () => {};
  if (drawable.length === 0) {
    section.append(el("p", {class: "note"}, "No tensor has finite values."));
    return;
  }
  const groups = d3.groups(drawable, tensor => tensor.kind);
  const select = choice("Tensor", groups.map(([kind, members]) => [kind, members.map(tensor => [tensor.name, tensor.name])]),
    null, name => draw(weights.byName.get(name)));
  const list = select.querySelector("select");
  const step = by => () => {
    list.selectedIndex = Math.max(0, Math.min(list.length - 1, list.selectedIndex + by));
    draw(weights.byName.get(list.value));
  };
  const draw = tensor => {
    list.value = tensor.name;
    shown.replaceChildren(...tensorWeights(tensor, other?.byName.get(tensor.name), names, which));
  };
  weights.choose = tensor => {
    if (tensor.histogram) {
      draw(tensor);
      section.scrollIntoView({behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth"});
    }
  };
  section.append(el("div", {class: "controls"}, select,
    el("button", {type: "button", click: step(-1)}, "Previous"), el("button", {type: "button", click: step(1)}, "Next")),
  shown);
  draw(d3.greatest(drawable.filter(tensor => tensor.shape.length > 1), tensor => tensor.peak ?? -1) ?? drawable[0]);
}

function binsOf(tensor) {
  const {counts, edges} = tensor.histogram;
  return counts.map((count, i) => ({count, from: edges[i], to: edges[i + 1]}));
}

function tensorWeights(tensor, other, names, which) {
  const bins = binsOf(tensor);
  const title = "Weights of " + tensor.name;
  const facts = [tensor.dtype + " " + tensor.shape.join(" × "), "mean " + format(tensor.mean, "number"),
    "σ " + format(tensor.std_dev, "number"), "largest outlier " + format(tensor.peak, "ratio") + " σ",
    "beyond 6 σ " + format(tensor.beyond_sigma?.[6].share, "share"),
    d3.format(",")(tensor.zeros) + (tensor.zeros === 1 ? " zero" : " zeros")];
  const caption = el("figcaption", {}, el("strong", {}, tensor.name), " " + facts.join(", "));
  const legend = el("ul", {class: "legend"},
    el("li", {}, "dashed lines: quantiles"), tensor.clusters?.centers ? el("li", {}, "triangles: centres of "
      + tensor.clusters.best_k + " clusters (silhouette " + tensor.clusters.best_silhouette.toFixed(3) + ")") : null,
    other?.histogram ? el("li", {}, "stepped line: " + names[1 - which]) : null);
  const figure = el("figure", {class: "chart"}, caption);
  figure.redraw = () => figure.replaceChildren(caption, legend,
    weightsHistogram(figure, tensor, other?.histogram ? binsOf(other) : [], bins, title));
  onResize(figure);
  const channels = tensor.column_norms.largest.slice(0, 8);
  const beside = el("div", {}, plainTable("Optimal quantizers without blocks or scales",
    [{label: "bits"}, {label: "levels"}, {label: "relative error"}],
    Object.entries(tensor.clusters?.quantizers ?? {}).map(([bits, each]) => [bits, String(each.levels),
      format(each.relative_error, "share")])),
  channels.length ? plainTable("Columns that stand out", [{label: "column"}, {label: "norm"}, {label: "× median"}],
    channels.map(each => [String(each.index), format(each.norm, "number"), number(each.over_median, 3)])) : null);
  const table = plainTable(title, [{label: "from"}, {label: "to below"}, {label: "weights"}],
    bins.map(bin => [number(bin.from, 4), number(bin.to, 4), format(bin.count, "count")]));
  const quantiles = plainTable("Quantiles", [{label: "%"}, {label: "weight"}],
    Object.entries(tensor.quantiles).sort((a, b) => a[0] - b[0]).map(([q, value]) => [q, number(value, 5)]));
  return [el("div", {class: "beside"}, figure, beside), numbersOf(el("div", {}, table, quantiles))];
}

function weightsHistogram(figure, tensor, others, bins, title) {
  const width = Math.max(280, figure.clientWidth || 640);
  const filled = bins.filter(bin => bin.count > 0);
  const most = d3.max([...bins, ...others], bin => bin.count);
  const [least, greatest] = [d3.min([...bins, ...others], bin => bin.from), d3.max([...bins, ...others], bin => bin.to)];
  const quantiles = WEIGHT_QUANTILES.map(q => ({x: tensor.quantiles[q], label: q + "%"}));
  const centers = (tensor.clusters?.centers ?? []).map(x => ({x}));
  // Bins of another width hold as many weights more or fewer.
  const ratio = others.length ? (bins[0].to - bins[0].from) / (others[0].to - others[0].from) : 1;
  const step = others.flatMap(bin => [bin.from, bin.to].map(x => ({x, y: Math.max(0.5, bin.count * ratio)})));
  const plot = Plot.plot({
    width, height: 320, marginLeft: 60, marginTop: 40, marginBottom: 38, ariaLabel: title,
    x: {label: "weight", domain: [least, greatest]},
    y: {type: "log", label: "weights (logarithmic)", domain: [0.5, most * 1.5], axis: null},
    marks: [
      ...logAxis("Y", [1, most * 1.5], true),
      Plot.rect(filled, {x1: "from", x2: "to", y1: 0.5, y2: "count", fill: "var(--s1)", fillOpacity: 0.7,
        insetLeft: 0.5, insetRight: 0.5, ariaDescription: "bins"}),
      step.length ? Plot.line(step, {x: "x", y: "y", stroke: "var(--s2)", strokeWidth: 2,
        ariaDescription: "the other model"}) : null,
      Plot.ruleX(quantiles, {x: "x", stroke: "var(--ink)", strokeDasharray: "4 3", strokeOpacity: 0.55,
        ariaDescription: "quantiles"}),
      Plot.text(quantiles, {x: "x", text: "label", frameAnchor: "top", dy: -10, fill: "var(--ink)"}),
      Plot.ruleY([0.5]),
      Plot.dot(centers, {x: "x", y: 0.5, symbol: "triangle", r: 4.5, dy: -5, fill: "var(--s3)", stroke: "var(--surface)",
        ariaDescription: "centres of clusters"}),
      Plot.tip(filled, Plot.pointerX({x: bin => (bin.from + bin.to) / 2, y: "count",
        title: bin => number(bin.from, 4) + " ≤ w < " + number(bin.to, 4) + "\n" + d3.format(",")(bin.count)
          + (bin.count === 1 ? " weight" : " weights"), fontSize: 12}))
    ]
  });
  plot.setAttribute("role", "img");
  return plot;
}

function drawWeightsTable(weights, section) {
  const names = [{key: "name", header: "tensor", text: true}, {key: "dtype", header: "type", text: true}];
  const columns = [...names, ...weights.figureOptions().map(([key]) => weights.figures.get(key))];
  const table = el("table", {class: "figures", "data-level": "weights"}, el("caption", {}, "Tensors"),
    el("thead", {}, el("tr", {}, ...columns.map(column => el("th", {scope: "col", "data-key": column.key,
      class: column.text ? "text" : null, title: column.description}, column.header)))),
    el("tbody", {}, ...weights.tensors.map(tensor => el("tr", {}, ...columns.map((column, i) => {
      const value = valueOf(tensor, column.key);
      return el(i === 0 ? "th" : "td", {scope: i === 0 ? "row" : null, class: column.text ? "text" : null},
        column.text ? value : format(value, column.unit));
    })))));
  section.append(el("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": "Weights of all tensors"}, table));
  const tableRows = new TableRows(table, weights.tensors);
  sortable(table, tableRows);
  filterable(weights, table, tableRows);
}

function changesOf(changes) {
  const tensors = new Tensors(changes.tensors, figuresOf("change"), ["changed_share", "cosine", "largest_change"]);
  tensors.choose = () => {};
  const map = el("div", {id: "weights-changes"});
  drawMapOf(tensors, "relative_change", map);
  const most = changes.tensors.filter(tensor => tensor.changed > 0)
    .sort((a, b) => (b.relative_change ?? 0) - (a.relative_change ?? 0)).slice(0, 12);
  return [el("h3", {}, "What changed"),
    el("p", {}, el("strong", {}, fileName(changes.a)), " to ", el("strong", {}, fileName(changes.b)), ": "
      + d3.format(",")(changes.total.changed) + " of " + d3.format(",")(changes.total.count)
      + " weights differ, cosine " + format(changes.total.cosine, "correlation") + "."),
    map,
    most.length ? plainTable("Tensors that changed most", [{label: "tensor", text: true}, {label: "‖Δ‖/‖A‖"},
      {label: "changed"}, {label: "cosine"}, {label: "max |Δ|"}],
    most.map(tensor => [tensor.name, format(tensor.relative_change, "share"), format(tensor.changed_share, "share"),
      format(tensor.cosine, "correlation"), format(tensor.largest_change, "number")])) : null,
    changes.only_a.length ? el("p", {class: "note"}, "Only in " + fileName(changes.a) + ": " + changes.only_a.join(", ") + ".") : null,
    changes.only_b.length ? el("p", {class: "note"}, "Only in " + fileName(changes.b) + ": " + changes.only_b.join(", ") + ".") : null
  ].filter(element => element);
}
