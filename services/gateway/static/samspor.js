// Comfort only: every page does all it does without this file.
"use strict";

// The error summary is read first.
const errors = document.getElementById("errors");
if (errors) errors.focus();

// Who will be able to read it: only the line of the chosen category, once one is chosen.
const readers = document.querySelector("[data-readers]");
const category = document.getElementById("category");
if (readers && category) {
  const show = () => {
    for (const row of readers.querySelectorAll("tr[data-category]")) {
      row.hidden = category.value !== "" && row.dataset.category !== category.value;
    }
  };
  readers.setAttribute("aria-live", "polite");
  category.addEventListener("change", show);
  show();
}

// Long work goes on by itself while its page is open.
document.querySelector("form[data-goes-on]")?.requestSubmit();

// The fingerprint of a document is worked out here: the document itself is never sent.
for (const holder of document.querySelectorAll("[data-digest]")) {
  if (!window.crypto?.subtle) continue;
  const field = document.getElementById(holder.dataset.digest);
  holder.querySelector(".digest-file").hidden = false;
  holder.querySelector("input[type=file]").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (!file) return;
    const digest = new Uint8Array(await window.crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    field.value = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  });
}

// Older entries follow on the same page; the address of each page stays good on its own.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("#older a[rel=next]");
  if (!link || !window.htmx || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const first = document.querySelectorAll("#timeline .entry").length;
  await window.htmx.ajax("GET", link.href, { target: "#older", swap: "outerHTML", select: "#timeline > *" });
  const added = document.querySelectorAll("#timeline .entry")[first];
  if (added) { added.tabIndex = -1; added.focus({ preventScroll: true }); }
});

// On a narrow screen a board shows its first column; the others open when they are wanted.
if (window.matchMedia("(max-width: 36rem)").matches && !window.location.hash) {
  for (const column of [...document.querySelectorAll(".board details[open]")].slice(1)) column.open = false;
}

// Keys: / search, j k move, n new, ? help. Never while somebody writes, never with a modifier.
let at = -1;
const move = (step) => {
  const entries = document.querySelectorAll("#timeline .entry, .board .row-link");
  if (!entries.length) return;
  entries[at]?.classList.remove("here");
  at = Math.min(Math.max(at + step, 0), entries.length - 1);
  entries[at].closest("details")?.setAttribute("open", "");
  entries[at].classList.add("here");
  entries[at].tabIndex = -1;
  entries[at].focus();
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const follow = (selector) => document.querySelector(selector)?.click();
  switch (event.key) {
    case "/": {
      const box = document.querySelector(".filter-box");
      if (box) box.open = true;
      const field = document.querySelector("main [role=search] input, main .filter-form select, main input[type=text]");
      if (field) { event.preventDefault(); field.focus(); }
      break;
    }
    case "j": move(1); break;
    case "k": move(-1); break;
    case "n": follow("main a[href$='/notes/new']"); break;
    case "?": follow(".mainnav a[href='/help']"); break;
  }
});
