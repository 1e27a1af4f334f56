// Puts the page together: files, sections, theme.

const CHARTS = {map: drawMap, curves: drawCurves, stream: drawStream, columns: drawColumns, experts: drawExperts, figures: drawFigures};

/** Charts are drawn to the width that they have. */
const resized = new ResizeObserver(entries => entries.forEach(({target, contentRect}) => {
  if (contentRect.width > 0 && Math.abs(contentRect.width - (target.drawnWidth ?? 0)) > 1) {
    target.drawnWidth = contentRect.width;
    target.redraw();
  }
}));

function onResize(figure) {
  resized.observe(figure);
}

const articles = [...document.querySelectorAll("article.file")];
const drawn = new Set();

function show(number) {
  articles.forEach((article, i) => { article.hidden = i !== number; });
  if (!drawn.has(number)) {
    drawn.add(number);
    const file = new ImatrixFile(number);
    // The columns come first: other charts lead to them.
    const sections = [...articles[number].querySelectorAll("[data-chart]")];
    sections.sort((a, b) => (b.dataset.chart === "columns") - (a.dataset.chart === "columns"));
    sections.forEach(section => CHARTS[section.dataset.chart](file, section));
  }
  navigation(articles[number]);
}

function navigation(article) {
  const sections = [...document.querySelectorAll("main [data-section]")]
    .filter(section => (section.closest("article") ?? article) === article);
  const links = new Map(sections.map(section => [section,
    el("a", {href: "#" + section.id}, section.dataset.section)]));
  document.getElementById("sections").replaceChildren(...links.values());
  const observer = new IntersectionObserver(entries => entries.forEach(entry => {
    if (entry.isIntersecting) {
      links.forEach(link => link.removeAttribute("aria-current"));
      links.get(entry.target).setAttribute("aria-current", "true");
    }
  }), {rootMargin: "-20% 0px -70% 0px"});
  sections.forEach(section => observer.observe(section));
}

function themeButton() {
  const themes = ["auto", "light", "dark"];
  let theme = 0;
  const button = el("button", {type: "button", id: "theme", click: () => {
    theme = (theme + 1) % themes.length;
    document.documentElement.dataset.theme = themes[theme];
    button.textContent = "Theme: " + themes[theme];
  }}, "Theme: auto");
  return button;
}

const DOCUMENTS = {compare: drawComparison, converge: drawConvergence, plan: drawPlan, weights: drawWeights,
  spectrum: drawSpectrum, errors: drawErrors, frontier: drawFrontier, measure: drawMeasured};

for (const section of document.querySelectorAll("[data-document]")) {
  // What was printed is there for those without scripts; charts come before it.
  const printed = section.querySelector(".printed");
  printed.open = false;
  const charts = printed.parentNode.insertBefore(el("div"), printed);
  DOCUMENTS[section.dataset.document](data[section.dataset.document], charts);
}

const files = data.report.reports.map((report, i) => [String(i), report.file.name]);
document.getElementById("tools").append(...(files.length > 1
  ? [choice("File", files, "0", number => show(Number(number)))] : []), themeButton());
if (files.length > 0) {
  show(0);
} else {
  navigation(null);
}
