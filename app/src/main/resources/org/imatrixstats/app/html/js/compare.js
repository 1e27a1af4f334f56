// Two files: what differs, by layer and kind, and where the columns of a tensor lie in both.

function drawComparison(report, section) {
  const shown = el("div");
  const letters = report.files.map((file, i) => [String(i), fileName(file.name)]);
  const draw = number => shown.replaceChildren(...comparisonOf(report, number));
  if (report.pairs.length > 1) {
    section.append(el("div", {class: "controls"}, choice(letters[0][1] + " with",
      report.pairs.map((pair, i) => [String(i), fileName(pair.b)]), "0", i => draw(Number(i)))));
  }
  section.append(shown);
  draw(0);
}

const fileName = path => path.split(/[\\/]/).pop();

function comparisonOf(report, number) {
  const pair = report.pairs[number];
  const tensors = new Tensors(pair.tensors, figuresOf("pair"),
    ["js_divergence", "spearman", "energy_ratio", "entropy_change"]);
  const map = el("div", {id: "compare-map"});
  const scatter = el("div", {id: "compare-columns"});
  drawScatter(tensors, pair, new Map((data.densities[number] ?? []).map(density => [density.name, density])), scatter);
  drawMapOf(tensors, "js_divergence", map);
  const missing = [["Only in A", pair.only_in_a], ["Only in B", pair.only_in_b], ["Of other shapes", pair.shape_mismatch]]
    .filter(([, names]) => names.length > 0);
  return [
    el("p", {}, el("strong", {}, "A"), " is " + pair.a + ", ", el("strong", {}, "B"), " is " + pair.b + "."),
    el("ul", {}, ...pair.summary.map(line => el("li", {class: line.startsWith(" ") ? "sub" : null}, line.trim()))),
    ...pair.warnings.map(warning => el("p", {class: "verdict warning"}, "Warning: " + warning + ".")),
    ...missing.map(([what, names]) => el("p", {class: "note"}, what + ": " + names.join(", ") + ".")),
    el("h3", {}, "Divergence by layer and kind"), map,
    el("h3", {}, "Columns of a tensor in both files"), scatter
  ];
}

function drawScatter(tensors, pair, densities, section) {
  const names = tensors.tensors.filter(tensor => densities.has(tensor.same_input_as ?? tensor.name))
    .sort((a, b) => naturally(a.name, b.name));
  tensors.choose = () => {};
  if (names.length === 0) {
    section.append(el("p", {class: "note"}, "There are too many tensors in these files to show the columns of each:"
      + " make a page of two files."));
    return;
  }
  const shown = el("div");
  const groups = d3.groups(names, tensor => tensor.kind).sort((a, b) => d3.ascending(a[0], b[0]));
  const options = [["", "all tensors"], ...groups.map(([kind, members]) => [kind,
    [["kind " + kind, "all of " + kind], ...members.map(tensor => [tensor.name, tensor.name])]])];
  const draw = value => {
    const members = value === "" ? names : value.startsWith("kind ")
      ? names.filter(tensor => "kind " + tensor.kind === value) : [tensors.byName.get(value)];
    const distinct = new Set(members.map(tensor => tensor.same_input_as ?? tensor.name));
    shown.replaceChildren(...density([...distinct].map(name => densities.get(name)), pair,
      value === "" ? "all tensors" : value.replace(/^kind /, "all of ")));
  };
  const select = choice("Tensor", options, "", draw);
  section.append(el("div", {class: "controls"}, select), shown);
  draw("");
  tensors.choose = tensor => {
    select.querySelector("select").value = tensor.name;
    draw(tensor.name);
    section.scrollIntoView({block: "center"});
  };
}

