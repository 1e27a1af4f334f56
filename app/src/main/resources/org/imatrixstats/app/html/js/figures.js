// The tables of all figures are in the page; here they become sortable, and that of the tensors filterable.

const FIRST_COLUMNS = ["name", "sum", "robust_z", "entropy_normalized", "max", "mean", "zd", "cosine_similarity", "gain",
  "elements", "rank_in_kind", "same_input_as", "experts_without_data", "load_entropy"];

/** More rows at a time make a page slow. */
const MOST_ROWS = 1000;

function drawFigures(file, section) {
  const report = data.report.reports[file.number];
  for (const table of section.querySelectorAll("table.figures")) {
    const rows = new TableRows(table, report[table.dataset.level + "s"]);
    sortable(table, rows);
    if (table.dataset.level === "tensor") {
      filterable(file, table, rows);
    }
  }
}

/** The rows of a table: their order, which of them match, and an element for each that is shown. */
class TableRows {
  constructor(table, rows) {
    this.body = table.tBodies[0];
    this.rows = rows;
    this.elements = [...this.body.rows];
    this.columns = [...table.tHead.rows[0].cells].map(header => ({key: header.dataset.key,
      text: header.classList.contains("text"), unit: figuresOf(table.dataset.level).get(header.dataset.key)?.unit}));
    this.order = rows.map((row, i) => i);
    this.matches = () => true;
    this.prepare = () => {};
    // The page holds the first rows of a long table; beside others they have to look like them.
    if (this.elements.length < rows.length) {
      this.elements = [];
    }
    this.prepared = new Set();
  }

  element(i) {
    this.elements[i] ??= el("tr", {}, ...this.columns.map((column, place) => el(place === 0 ? "th" : "td",
      {scope: place === 0 ? "row" : null, class: column.text ? "text" : null}, this.cell(this.rows[i], column))));
    if (!this.prepared.has(i)) {
      this.prepared.add(i);
      this.prepare(this.elements[i], this.rows[i]);
    }
    return this.elements[i];
  }

  cell(row, column) {
    const value = valueOf(row, column.key);
    return typeof value === "number" ? format(value, column.unit ?? "count") : value ?? UNDEFINED;
  }

  sort(compare) {
    this.order.sort((i, j) => compare(this.rows[i], this.rows[j]));
    this.show();
  }

  /** Shows what matches, the first of them where they are many; returns how many match. */
  show() {
    if (this.rows.length <= MOST_ROWS) {
      this.body.append(...this.order.map(i => this.element(i)));
      this.order.forEach(i => { this.element(i).hidden = !this.matches(this.rows[i]); });
      return this.order.filter(i => this.matches(this.rows[i])).length;
    }
    const matching = this.order.filter(i => this.matches(this.rows[i]));
    this.body.replaceChildren(...matching.slice(0, MOST_ROWS).map(i => this.element(i)));
    return matching.length;
  }
}

/** A click on a header sorts; numbers descend first, what is undefined comes last. */
function sortable(table, rows) {
  for (const header of table.tHead.rows[0].cells) {
    const key = header.dataset.key;
    const text = header.classList.contains("text");
    const button = el("button", {type: "button", click: () => {
      const descending = header.getAttribute("aria-sort")
        ? header.getAttribute("aria-sort") === "ascending" : !text;
      for (const other of table.tHead.rows[0].cells) {
        other.removeAttribute("aria-sort");
      }
      header.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const compare = text ? naturally : d3.ascending;
      rows.sort((a, b) => {
        const [x, y] = [valueOf(a, key), valueOf(b, key)];
        return x === null || y === null ? (x === null) - (y === null) : descending ? compare(y, x) : compare(x, y);
      });
    }}, header.textContent);
    header.replaceChildren(button);
  }
  addTips(table.tHead, target => {
    const header = target.closest("th");
    return header?.title ? header.dataset.key + ": " + header.title : null;
  });
}

/** blk.2 before blk.10. */
const naturally = new Intl.Collator("en", {numeric: true}).compare;

function filterable(file, table, rows) {
  const shown = el("span", {class: "matches", role: "status"});
  const kind = {value: ""};
  const input = el("input", {type: "search", placeholder: "ffn_down, blk.3, …", "aria-label": "Filter by name",
    input: () => filter()});
  const count = d3.format(",");
  const filter = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(word => word);
    rows.matches = row => (kind.value === "" || row.kind === kind.value)
      && words.every(word => row.name.toLowerCase().includes(word));
    const matching = rows.show();
    shown.textContent = count(matching) + " of " + count(rows.rows.length) + " tensors"
      + (matching > MOST_ROWS ? ", the first " + count(MOST_ROWS) + " are shown" : "");
  };
  rows.prepare = (element, row) => {
    if (file.distribution(row)) {
      const header = element.cells[0];
      header.replaceChildren(el("button", {type: "button", class: "link", click: () => file.choose(row)},
        header.textContent));
    }
  };
  if (rows.rows.length > MOST_ROWS) {
    table.caption.textContent = "Tensors";
  }
  const kinds = [...new Set(rows.rows.map(row => row.kind))].sort();
  const controls = el("div", {class: "controls"}, el("label", {}, "Filter", input),
    choice("Kind", [["", "all"], ...kinds.map(name => [name, name])], "", value => { kind.value = value; filter(); }),
    columnsMenu(file, table), shown);
  table.parentElement.before(controls);
  filter();
}

/** Which columns are shown; a rule of a style sheet hides the others. */
function columnsMenu(file, table) {
  const style = document.head.appendChild(el("style"));
  const headers = [...table.tHead.rows[0].cells];
  const experts = file.tensors.some(tensor => tensor.experts > 1);
  const empty = headers.filter(({dataset: {key}}) => key === "experts_without_data" ? !experts
    : file.tensors.every(tensor => valueOf(tensor, key) === null));
  const shown = new Set(headers.filter(header => (file.firstColumns ?? FIRST_COLUMNS).includes(header.dataset.key) && !empty.includes(header)));
  table.id = "tensors-" + file.number;
  const apply = () => {
    const hidden = headers.map((header, i) => shown.has(header) ? null : "#" + table.id + " tr > :nth-child(" + (i + 1) + ")")
      .filter(rule => rule);
    style.textContent = hidden.length ? hidden.join(", ") + " { display: none }" : "";
  };
  const boxes = headers.slice(1).map(header => checkbox(header.textContent, shown.has(header), checked => {
    shown[checked ? "add" : "delete"](header);
    apply();
  }));
  apply();
  const menu = el("details", {class: "columns-menu"}, el("summary", {}, "Columns"), el("div", {}, ...boxes));
  menu.addEventListener("keydown", event => {
    if (event.key === "Escape") {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", event => { menu.open &&= menu.contains(event.target); });
  return menu;
}
