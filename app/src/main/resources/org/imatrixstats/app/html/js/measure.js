// Models whose KL divergence was measured: the best first.

function drawMeasured(measure, section) {
  const models = [...measure.models].sort((a, b) => (a.kld ?? Infinity) - (b.kld ?? Infinity));
  const several = new Set(models.map(model => model.model)).size > 1;
  const texts = new Set(models.map(model => model.evaluation ?? model.text)).size > 1;
  const headers = [{label: "name", text: true}, ...(several ? [{label: "model", text: true}] : []), {label: "size"},
    {label: "bits per weight"}, {label: "KLD"}, {label: "± one standard error"}, {label: "perplexity"}, {label: "same top token"},
    ...(texts ? [{label: "text", text: true}] : [])];
  section.append(plainTable("Measured models", headers, models.map(model => [model.name,
    ...(several ? [model.model === null ? UNDEFINED : fileName(model.model)] : []), model.bytes === null ? UNDEFINED : sizeOf(model.bytes),
    model.bpw === null ? UNDEFINED : model.bpw.toFixed(2), number(model.kld ?? NaN, 4), number(model.kld_error ?? NaN, 2),
    number(model.ppl ?? NaN, 5), format(model.same_top ?? NaN, "share"), ...(texts ? [model.text ?? UNDEFINED] : [])])));
  if (texts) {
    section.append(el("p", {class: "note"}, "Not all were measured on the same model, text and arguments: those cannot be"
      + " compared."));
  }
}