/** Squares of half an octave, or of one; the darker, the more columns. Those far from the diagonal changed their part. */
function density(densities, pair, what) {
  const cells = new Map();
  for (const [a, first, ...counts] of densities.flatMap(one => one.rows)) {
    counts.forEach((count, i) => {
      if (count > 0) {
        const key = a + " " + (first + i);
        const cell = cells.get(key) ?? {a, b: first + i, count: 0};
        cell.count += count;
        cells.set(key, cell);
      }
    });
  }
  const side = densities[0].half_octaves;
  const start = place => binStart(place * side);
  const all = [...cells.values()].map(({a, b, count}) => ({count, a1: start(a), a2: start(a + 1), b1: start(b),
    b2: start(b + 1), octaves: Math.abs(a - b) * side / 2}));
  const most = d3.max(all, cell => cell.count) ?? 1;
  const steps = d3.range(1, 7).map(i => Math.pow(most, i / 7)).filter(step => step > 1);
  const range = d3.range(steps.length + 1).map(i => "color-mix(in oklab, var(--amount) "
    + Math.round(26 + 74 * i / Math.max(1, steps.length)) + "%, var(--surface))");
  const ends = [d3.min(all, cell => Math.min(cell.a1, cell.b1)) ?? 1, d3.max(all, cell => Math.max(cell.a2, cell.b2)) ?? 2];
  const title = "E[x²] of the columns of " + what + " in both files";
  const zeros = d3.sum(densities, one => one.zeros);
  const caption = el("figcaption", {}, el("strong", {}, what), " " + d3.format(",")(d3.sum(all, cell => cell.count))
    + " columns" + (zeros ? ", and " + d3.format(",")(zeros) + " that are 0 in one of the files" : "")
    + ". On the diagonal E[x²] is the same in both; from the faintest to the strongest colour: 1 to "
    + d3.format(",")(most) + " columns.");
  const figure = el("figure", {class: "chart"}, caption);
  figure.redraw = () => {
    const width = Math.max(280, Math.min(640, figure.clientWidth || 640));
    const plot = Plot.plot({
      width, height: width * 0.85, marginLeft: 60, marginBottom: 40, ariaLabel: title,
      x: {type: "log", domain: ends, label: "E[x²] in A: " + fileName(pair.a)},
      y: {type: "log", domain: ends, label: "E[x²] in B: " + fileName(pair.b)},
      color: {type: "threshold", domain: steps, range},
      marks: [
        ...logAxis("X", ends), ...logAxis("Y", ends),
        Plot.rect(all, {x1: "a1", x2: "a2", y1: "b1", y2: "b2", fill: "count", ariaDescription: "columns"}),
        Plot.line([[ends[0], ends[0]], [ends[1], ends[1]]], {stroke: "var(--ink)", strokeDasharray: "4 3",
          strokeOpacity: 0.6}),
        Plot.tip(all, Plot.pointer({x: cell => Math.sqrt(cell.a1 * cell.a2), y: cell => Math.sqrt(cell.b1 * cell.b2),
          fontSize: 12, title: cell => "A: " + number(cell.a1, 3) + " to " + number(cell.a2, 3) + "\nB: "
            + number(cell.b1, 3) + " to " + number(cell.b2, 3) + "\n" + d3.format(",")(cell.count)
            + (cell.count === 1 ? " column" : " columns")}))
      ]
    });
    plot.setAttribute("role", "img");
    figure.replaceChildren(caption, plot);
  };
  onResize(figure);
  const moved = d3.rollups(all, group => d3.sum(group, cell => cell.count), cell => Math.floor(cell.octaves))
    .sort((a, b) => a[0] - b[0]);
  const total = d3.sum(moved, entry => entry[1]);
  const table = plainTable(title, [{label: "apart by a factor of about"}, {label: "columns"}, {label: "share"}],
    moved.map(([octaves, count]) => [octaves === 0 ? "less than 2" : Math.pow(2, octaves) + " to "
      + Math.pow(2, octaves + 1), format(count, "count"), format(count / total, "share")]));
  return [figure, numbersOf(table)];
}
