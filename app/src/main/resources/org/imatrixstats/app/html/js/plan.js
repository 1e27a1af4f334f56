// Which type each tensor gets, and what that adds up to.

const MIB = 1024 * 1024;

function drawPlan(plan, section) {
  const tensors = plan.tensors.map(tensor => {
    const [, layer] = tensor.name.match(/(?:^|\.)blk\.(\d+)\./) ?? [];
    const elements = tensor.shape.reduce((a, b) => a * b, 1);
    return {...tensor, layer: layer === undefined ? null : Number(layer), elements,
      kind: tensor.name.replace(/(^|\.)blk\.\d+\./, "$1").replace(/\.weight$/, ""), bpw: 8 * tensor.bytes / elements};
  });
  const size = bytes => bytes < MIB ? (bytes / 1024).toFixed(1) + " KiB" : d3.format(",.2f")(bytes / MIB) + " MiB";
  section.append(el("p", {}, el("strong", {}, size(plan.quant_bytes) + ", " + plan.bpw.toFixed(2) + " bits per weight"),
    " as " + plan.base + " of " + plan.dialect + ", " + d3.format(",")(tensors.length) + " tensors, "
    + (plan.fallbacks === 0 ? "no" : plan.fallbacks) + " shape " + (plan.fallbacks === 1 ? "fallback" : "fallbacks") + "."),
  ...plan.warnings.map(warning => el("p", {class: "verdict warning"}, "Warning: " + warning)),
  el("h3", {}, "Bytes by kind of tensor"), bytesByKind(plan, tensors, size),
  el("h3", {}, "Types by layer and kind"), typeMap(tensors, size));
}

function bytesByKind(plan, tensors, size) {
  const kinds = d3.rollups(tensors, members => ({bytes: d3.sum(members, t => t.bytes),
    elements: d3.sum(members, t => t.elements), types: d3.rollups(members, all => all.length, t => t.type)
      .sort((a, b) => b[1] - a[1])}), tensor => tensor.kind).sort((a, b) => b[1].bytes - a[1].bytes);
  const most = kinds[0][1].bytes;
  const rows = kinds.map(([kind, {bytes, elements, types}]) => {
    const bar = el("span", {class: "bar", "aria-hidden": "true"});
    bar.style.width = 10 * bytes / most + "rem";
    return [kind, bar, size(bytes), format(bytes / plan.quant_bytes, "share"), (8 * bytes / elements).toFixed(2),
      types.map(([type, count]) => (types.length > 1 ? count + " " : "") + type).join(", ")];
  });
  return plainTable("Bytes by kind of tensor", [{label: "kind", text: true}, {label: "", text: true}, {label: "size"},
    {label: "share"}, {label: "bits per weight"}, {label: "types", text: true}], rows);
}

function typeMap(tensors, size) {
  const set = new Tensors(tensors.filter(tensor => tensor.quantized), new Map(), []);
  const [least, mostBits] = d3.extent(set.tensors, tensor => tensor.bpw);
  const shade = bpw => 0.08 + 0.92 * (Math.log(bpw) - Math.log(least)) / (Math.log(mostBits) - Math.log(least) || 1);
  const map = matrix({
    caption: "Types by layer and kind; the stronger the colour, the more bits per weight", corner: "layer",
    rows: set.layers.map(layer => ({label: String(layer), layer})),
    columns: set.kinds.map(kind => ({label: kind.kind, kind: kind.kind})),
    cell: (row, column) => {
      const tensor = set.tensor(row.layer, column.kind);
      return tensor ? {text: tensor.type, side: "amount", t: shade(tensor.bpw), choose: () => {},
        tip: [tensor.name, tensor.source_type + " to " + tensor.type + ", " + tensor.bpw.toFixed(2) + " bits per weight",
          size(tensor.bytes), tensor.rule ? "rule: " + tensor.rule : null,
          tensor.option ? "option: " + tensor.option : null, tensor.fallback ? "fallback for its shape" : null]
          .filter(line => line).join("\n")} : null;
    }
  });
  const others = set.tensors.filter(tensor => tensor.layer === null)
    .map(tensor => tensor.name + " " + tensor.type + " (" + size(tensor.bytes) + ")");
  return el("div", {}, map, others.length ? el("p", {class: "note"}, "In no layer: " + others.join(", ") + ".") : null);
}
