"use strict";
const root = document.documentElement;
const list = document.querySelector(".photos");
const photos = [...list.children];
const mask = document.getElementById("mask");
const opacity = document.getElementById("opacity");
const sort = document.getElementById("sort");
const state = document.getElementById("state");
const filter = document.getElementById("filter");
const shown = document.getElementById("shown");
const nothing = document.querySelector(".nothing");
root.classList.add("js");

const orders = {
  name: () => 0,
  most: (a, b) => b.dataset.crack - a.dataset.crack,
  least: (a, b) => a.dataset.crack - b.dataset.crack,
};

function arrange() {
  // The page lists them by name, and sorting is stable.
  list.append(...photos.toSorted(orders[sort.value]));
}

function select() {
  const wanted = filter.value.trim().toLowerCase();
  let count = 0;
  for (const photo of photos) {
    const { name, state: its } = photo.dataset;
    photo.hidden = !name.toLowerCase().includes(wanted) || (state.value !== "" && state.value !== its);
    if (!photo.hidden) count++;
  }
  shown.value = count === photos.length ? "" : `${count} of ${photos.length}`;
  nothing.hidden = count > 0 || photos.length === 0;
}

function fade() {
  root.style.setProperty("--mask", opacity.value / 100);
}

function enlarge(photo) {
  const image = photo.querySelector("img");
  photo.style.setProperty("--ratio", image.getAttribute("width") / image.getAttribute("height"));
  const large = photo.classList.toggle("large");
  // Of many photos, only the one looked at is worth a stop on the way through the page.
  photo.querySelector(".divider").tabIndex = large ? 0 : -1;
  go(photo);
}

function divide(divider) {
  divider.parentElement.style.setProperty("--divide", `${divider.value}%`);
  divider.classList.toggle("moved", divider.value < 100);
}

function go(photo) {
  photo.focus({ preventScroll: true });
  photo.scrollIntoView({ block: photo.classList.contains("large") ? "start" : "nearest" });
}

function step(by) {
  const visible = [...list.children].filter((photo) => !photo.hidden);
  const here = visible.indexOf(document.activeElement?.closest(".photo"));
  const next = visible[here < 0 ? (by > 0 ? 0 : visible.length - 1) : here + by];
  if (next) go(next);
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  ArrowRight: () => step(1),
  ArrowLeft: () => step(-1),
  " ": () => {
    mask.checked = !mask.checked;
  },
  "/": () => filter.focus(),
  Enter: (photo) => photo && enlarge(photo),
  Escape: (photo) => photo?.classList.contains("large") && enlarge(photo),
  d: (photo) => photo?.querySelector(".divider").focus({ preventScroll: true }),
  s: (photo) => {
    const stages = photo?.querySelector(".stages");
    if (stages) stages.open = !stages.open;
  },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target === filter && event.key === "Escape") filter.blur();
  // Controls keep their own keys: of a divider, these are the arrows.
  const control = event.target.closest("input, select, summary, a");
  if (control && !(control.matches(".divider") && !event.key.startsWith("Arrow"))) return;
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act(document.activeElement?.closest(".photo"));
});
list.addEventListener("click", (event) => {
  const picture = event.target.closest(".picture");
  if (picture && !event.target.matches(".divider")) enlarge(picture.closest(".photo"));
});
list.addEventListener("input", (event) => {
  if (event.target.matches(".divider")) divide(event.target);
});
// Else a drag of a divider would soon be one of the photo beneath it.
list.addEventListener("dragstart", (event) => event.preventDefault());
document.querySelector(".tools").addEventListener("submit", (event) => event.preventDefault());
sort.addEventListener("change", arrange);
state.addEventListener("change", select);
filter.addEventListener("input", select);
opacity.addEventListener("input", fade);
// A browser may bring back what was chosen before a reload.
arrange();
select();
fade();
document.querySelectorAll(".divider").forEach(divide);
