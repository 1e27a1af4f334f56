// Numbers as people read them, as the tables of the command line show them.

const UNDEFINED = "-";

function format(value, unit) {
  if (value === null || value === undefined) {
    return UNDEFINED;
  }
  switch (unit) {
    case "count": return d3.format(",")(value);
    case "share": return (100 * value).toFixed(2) + "%";
    case "bits":
    case "correlation": return value.toFixed(4);
    case "ratio": return value.toFixed(2);
    case "sigmas": return (value >= 0 ? "+" : "") + value.toFixed(2);
    default: return number(value, 5);
  }
}

/** The same with fewer digits, for cells of a heat map. */
function brief(value, unit) {
  if (value === null || value === undefined) {
    return UNDEFINED;
  }
  switch (unit) {
    case "share": return (100 * value).toFixed(1) + "%";
    case "correlation": return value.toFixed(2);
    case "sigmas": return Math.abs(value) < 0.05 ? "0.0" : (value > 0 ? "+" : "") + value.toFixed(1);
    case "number":
    case "bits": return number(value, 3);
    default: return format(value, unit);
  }
}

/** Round numbers over a range of a logarithmic scale: few over many powers of ten, more over one. */
function logTicks([least, most]) {
  const powers = Math.log10(most / least);
  const steps = powers > 4 ? [1] : powers > 1.5 ? [1, 3] : powers > 0.5 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9];
  const first = Math.floor(Math.log10(least));
  return d3.range(first, Math.ceil(Math.log10(most)) + 1)
    .flatMap(power => steps.map(step => Number((step * Math.pow(10, power)).toPrecision(2))))
    .filter(tick => tick >= least && tick <= most);
}

/** An axis of a logarithmic scale with all its ticks labelled; "X" or "Y". */
function logAxis(name, range, grid = false) {
  const ticks = logTicks(range);
  return [Plot["axis" + name](ticks, {text: ticks.map(tickText)}), grid ? Plot["grid" + name](ticks) : null];
}

/** A round number, as short as it can be. */
function tickText(value) {
  return value >= 1e5 || value < 1e-3 ? value.toExponential().replace("e+", "e") : d3.format(",")(value);
}

function number(value, digits) {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) {
    return UNDEFINED;
  }
  if (value === 0) {
    return "0";
  }
  if (size >= 1e7 || size < 1e-4) {
    return value.toExponential(digits - 1).replace("e+", "e");
  }
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return d3.format(",." + decimals + "f")(value).replace("−", "-");
}
