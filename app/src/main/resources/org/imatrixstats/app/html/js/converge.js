// Snapshots of one run: how far each is from the last.

function drawConvergence(report, section) {
  const verdict = report.verdict;
  const chunks = report.snapshots.map(snapshot => snapshot.chunks).filter(count => count !== null);
  const byChunks = new Set(chunks).size === report.snapshots.length;
  const x = snapshot => byChunks ? snapshot.chunks : snapshot.rows;
  const points = (of, what) => report.snapshots.map(snapshot => ({x: x(snapshot), y: of(snapshot), snapshot}))
    .filter(point => point.y !== null && point.y !== undefined && point.y > 0)
    .map(point => ({...point, tip: fileName(point.snapshot.file) + "\n" + what + ": " + number(point.y, 3) + " bits"}));
  const kinds = [...new Set(report.snapshots.flatMap(snapshot => snapshot.kinds.map(kind => kind.kind)))];
  const ofKind = (snapshot, kind) => snapshot.kinds.find(one => one.kind === kind);
  const views = {
    all: () => [["median to the last", s => s.to_last?.median], ["worst tensor to the last", s => s.to_last?.worst],
      ["median to the one before", s => s.to_previous?.median]],
    kinds: () => kinds.map(kind => [kind, s => ofKind(s, kind)?.to_last?.median])
  };
  const shown = el("div");
  const draw = view => shown.replaceChildren(...lineChart({
    series: views[view]().map(([name, of]) => ({name, points: points(of, name)})).filter(one => one.points.length > 0),
    log: true, xLabel: byChunks ? "chunks" : "rows", label: "Jensen-Shannon divergence, bits",
    formatY: value => format(value, "number"), rules: [{y: verdict.threshold, label: "threshold"}],
    title: view === "all" ? "Divergence of each snapshot" : "Divergence to the last snapshot, median of each kind"
  }));
  section.append(el("p", {class: "verdict note"}, verdict.headline),
    ...report.warnings.map(warning => el("p", {class: "verdict warning"}, "Warning: " + warning + ".")),
    el("ul", {}, ...verdict.details.map(line => el("li", {}, line))),
    el("div", {class: "controls"}, choice("Show", [["all", "all tensors"], ["kinds", "kinds of tensors"]], "all", draw)),
    shown);
  draw("all");
}
