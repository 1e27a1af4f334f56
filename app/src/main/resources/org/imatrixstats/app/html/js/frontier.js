// The least loss at each size: a curve of recipes, standard mixes and measured models as marks.

const GIB = 1024 * MIB;

function sizeOf(bytes) {
  return bytes < MIB ? (bytes / 1024).toFixed(1) + " KiB" : bytes < GIB ? (bytes / MIB).toFixed(2) + " MiB"
    : (bytes / GIB).toFixed(2) + " GiB";
}

const ROW_SORTS = {recipe: "recipe", mix: "standard mix", measured: "measured"};

function drawFrontier(frontier, section) {
  const large = frontier.points.at(-1)[0] >= GIB;
  const unit = large ? GIB : MIB;
  const figure = frontier.predicts_kld ? "KL divergence" : "loss";
  const curve = frontier.points.filter(([, loss]) => loss > 0).map(([bytes, loss]) => ({x: bytes / unit, y: loss, bytes,
    tip: "recipe of " + sizeOf(bytes) + "\npredicted " + figure + ": " + number(loss, 3)}));
  const of = (sort, key) => frontier.rows.filter(row => row.sort === sort && row[key] > 0);
  const tip = row => [row.name ?? "recipe", sizeOf(row.quant_bytes) + ", " + row.bpw.toFixed(2) + " bits per weight",
    row.predicted === null ? null : "predicted: " + number(row.predicted, 3),
    row.measured === null ? null : "measured: " + number(row.measured, 3)
      + (row.measured_error === null ? "" : " ± " + number(row.measured_error, 2)),
    row.recipe === null ? null : "a recipe of this size: " + number(row.recipe, 3) + " predicted",
    row.types === null ? null : row.types].filter(line => line).join("\n");
  const point = key => row => ({x: row.quant_bytes / unit, y: row[key], name: row.name ?? "", error: row.measured_error, tip: tip(row)});
  const knees = of("recipe", "predicted").filter(row => row.knee !== null).map(point("predicted"));
  const mixes = of("mix", "predicted").map(point("predicted"));
  // A measured value lies on the scale only if predictions are KL divergences.
  const measured = frontier.predicts_kld ? of("measured", "measured").map(point("measured")) : [];
  const named = new Set(mixes.map(mix => mix.name.toLowerCase()));
  mixes.forEach(mix => { mix.label = mix.name; });
  measured.forEach(one => { one.label = named.has(one.name.toLowerCase()) ? "" : one.name; });
  section.append(el("p", {}, el("strong", {}, fileName(frontier.model)), " for " + frontier.dialect + ". Predicted: "
    + frontier.figure + "."),
  frontierLegend(knees.length > 0, measured.length > 0), ...frontierChart({curve, knees, mixes, measured, figure, large}),
  numbersOf(frontierTable(frontier.rows, large, unit)));
  if (!frontier.predicts_kld && of("measured", "measured").length > 0) {
    section.append(el("p", {class: "note"}, "Measured KL divergences are in the table only: predicted losses are on another"
      + " scale."));
  }
}

function frontierLegend(knees, measured) {
  const sample = (draw, label) => {
    const svg = d3.create("svg").attr("viewBox", "0 0 34 14").attr("aria-hidden", "true");
    draw(svg);
    return el("li", {}, el("span", {class: "key"}, svg.node(), el("span", {}, label)));
  };
  const mark = (symbol, color, filled) => svg => svg.append("path").attr("d", d3.symbol(symbol, 50)())
    .attr("transform", "translate(17,7)").attr("fill", filled ? color : "var(--ground)").attr("stroke", color).attr("stroke-width", 1.7);
  return el("ul", {class: "legend"},
    sample(svg => svg.append("line").attr("x1", 0).attr("x2", 34).attr("y1", 7).attr("y2", 7).attr("stroke", "var(--s1)")
      .attr("stroke-width", 2), "recipes: the least loss"),
    knees ? sample(mark(d3.symbolDiamond, "var(--s1)", false), "knee") : null,
    sample(mark(d3.symbolCircle, "var(--s2)", true), "standard mixes, predicted"),
    measured ? sample(mark(d3.symbolSquare, "var(--s3)", false), "measured, ± one standard error") : null);
}

