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
    const heads = [...table.tHead.rows[0].cells];
    const matrix = table.parentElement.classList.contains("matrix");
    let order = null;
    heads.forEach((head, i) => {
      const kind = head.className;
      const button = document.createElement("button");
      button.type = "button";
      button.title = head.title || "点击排序";
      button.textContent = head.textContent;
      head.removeAttribute("title");
      head.replaceChildren(button);
      if (matrix && i) button.tabIndex = -1;
      button.addEventListener("click", () => {
        order ??= [...body.rows];
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
        for (const row of rows) body.append(row);
      });
    });
    // One tab stop for the heads of a matrix; arrow keys go from head to head.
    if (matrix) table.tHead.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, Home: -heads.length, End: heads.length }[event.key];
      const at = heads.indexOf(event.target.closest("th"));
      if (!step || at < 0) return;
      const next = heads[Math.min(heads.length - 1, Math.max(0, at + step))].firstChild;
      event.target.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
      event.preventDefault();
    });
  }

  const controls = document.getElementById("controls");
  const byUnit = document.getElementById("by-unit");
  const byLetter = document.getElementById("by-letter");
  const shown = document.getElementById("shown");
  const tables = [...document.querySelectorAll("table[data-unit]")];
  const MOST_OPEN = 500;
  const apply = () => {
    const wanted = byUnit.value.trim();
    const letter = byLetter ? byLetter.value : "";
    let all = 0, left = 0;
    const found = new Map();
    for (const table of tables) {
      const before = left;
      const matrix = table.parentElement.classList.contains("matrix");
      for (const row of table.tBodies[0].rows) {
        const named = !wanted || text(row, Number(table.dataset.unit)).includes(wanted);
        const has = !letter || !matrix || [...row.cells].some((cell) => cell.className.startsWith("cell") && cell.textContent === letter);
        row.hidden = !(named && has);
        if (matrix || !byLetter) { all += 1; left += row.hidden ? 0 : 1; }
      }
      const piece = table.closest("details");
      if (piece) found.set(piece, left - before);
    }
    for (const [piece, count] of found) {
      piece.hidden = !count;
      piece.open = Boolean(wanted) && count > 0 && left <= MOST_OPEN;
    }
    shown.textContent = wanted || letter ? `显示 ${left} 行，共 ${all} 行` : "";
  };
  byUnit.addEventListener("input", apply);
  if (byLetter) byLetter.addEventListener("change", apply);
  controls.addEventListener("submit", (event) => event.preventDefault());
  controls.addEventListener("reset", () => setTimeout(apply));
  controls.hidden = false;
})();
