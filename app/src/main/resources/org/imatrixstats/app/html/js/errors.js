// What types cost tensors: a map of one type, the hardest tensors, and the curve of each kind over bits per weight.

const PLANNED = "as planned";
const HARDEST = 12;

function drawErrors(errors, section) {
  const types = new Map(errors.types.map(type => [type.type, type]));
  const set = new Tensors(errors.tensors, new Map(), []);
  const plan = new Map((data.plan?.tensors ?? []).map(tensor => [tensor.name, tensor.type]));
  const usual = types.has("q3_K") ? "q3_K" : errors.types[errors.types.length >> 1].type;
  const state = {type: usual, times: false};
  const typeOf = tensor => state.type === PLANNED ? plan.get(tensor.name) : state.type;
  const normal = (tensor, type) => types.get(type)?.[tensor.weighted ? "normal_weighted" : "normal_unweighted"] ?? null;
  const error = tensor => tensor?.relative_error[typeOf(tensor)] ?? null;
  const times = tensor => error(tensor) === null || !normal(tensor, typeOf(tensor)) ? null
    : error(tensor) / normal(tensor, typeOf(tensor));
  const shown = el("div");
  const legend = el("span");
  const tip = tensor => [tensor.name, typeOf(tensor) + ", " + number4(types.get(typeOf(tensor))?.bits_per_weight ?? null)
    + " bits per weight", "E: " + number(error(tensor), 4) + (tensor.standard_error[typeOf(tensor)]
    ? " ± " + number(tensor.standard_error[typeOf(tensor)], 2) : ""), times(tensor) === null ? null
    : number(times(tensor), 3) + " × that of normal weights"].filter(line => line).join("\n");
  const draw = () => {
    const value = state.times ? times : error;
    const unit = state.times ? "ratio" : "number";
    const values = set.kinds.map(kind => set.layers.map(layer => value(set.tensor(layer, kind.kind)))).flat();
    const shade = shading(unit, values);
    legend.replaceChildren(scaleLegend(shade.ends.map(end => end === undefined ? UNDEFINED
      : number(shade.logarithmic ? Math.exp(end) : end, 3)), false));
    const title = state.type === PLANNED ? "the type that is planned" : state.type;
    shown.replaceChildren(matrix({
      caption: (state.times ? "E over that of normal weights, in " : "E in ") + title + ", by layer and kind",
      corner: "layer",
      rows: set.layers.map(layer => ({label: String(layer), layer})),
      columns: set.kinds.map(kind => ({label: kind.kind, kind: kind.kind})),
      cell: (row, column) => {
        const tensor = set.tensor(row.layer, column.kind);
        return tensor ? {text: number(value(tensor), 3), ...(value(tensor) === null ? {} : shade.of(value(tensor))),
          tip: tip(tensor), choose: () => {}} : null;
      }
    }), hardest(set, title, error, times, tensor => tensor.standard_error[typeOf(tensor)] ?? null));
  };
  const all = errors.types.map(type => [type.type, type.type + "  (" + type.bits_per_weight.toFixed(2) + " bits)"]);
  section.append(
    el("p", {}, el("strong", {}, fileName(errors.file)), ": " + d3.format(",")(errors.tensors.length) + " tensors in "
      + errors.types.length + " types of " + errors.dialect
      + (errors.rows > errors.rows_read ? ", " + format(errors.rows_read / errors.rows, "share") + " of the rows"
        : errors.rows ? ", all rows" : "") + "."),
    el("h3", {}, "Errors by layer and kind"),
    el("div", {class: "controls"},
      choice("Type", plan.size ? [[PLANNED, PLANNED], ...all] : all, state.type, type => { state.type = type; draw(); }),
      choice("Show", [["", "E"], ["times", "times that of normal weights"]], "",
        shows => { state.times = shows !== ""; draw(); }), legend),
    el("p", {class: "definition"}, "E: weighted relative squared error of the tensor in the type. Normal weights: random"
      + " weights of a normal distribution, which has no outliers. Colours are on a logarithmic scale."),
    shown, el("h3", {}, "Errors by bits per weight"),
    el("p", {class: "definition"}, "A mark is the median of a kind in a type. The line joins the types that no smaller type"
      + " beats. Both scales are logarithmic."), ...curveOf(errors, set, types));
  const others = set.tensors.filter(tensor => tensor.layer === null).map(tensor => tensor.name);
  if (others.length) {
    shown.after(el("p", {class: "note"}, "In no layer, so not in the map: " + others.join(", ") + "."));
  }
  draw();
}

function hardest(set, title, error, times, standardError) {
  const tensors = set.tensors.filter(tensor => error(tensor) !== null)
    .sort((a, b) => error(b) - error(a)).slice(0, HARDEST);
  return plainTable("The hardest tensors in " + title, [{label: "tensor", text: true}, {label: "E"},
    {label: "± one standard error"}, {label: "× normal weights"}],
  tensors.map(tensor => [tensor.name, number(error(tensor), 4), standardError(tensor) ? number(standardError(tensor), 2)
    : UNDEFINED, number(times(tensor), 3)]));
}

/** The median of each kind in each type, and what normal weights would have. Lines join the best type of each size. */
function curveOf(errors, set, types) {
  const bits = [...types.values()];
  const weighted = set.tensors.some(tensor => tensor.weighted);
  const medians = [...d3.groups(set.tensors, tensor => tensor.kind).map(([kind, members]) => [kind,
    bits.map(type => d3.median(members, tensor => tensor.relative_error[type.type] ?? NaN) ?? null)]),
  ["normal weights", bits.map(type => type[weighted ? "normal_weighted" : "normal_unweighted"])]];
  const series = medians.map(([name, values]) => {
    const points = bits.map((type, i) => ({x: type.bits_per_weight, y: values[i], tip: name + "\n" + type.type + ", "
      + type.bits_per_weight.toFixed(3) + " bits per weight\nE: " + number(values[i], 4)})).filter(({y}) => y > 0);
    return {name, points, line: points.filter(point => points.every(other => other === point || other.x > point.x
      || other.y > point.y))};
  }).filter(one => one.points.length > 0);
  const title = "Median E of each kind of tensor by bits per weight";
  const [least, most] = d3.extent(bits, type => type.bits_per_weight);
  return lineChart({series, log: true, xLabel: "bits per weight", label: "E", title,
    xAxis: {type: "log", ticks: [1, 1.5, 2, 3, 4, 5, 6, 8, 16].filter(tick => tick >= least && tick <= most), tickFormat: "~g"},
    formatY: value => number(value, 4),
    numbers: plainTable(title, [{label: "type", text: true}, {label: "bits per weight"},
      ...medians.map(([name]) => ({label: name}))], bits.map((type, i) => [type.type, type.bits_per_weight.toFixed(4),
      ...medians.map(([, values]) => number(values[i], 4))]))});
}
