// Comfort only: what was written survives a lost connection. It stays in this browser, without the code, until it is sent.
"use strict";

const name = `draft ${location.pathname.slice(-8)} ${new URLSearchParams(location.search).get("do") || ""}`;
const form = document.querySelector("[data-draft] form");
if (document.querySelector("[data-sent]")) {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(name.slice(0, 14))) localStorage.removeItem(key);
  }
}
if (form) {
  const fields = [...form.elements].filter((field) => field.name && field.type !== "hidden" && field.name !== "code");
  const kept = JSON.parse(localStorage.getItem(name) || "{}");
  for (const field of fields) {
    if (field.type === "radio") field.checked ||= kept[field.name] === field.value;
    else if (!field.value && kept[field.name]) field.value = kept[field.name];
  }
  form.addEventListener("input", () => {
    const written = fields.filter((field) => field.type !== "radio" || field.checked);
    localStorage.setItem(name, JSON.stringify(Object.fromEntries(written.map((field) => [field.name, field.value]))));
  });
}
