"use strict";
const body = document.querySelector(".images tbody");
const rows = [...body.children];
const order = document.getElementById("order");
document.documentElement.classList.add("scripted");

// The page lists the worst first.
order.addEventListener("change", () => {
  body.append(...(order.value === "best" ? rows.toReversed() : rows));
});
