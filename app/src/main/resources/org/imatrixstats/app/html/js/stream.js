// How much of the residual stream the attention and the FFN of each layer write.

const STREAM_BLOCKS = [["attention", "attention_share"], ["FFN", "ffn_share"]];

function drawStream(file, section) {
  const layers = data.report.reports[file.number].layers.filter(layer => !layer.stack);
  const title = "Share of the residual stream that each block writes, by layer";
  const series = STREAM_BLOCKS.map(([name, key]) => ({name, points: layers.filter(layer => layer[key] !== null)
    .map(layer => ({x: layer.layer, y: layer[key], tip: "layer " + layer.layer + ", " + name + "\nwrites "
      + format(layer[key], "share") + " of the stream behind it"}))})).filter(one => one.points.length > 0);
  section.append(...lineChart({series, xLabel: "layer", label: "share of the stream, %", title,
    yAxis: {percent: true, domain: [0, 100]}, formatY: value => format(value, "share")}));
}