function frontierChart({curve, knees, mixes, measured, figure, large}) {
  const title = "Predicted " + figure + " by size" + (measured.length ? ", and what was measured" : "");
  const element = el("figure", {class: "chart"});
  element.redraw = () => {
    const width = Math.max(300, element.clientWidth || 900);
    const height = Math.min(520, Math.max(300, width * 0.5));
    const points = [...curve, ...knees, ...mixes, ...measured];
    const scales = {x: d3.scaleLinear(d3.extent(points, point => point.x), [64, width - 24]),
      y: d3.scaleLog(d3.extent(points, point => point.y), [height - 38, 20])};
    const taken = [...knees, ...mixes, ...measured].map(mark => ({left: scales.x(mark.x) - 4, right: scales.x(mark.x) + 4,
      top: scales.y(mark.y) - 4, bottom: scales.y(mark.y) + 4}));
    const names = [[labelled(measured, 5, taken, scales), 5], [labelled(mixes, -7, taken, scales), -7]];
    const bars = measured.filter(point => point.error > 0 && point.y > point.error);
    const plot = Plot.plot({
      width, height, marginLeft: 64, marginRight: 24, marginBottom: 38, ariaLabel: title,
      x: {label: "size of all tensors, " + (large ? "GiB" : "MiB")},
      y: {type: "log", label: figure},
      marks: [
        ...logAxis("Y", d3.extent(points, point => point.y), true),
        Plot.line(curve, {x: "x", y: "y", stroke: "var(--s1)", strokeWidth: 2, ariaDescription: "recipes"}),
        Plot.ruleX(bars, {x: "x", y1: point => point.y - point.error, y2: point => point.y + point.error, stroke: "var(--s3)",
          strokeWidth: 1.7, ariaDescription: "standard errors"}),
        Plot.dot(knees, {x: "x", y: "y", r: 6, symbol: "diamond", stroke: "var(--s1)", fill: "var(--ground)", strokeWidth: 2,
          ariaDescription: "knees"}),
        Plot.dot(mixes, {x: "x", y: "y", r: 4, fill: "var(--s2)", ariaDescription: "mixes"}),
        Plot.dot(measured, {x: "x", y: "y", r: 5, symbol: "square", stroke: "var(--s3)", strokeWidth: 2, ariaDescription: "measured"}),
        ...names.map(([marks, dy]) => Plot.text(marks, {x: "x", y: "y", text: "label", dx: 8, dy, textAnchor: "start",
          fill: "var(--ink)"})),
        Plot.tip(points, Plot.pointer({x: "x", y: "y", title: "tip", fontSize: 12}))
      ]
    });
    plot.setAttribute("role", "img");
    element.replaceChildren(plot);
  };
  onResize(element);
  return [element];
}

/** Of marks those whose names lie on no other name or mark; `dy`: of the names. */
function labelled(marks, dy, taken, {x, y}) {
  return marks.filter(mark => {
    const left = x(mark.x) + 7;
    const name = {left, right: left + 6.5 * mark.label.length, top: y(mark.y) + dy - 5, bottom: y(mark.y) + dy + 5};
    const free = mark.label && taken.every(other => other.right < name.left || other.left > name.right
      || other.bottom < name.top || other.top > name.bottom);
    if (free) {
      taken.push(name);
    }
    return free;
  });
}

function frontierTable(rows, large, unit) {
  const loss = value => number(value ?? NaN, 3);
  return plainTable("Losses by size", [{label: "what", text: true}, {label: large ? "GiB" : "MiB"}, {label: "bits per weight"},
    {label: "predicted"}, {label: "recipe of its size"}, {label: "measured"}, {label: "± one standard error"}, {label: "", text: true}],
  rows.map(row => [row.name ?? ROW_SORTS[row.sort], (row.quant_bytes / unit).toFixed(2), row.bpw.toFixed(2), loss(row.predicted),
    loss(row.recipe), loss(row.measured), number(row.measured_error ?? NaN, 2),
    row.sort === "recipe" ? [row.knee, row.types].filter(text => text).join(", ") : ROW_SORTS[row.sort]]));
}
