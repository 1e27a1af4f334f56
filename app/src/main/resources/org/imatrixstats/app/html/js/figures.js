// The tables of all figures are in the page; here they become sortable, and that of the tensors filterable.

const FIRST_COLUMNS = ["name", "sum", "robust_z", "entropy_normalized", "max", "mean", "zd", "cosine_similarity", "gain",
  "elements", "rank_in_kind", "same_input_as", "experts_without_data", "load_entropy"];

function drawFigures(file, section) {
  const report = data.report.reports[file.number];
  for (const table of section.querySelectorAll("table.figures")) {
    const rows = report[table.dataset.level + "s"];
    sortable(table, rows);
    if (table.dataset.level === "tensor") {
      filterable(file, table, rows);
    }
  }
}

/** A click on a header sorts; numbers descend first, what is undefined comes last. */
function sortable(table, rows) {
  const body = table.tBodies[0];
  const items = [...body.rows].map((element, i) => ({element, row: rows[i]}));
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
      items.sort((a, b) => {
        const [x, y] = [valueOf(a.row, key), valueOf(b.row, key)];
        return x === null || y === null ? (x === null) - (y === null) : descending ? compare(y, x) : compare(x, y);
      });
      body.append(...items.map(item => item.element));
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
  const elements = [...table.tBodies[0].rows];
  const shown = el("span", {class: "matches", role: "status"});
  const kind = {value: ""};
  const input = el("input", {type: "search", placeholder: "ffn_down, blk.3, …", "aria-label": "Filter by name",
    input: () => filter()});
  const filter = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(word => word);
    let count = 0;
    rows.forEach((row, i) => {
      const match = (kind.value === "" || row.kind === kind.value)
        && words.every(word => row.name.toLowerCase().includes(word));
      elements[i].hidden = !match;
      count += match ? 1 : 0;
    });
    shown.textContent = count + " of " + rows.length + " tensors";
  };
  elements.forEach((element, i) => {
    if (file.distribution(rows[i])) {
      const header = element.cells[0];
      header.replaceChildren(el("button", {type: "button", class: "link", click: () => file.choose(rows[i])},
        header.textContent));
    }
  });
  const kinds = [...new Set(rows.map(row => row.kind))].sort();
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
