// The spectra of a model: heat map, the eigenvalues of a matrix with fit and bulk, saliency curves, shares to prune.

class Spectra extends Tensors {
  constructor(model) {
    const tensors = model.tensors.map(tensor => ({...tensor,
      name: tensor.name + (tensor.expert === null ? "" : " expert " + tensor.expert)}));
    super(tensors, figuresOf("spectrum"), ["stable_rank", "entropy_deficit", "farms.hill_tenth.alpha"]);
    // Of experts the map shows the mean.
    for (const [key, members] of d3.group(tensors, tensor => tensor.layer + " " + tensor.kind)) {
      if (members.length > 1) {
        this.cells.set(key, meanOf(members));
      }
    }
    this.number = "spectrum";
    this.exact = model.method === "exact";
    this.saliencies = Object.entries(model.imatrix).map(([file, each]) => ({file, percent: each.wanda_percent,
      byName: new Map(each.wanda.map(row => [row.name + (row.expert === null ? "" : " expert " + row.expert), row]))}));
    const score = model.ratios.score.replace(/^farms_/, "");
    this.fit = ["xmin_mid", "none", "xmin_peak", "xmin_peak_linear"].includes(score) ? score : "xmin_mid";
    this.firstKey = this.exact ? "alpha." + score + ".alpha" : "farms." + score + ".alpha";
  }
}

/** One in place of several, with the mean of every number. */
function meanOf(members) {
  const mean = values => {
    const first = values.find(value => value !== null && value !== undefined);
    if (typeof first === "number") {
      return d3.mean(values.filter(value => typeof value === "number"));
    }
    return first && typeof first === "object" && !Array.isArray(first)
      ? Object.fromEntries(Object.keys(first).map(key => [key, mean(values.map(value => value?.[key] ?? null))]))
      : first ?? null;
  };
  return {...mean(members), name: members[0].name, layer: members[0].layer, kind: members[0].kind};
}

function drawSpectrum(report, section) {
  const model = report.models[0];
  const spectra = new Spectra(model);
  const map = el("div", {id: "spectrum-map"});
  const one = el("div", {id: "spectrum-matrix"});
  drawMatrixOf(spectra, one);
  if (spectra.layers.length) {
    drawMapOf(spectra, spectra.firstKey, map);
  }
  const quantized = model.tensors.filter(tensor => tensor.quantized).length;
  section.append(el("p", {}, el("strong", {}, fileName(model.file)), ": " + d3.format(",")(model.tensors.length)
    + " matrices, " + (spectra.exact ? "all singular values." : "windows of 128 × 128.")),
  ...quantized ? [el("p", {class: "verdict warning"}, "Warning: " + d3.format(",")(quantized) + " of the matrices were"
    + " quantized before. Rounding adds noise and hides small singular values.")] : [],
  el("h3", {}, "Matrices by layer and kind"), map,
  el("h3", {}, "Spectrum of a matrix"), one,
  ...model.layers.length ? [el("h3", {}, "Shares to prune by layer"), sharesOf(model)] : []);
}

