"use strict";
const list = document.querySelector(".measured");
const photos = [...list.children];
const sort = document.getElementById("sort");
document.documentElement.classList.add("js");

function arrange() {
  const key = sort.value;
  // The page lists them by name, and sorting is stable.
  list.append(...photos.toSorted((a, b) => key === "name" ? 0 : b.dataset[key] - a.dataset[key]));
}

/** Sorts the cracks of a photo by a column: from the greatest, and the other way round when it is asked for again. */
function order(heading) {
  const table = heading.closest("table");
  const column = heading.cellIndex;
  const sign = heading.ariaSort === "descending" ? 1 : -1;
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.ariaSort = sign < 0 ? "descending" : "ascending";
  const value = (row) => row.cells[column].textContent;
  const body = table.tBodies[0];
  body.append(...[...body.rows].sort((a, b) => {
    const [one, other] = [Number(value(a)), Number(value(b))];
    if (Number.isNaN(one) || Number.isNaN(other)) return sign * value(a).localeCompare(value(b));
    return sign * (one - other);
  }));
}

list.addEventListener("click", (event) => {
  const heading = event.target.closest(".cracks th");
  if (heading) order(heading);
});
document.querySelector(".tools").addEventListener("submit", (event) => event.preventDefault());
sort.addEventListener("change", arrange);
