// The data of the page, and elements made of it. Texts from files become text nodes, never markup.

const data = JSON.parse(document.getElementById("data").textContent);

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

const figuresOfTensors = new Map(data.figures.tensor.map(figure => [figure.key, figure]));

/** One importance matrix of the page. */
class ImatrixFile {
  constructor(number) {
    const report = data.report.reports[number];
    this.number = number;
    this.name = report.file.name;
    this.tensors = report.tensors;
    this.byName = new Map(this.tensors.map(tensor => [tensor.name, tensor]));
    this.distributions = new Map(data.columns[number].distributions.map(d => [d.name, d]));
    this.loads = data.columns[number].loads;
    this.layers = [...new Set(this.tensors.map(tensor => tensor.layer).filter(layer => layer !== null))];
    this.kinds = report.kinds.filter(kind => this.tensors.some(t => t.kind === kind.kind && t.layer !== null));
    this.cells = new Map(this.tensors.map(tensor => [tensor.layer + " " + tensor.kind, tensor]));
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

  distribution(tensor) {
    return this.distributions.get(tensor.same_input_as ?? tensor.name);
  }
}

/** A figure of a row; null where it is undefined. A dot in the key stands for an object within. */
function valueOf(row, key) {
  const [field, inner] = key.split(".");
  const value = row[field] ?? null;
  return inner === undefined || value === null ? value : value[inner];
}

/** Figures that can be charted, by what they are about. */
function figureOptions(file) {
  return [...figuresOfTensors.values()]
    .filter(figure => file.tensors.some(tensor => valueOf(tensor, figure.key) !== null))
    .map(figure => [figure.key, figure.header === figure.key ? figure.key : figure.header + "  (" + figure.key + ")"]);
}
