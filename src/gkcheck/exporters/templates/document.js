"use strict";
(() => {
  const RANK = "逾退阻未推完结免";
  const text = (row, i) => row.cells[i].textContent;
  const value = (said, kind) => {
    if (kind === "number" || kind === "rates") {
      const found = parseFloat(said);
      return Number.isNaN(found) ? -Infinity : found;
    }
    if (kind === "cell") return said ? RANK.indexOf(said) : RANK.length;
    return said;
  };
  const compare = (a, b) => (typeof a === "string" ? a.localeCompare(b, "zh-CN", { numeric: true }) : a - b);

  for (const table of document.querySelectorAll("table")) {
    const body = table.tBodies[0];
    const order = [...body.rows];
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, i) => {
      const kind = head.className;
      const button = document.createElement("button");
      button.type = "button";
      button.title = head.title || "点击排序";
      button.textContent = head.textContent;
      head.removeAttribute("title");
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const was = head.getAttribute("aria-sort");
        const first = kind === "number" || kind === "rates" ? "descending" : "ascending";
        const second = first === "ascending" ? "descending" : "ascending";
        const next = was === null ? first : was === first ? second : null;
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        let rows = order;
        if (next) {
          head.setAttribute("aria-sort", next);
          const sign = next === "ascending" ? 1 : -1;
          rows = order
            .map((row) => [value(text(row, i), kind), row])
            .sort((a, b) => sign * compare(a[0], b[0]))
            .map((pair) => pair[1]);
        }
        body.append(...rows);
      });
    });
  }

  const controls = document.getElementById("controls");
  const byUnit = document.getElementById("by-unit");
  const byLetter = document.getElementById("by-letter");
  const shown = document.getElementById("shown");
  const tables = [...document.querySelectorAll("table[data-unit]")];
  const apply = () => {
    const wanted = byUnit.value.trim();
    const letter = byLetter ? byLetter.value : "";
    let all = 0, left = 0;
    for (const table of tables) {
      const matrix = table.parentElement.classList.contains("matrix");
      for (const row of table.tBodies[0].rows) {
        const named = !wanted || text(row, Number(table.dataset.unit)).includes(wanted);
        const has = !letter || !matrix || [...row.cells].some((cell) => cell.className.startsWith("cell") && cell.textContent === letter);
        row.hidden = !(named && has);
        if (matrix || !byLetter) { all += 1; left += row.hidden ? 0 : 1; }
      }
    }
    shown.textContent = wanted || letter ? `显示 ${left} 行，共 ${all} 行` : "";
  };
  byUnit.addEventListener("input", apply);
  if (byLetter) byLetter.addEventListener("change", apply);
  controls.addEventListener("submit", (event) => event.preventDefault());
  controls.addEventListener("reset", () => setTimeout(apply));
  controls.hidden = false;
})();
