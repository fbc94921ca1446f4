"use strict";
const parts = JSON.parse(document.getElementById("names").textContent);
const filter = document.getElementById("filter");
const sort = document.getElementById("sort");
const shown = document.getElementById("shown");
const found = document.querySelector(".found");
const list = document.querySelector(".parts-list");
const nothing = document.querySelector(".nothing");
document.documentElement.classList.add("js");

/** Photos that are shown at a time: whoever wants more types more of a name. */
const SHOWN = 500;
const total = parts.reduce((sum, { names }) => sum + names.length, 0);

function matching(wanted) {
  const photos = [];
  for (const { href, names, shares } of parts) {
    for (const [i, name] of names.entries()) {
      if (name.toLowerCase().includes(wanted)) {
        photos.push({ name, share: shares[i], href: `${href}#photo-${i + 1}` });
      }
    }
  }
  return photos;
}

const orders = {
  name: () => 0,
  most: (a, b) => b.share - a.share,
  least: (a, b) => a.share - b.share,
};

function item({ name, share, href }) {
  const link = document.createElement("a");
  link.href = href;
  link.textContent = name;
  const beside = document.createElement("span");
  beside.textContent = `${(100 * share).toFixed(2)} %`;
  const element = document.createElement("li");
  element.append(link, " ", beside);
  return element;
}

function select() {
  const wanted = filter.value.trim().toLowerCase();
  const searching = wanted !== "" || sort.value !== "name";
  found.hidden = !searching;
  list.hidden = searching;
  const photos = searching ? matching(wanted).sort(orders[sort.value]) : [];
  found.replaceChildren(...photos.slice(0, SHOWN).map(item));
  nothing.hidden = !searching || photos.length > 0;
  const first = photos.length > SHOWN ? `the first ${SHOWN} of ` : "";
  shown.value = searching
    ? `${first}${photos.length.toLocaleString("en")} of ${total.toLocaleString("en")}`
    : "";
}

document.querySelector(".tools").addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target === filter) return;
  event.preventDefault();
  filter.focus();
});
filter.addEventListener("input", select);
sort.addEventListener("change", select);
// A browser may bring back what was typed before a reload.
select();
