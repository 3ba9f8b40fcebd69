"use strict";
// Sorts and filters the table where it is, and moves through it with the keyboard.
(() => {
  const table = document.getElementById("list");
  const filter = document.querySelector("input[name=filter]");
  const count = document.getElementById("count");
  const keyOf = {
    name: row => row.cells[0].textContent,
    time: row => row.cells[1].textContent,
    size: row => Number(row.cells[2].firstElementChild?.value ?? -1),
  };
  const rows = () => [...table.tBodies[0].rows].filter(row => !row.classList.contains("up"));
  const shown = () => [...table.tBodies[0].rows].filter(row => !row.hidden);
  const isDirectory = row => row.classList.contains("d");
  const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

  const sort = button => {
    const descending = button.value.startsWith("-");
    const key = keyOf[button.value.replace("-", "")];
    const sorted = rows().map(row => [key(row), row]);
    sorted.sort(([a, x], [b, y]) =>
      isDirectory(y) - isDirectory(x) || (descending ? compare(b, a) : compare(a, b)));
    table.tBodies[0].append(...sorted.map(([, row]) => row));
    for (const header of table.tHead.rows[0].cells) header.removeAttribute("aria-sort");
    button.parentElement.setAttribute("aria-sort", descending ? "descending" : "ascending");
    button.value = descending ? button.value.slice(1) : "-" + button.value;
  };

  const apply = () => {
    const wanted = filter.value.toLowerCase();
    let found = 0;
    for (const row of rows()) {
      row.hidden = !row.cells[0].textContent.toLowerCase().includes(wanted);
      found += !row.hidden;
    }
    count.textContent = found === 1 ? "1 entry" : found + " entries";
  };

  table.tHead.addEventListener("click", event => {
    const button = event.target.closest("button[name=sort]");
    if (!button) return;
    event.preventDefault();
    sort(button);
  });
  // A page that was filtered by the server has not all rows.
  const complete = !new URLSearchParams(location.search).get("filter");
  if (complete) filter.addEventListener("input", apply);
  filter.form.querySelector("button:not([name])").hidden = complete;
  filter.form.addEventListener("submit", event => {
    if (!complete || event.submitter?.name === "archive") return;
    event.preventDefault();
    shown().find(row => !row.classList.contains("up"))?.querySelector("a").focus();
  });
  document.addEventListener("listing-changed", () => complete && apply());

  const move = step => {
    const links = shown().map(row => row.querySelector("a"));
    const at = links.indexOf(document.activeElement);
    const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : at + step;
    links[Math.max(0, Math.min(links.length - 1, next))]?.focus();
  };
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches("input");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (typing && event.target !== filter) return;
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape" && complete) {
      filter.value = "";
      apply();
    } else if (event.key === "/" && !typing) {
      filter.focus();
    } else if (event.key === "Backspace" && !typing) {
      document.querySelector("tr.up a")?.click();
    } else {
      return;
    }
    event.preventDefault();
  });
})();
