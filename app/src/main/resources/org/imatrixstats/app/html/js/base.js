// The data of the page, and elements made of it. Texts from files become text nodes, never markup.

const island = document.getElementById("data");
const data = JSON.parse(island.type === "application/json" ? island.textContent : await unpacked(island.textContent));

/** The data of a page of very many tensors are compressed. */
async function unpacked(base64) {
  const bytes = Uint8Array.from(atob(base64), character => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

/** An element; attributes that are functions listen to events, those that are null or false are left out. */
function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(key, value);
    } else if (value != null && value !== false) {
      element.setAttribute(key, value === true ? "" : value);
    }
  }
  element.append(...children.filter(child => child != null));
  return element;
}

/** A list to choose from: options are [value, label], or [group, options] with an array of them. */
function choice(label, options, chosen, change) {
  const option = ([value, text]) => Array.isArray(text)
    ? el("optgroup", {label: value}, ...text.map(option))
    : el("option", {value, selected: value === chosen}, text);
  const select = el("select", {change: () => change(select.value)}, ...options.map(option));
  return el("label", {}, label, select);
}

function checkbox(label, checked, change) {
  const box = el("input", {type: "checkbox", checked, change: () => change(box.checked)});
  return el("label", {}, box, label);
}

/** A plain table; cells that are numbers with text to show are [text, number], others texts. */
function plainTable(caption, headers, rows) {
  const cell = (content, i) => el(i === 0 ? "th" : "td", {scope: i === 0 ? "row" : null,
    class: headers[i].text ? "text" : null}, content);
  return el("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": caption},
    el("table", {}, el("caption", {}, caption),
      el("thead", {}, el("tr", {}, ...headers.map(header =>
        el("th", {scope: "col", class: header.text ? "text" : null, title: header.title}, header.label)))),
      el("tbody", {}, ...rows.map(row => el("tr", {}, ...row.map(cell))))));
}

/** The numbers of a chart, for those who cannot see it or want to copy them. */
function numbersOf(table) {
  return el("details", {class: "numbers"}, el("summary", {}, "The numbers of this chart"), table);
}

const figuresOf = level => new Map(data.figures[level].map(figure => [figure.key, figure]));
const figuresOfTensors = figuresOf("tensor");

/** Tensors by layer and kind: those of a file, of two files compared, or of a model. */
class Tensors {
  /** `figures`: what can be said of one, by key; `brief`: the keys to say first. */
  constructor(tensors, figures, brief) {
    this.tensors = tensors;
    this.figures = figures;
    this.brief = brief;
    this.byName = new Map(tensors.map(tensor => [tensor.name, tensor]));
    const inLayers = tensors.filter(tensor => tensor.layer !== null);
    this.layers = [...new Set(inLayers.map(tensor => tensor.layer))].sort((a, b) => a - b);
    this.kinds = [...d3.group(inLayers, tensor => tensor.kind)].map(([kind, members]) => ({kind,
      same_input_as: this.sharedBy(members)})).sort((a, b) => d3.ascending(a.kind, b.kind));
    this.cells = new Map(tensors.map(tensor => [tensor.layer + " " + tensor.kind, tensor]));
  }

  /** The kind whose input all of these share; null if there is none. */
  sharedBy(tensors) {
    const kinds = new Set(tensors.map(tensor => this.byName.get(tensor.same_input_as)?.kind ?? null));
    return kinds.size === 1 ? [...kinds][0] : null;
  }

  tensor(layer, kind) {
    return this.cells.get(layer + " " + kind);
  }

  /** Kinds with an input of their own; `all`: also those that share one. */
  shownKinds(all) {
    return this.kinds.filter(kind => all || kind.same_input_as === null).map(kind => kind.kind);
  }

  /** Kinds that share the input of this one. */
  sharing(kind) {
    return this.kinds.filter(other => other.same_input_as === kind).map(other => other.kind);
  }

  /** Figures that can be charted. */
  figureOptions() {
    return [...this.figures.values()]
      .filter(figure => this.tensors.some(tensor => typeof valueOf(tensor, figure.key) === "number"))
      .map(figure => [figure.key, figure.header === figure.key ? figure.key : figure.header + "  (" + figure.key + ")"]);
  }

  /** What there is to know about a tensor at a glance; the figure of the chart first. */
  tip(tensor, figure) {
    const lines = [tensor.name, figure.header + ": " + format(valueOf(tensor, figure.key), figure.unit)];
    for (const key of this.brief) {
      const other = this.figures.get(key);
      if (key !== figure.key && valueOf(tensor, key) !== null) {
        lines.push(other.header + ": " + format(valueOf(tensor, key), other.unit));
      }
    }
    return lines.join("\n");
  }
}

/** One importance matrix of the page. */
class ImatrixFile extends Tensors {
  constructor(number) {
    super(data.report.reports[number].tensors, figuresOfTensors,
      ["sum", "robust_z", "entropy_normalized", "max", "cosine_similarity"]);
    this.number = number;
    this.distributions = new Map(data.columns[number].distributions.map(d => [d.name, d]));
    this.loads = data.columns[number].loads
      .flatMap(({names, tokens}) => names.map(name => ({tensor: this.byName.get(name), tokens})));
  }

  distribution(tensor) {
    return this.distributions.get(tensor.same_input_as ?? tensor.name);
  }
}

/** A figure of a row; null where it is undefined. A dot in the key stands for an object within. */
function valueOf(row, key) {
  return key.split(".").reduce((value, field) => value?.[field] ?? null, row);
}