function drawMatrixOf(spectra, section) {
  const shown = el("div");
  spectra.choose = () => {};
  if (spectra.tensors.length === 0) {
    section.append(el("p", {class: "note"}, "The model has no matrix of finite values."));
    return;
  }
  const groups = d3.groups(spectra.tensors, tensor => tensor.kind);
  const select = choice("Matrix", groups.map(([kind, members]) => [kind, members.map(each => [each.name, each.name])]),
    null, name => draw(spectra.byName.get(name)));
  const list = select.querySelector("select");
  const step = by => () => {
    list.selectedIndex = Math.max(0, Math.min(list.length - 1, list.selectedIndex + by));
    draw(spectra.byName.get(list.value));
  };
  const draw = matrix => {
    list.value = matrix.name;
    shown.replaceChildren(...matrixSpectrum(spectra, matrix));
  };
  spectra.choose = matrix => {
    draw(spectra.byName.get(matrix.name));
    section.scrollIntoView({behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth"});
  };
  section.append(el("div", {class: "controls"}, select,
    el("button", {type: "button", click: step(-1)}, "Previous"), el("button", {type: "button", click: step(1)}, "Next")),
  shown);
  draw(d3.least(spectra.tensors.filter(each => each.layer !== null), each => valueOf(each, spectra.firstKey) ?? Infinity)
    ?? spectra.tensors[0]);
}

function matrixSpectrum(spectra, matrix) {
  const facts = [matrix.dtype + " " + matrix.shape.join(" × "),
    ...[spectra.firstKey, "stable_rank", "entropy_deficit", "mp.bulk.spikes"].map(key => spectra.figures.get(key))
      .filter(figure => figure && typeof valueOf(matrix, figure.key) === "number")
      .map(figure => figure.header + " " + format(valueOf(matrix, figure.key), figure.unit))];
  const caption = el("figcaption", {}, el("strong", {}, matrix.name), " " + facts.join(", "));
  const elements = [];
  if (matrix.singular_values?.some(value => value > 0)) {
    const figure = el("figure", {class: "chart"}, caption);
    const legend = el("ul", {class: "legend"}, el("li", {}, "dots: eigenvalues σ² by rank, both logarithmic"),
      matrix.alpha?.[spectra.fit] ? el("li", {}, "line: power law fitted to the tail, α "
        + matrix.alpha[spectra.fit].alpha.toFixed(2)) : null,
      matrix.mp ? el("li", {}, "band: bulk of a random matrix of this shape") : null);
    figure.redraw = () => figure.replaceChildren(caption, legend, eigenvalues(figure, spectra, matrix));
    onResize(figure);
    elements.push(figure);
  } else {
    elements.push(el("p", {}, caption.textContent), el("p", {class: "note"},
      "Only windows of this matrix were looked at: its singular values are not known."));
  }
  const curves = spectra.saliencies.filter(each => each.byName.has(matrix.name));
  if (curves.length) {
    const figure = el("figure", {class: "chart"});
    const title = el("figcaption", {}, el("strong", {}, "Saliency"), " |w|·√E[x²] held by the lowest weights of each row");
    figure.redraw = () => figure.replaceChildren(title, saliencyCurve(figure, curves, matrix));
    onResize(figure);
    elements.push(figure, numbersOf(plainTable("Saliency of " + matrix.name,
      [{label: "lowest"}, ...curves.map(each => ({label: each.file}))],
      curves[0].percent.map((percent, i) => [percent + "%",
        ...curves.map(each => format(each.byName.get(matrix.name).score_share[i], "share"))]))));
  }
  return elements;
}

/** Eigenvalues over their rank: a power law p(e) ~ e^−α is a line with the slope −1 / (α − 1). */
function eigenvalues(figure, spectra, matrix) {
  const width = Math.max(280, figure.clientWidth || 640);
  const n = Math.min(...matrix.shape);
  const kept = matrix.singular_values.length;
  const points = matrix.singular_values.map((value, i) => ({e: value * value,
    rank: 1 + (kept === n ? i : Math.round(i * (n - 1) / (kept - 1)))})).filter(point => point.e > 0);
  const edges = matrix.mp?.bulk ?? matrix.mp;
  const [least, most] = d3.extent(points, point => point.e);
  const fit = matrix.alpha?.[spectra.fit];
  const line = [];
  if (fit) {
    const tail = matrix.eigenvalues_used - fit.start;
    const start = points.reduce((a, b) => Math.abs(b.rank - tail) < Math.abs(a.rank - tail) ? b : a).e;
    for (const rank of [1, tail]) {
      line.push({rank, e: start * (rank / tail) ** (-1 / (fit.alpha - 1))});
    }
  }
  const bottom = Math.max(least, most * 1e-12);
  const plot = Plot.plot({
    width, height: 320, marginLeft: 70, marginBottom: 38, ariaLabel: "Eigenvalues of " + matrix.name,
    x: {type: "log", label: "rank", domain: [1, Math.max(2, n)], axis: null},
    y: {type: "log", label: "eigenvalue σ²", domain: [bottom, Math.max(most, ...line.map(each => each.e)) * 1.3], axis: null},
    marks: [
      ...logAxis("Y", [bottom, most * 1.3], true), ...logAxis("X", [1, Math.max(2, n)]),
      edges && edges.lambda_plus > bottom ? Plot.rect([edges], {x1: 1, x2: Math.max(2, n),
        y1: each => Math.max(bottom, each.lambda_minus), y2: "lambda_plus", fill: "var(--s3)", fillOpacity: 0.15,
        ariaDescription: "bulk"}) : null,
      Plot.dot(points, {x: "rank", y: "e", r: 2.5, fill: "var(--s1)", ariaDescription: "eigenvalues"}),
      Plot.line(line, {x: "rank", y: "e", stroke: "var(--s2)", strokeWidth: 2, ariaDescription: "fit"}),
      Plot.tip(points, Plot.pointerX({x: "rank", y: "e",
        title: point => "rank " + point.rank + "\nσ² " + number(point.e, 4), fontSize: 12}))
    ]
  });
  plot.setAttribute("role", "img");
  return plot;
}

function saliencyCurve(figure, curves, matrix) {
  const width = Math.max(280, figure.clientWidth || 640);
  const points = curves.flatMap(each => [{percent: 0, share: 0}, ...each.percent.map((percent, i) => ({percent,
    share: each.byName.get(matrix.name).score_share[i]})), {percent: 100, share: 1}]
    .map(point => ({...point, file: each.file})));
  const plot = Plot.plot({
    width, height: 260, marginLeft: 50, marginBottom: 38, ariaLabel: "Saliency of " + matrix.name,
    x: {label: "lowest weights of each row, %", domain: [0, 100]},
    y: {label: "share of the saliency", domain: [0, 1], tickFormat: "%", grid: true},
    color: {domain: curves.map(each => each.file), range: ["var(--s1)", "var(--s2)", "var(--s3)"], legend: curves.length > 1},
    marks: [
      Plot.line([{percent: 0, share: 0}, {percent: 100, share: 1}], {x: "percent", y: "share", stroke: "var(--ink)",
        strokeDasharray: "4 3", strokeOpacity: 0.4}),
      Plot.line(points, {x: "percent", y: "share", stroke: "file", strokeWidth: 2, ariaDescription: "saliency"}),
      Plot.tip(points, Plot.pointerX({x: "percent", y: "share",
        title: point => "lowest " + point.percent + "%\n" + format(point.share, "share") + " of the saliency", fontSize: 12}))
    ]
  });
  plot.setAttribute("role", "img");
  return plot;
}

function sharesOf(model) {
  const figure = el("figure", {class: "chart", id: "spectrum-shares"});
  const rules = [["by exponents", model.ratios.by_exponent], ["by outliers", model.ratios.by_outliers]]
    .filter(([, shares]) => shares);
  const points = rules.flatMap(([rule, shares]) => shares.map((share, i) => ({rule, share, layer: i})));
  const caption = el("figcaption", {}, el("strong", {}, format(model.ratios.sparsity, "share")
    + " of all weights"), " as AlphaPruning (by exponents) and OWL (by outliers) share it over the layers");
  const table = plainTable("Shares to prune", [{label: "layer"}, {label: "exponent"}, ...rules.map(([rule]) => ({label: rule}))],
    model.layers.map((layer, i) => [String(layer.layer), layer.alpha === null ? UNDEFINED : layer.alpha.toFixed(2),
      ...rules.map(([, shares]) => format(shares[i], "share"))]));
  figure.redraw = () => {
    const plot = Plot.plot({
      width: Math.max(280, figure.clientWidth || 640), height: 260, marginLeft: 50, marginBottom: 38,
      ariaLabel: "Shares to prune by layer",
      x: {label: "layer", tickFormat: i => Number.isInteger(i) ? String(model.layers[i]?.layer ?? "") : ""},
      y: {label: "share to prune", tickFormat: "%", grid: true},
      color: {domain: rules.map(([rule]) => rule), range: ["var(--s1)", "var(--s2)"], legend: true},
      marks: [
        Plot.ruleY([model.ratios.sparsity], {stroke: "var(--ink)", strokeDasharray: "4 3", strokeOpacity: 0.5}),
        Plot.line(points, {x: "layer", y: "share", stroke: "rule", strokeWidth: 2, marker: true}),
        Plot.tip(points, Plot.pointer({x: "layer", y: "share",
          title: point => "layer " + model.layers[point.layer].layer + " " + point.rule + "\n" + format(point.share, "share"),
          fontSize: 12}))
      ]
    });
    plot.setAttribute("role", "img");
    figure.replaceChildren(caption, plot);
  };
  onResize(figure);
  return el("div", {}, figure, numbersOf(table));
}
