// Opens operations with Swagger UI, and adds what requests of this API need.
"use strict";

const TOKEN_PATH = "/access/v1/oauth/token";
const NO_CLIENT = "Basic Og=="; // an empty client id and secret, which Swagger UI sends for the password grant

function randomKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function nameOf(headers, wanted) {
  return Object.keys(headers).find((name) => name.toLowerCase() === wanted);
}

function completed(request) {
  const headers = request.headers || (request.headers = {});
  const path = new URL(request.url, location.href).pathname;
  if (path === TOKEN_PATH) {
    if (headers.Authorization === NO_CLIENT) delete headers.Authorization;
  } else if (request.method === "POST" && !nameOf(headers, "idempotency-key")) {
    headers["Idempotency-Key"] = randomKey();
  }
  return request;
}

// The address of a licence lies outside, and this page names none.
const nothingFromOutside = () => ({ wrapComponents: { License: () => () => null } });

// Swagger UI has its own dark colours, for pages that say so.
const dark = matchMedia("(prefers-color-scheme: dark)");
const coloured = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", coloured);
coloured();

const ui = SwaggerUIBundle({
  spec: { openapi: "3.1.0", info: { title: "", version: "" }, paths: {} },
  dom_id: "#reference",
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [nothingFromOutside],
  layout: "BaseLayout",
  docExpansion: "full",
  syntaxHighlight: false,
  defaultModelsExpandDepth: -1,
  displayRequestDuration: true,
  validatorUrl: null,
  persistAuthorization: false,
  requestInterceptor: completed,
});

const panel = document.getElementById("panel");

// Swagger UI draws fields without names, and boxes that scroll by the mouse alone.
const NAMES = { servers: "Server", "body-param__text": "Body", "close-modal": "Close" };
function nameFor(field) {
  return field.closest("[data-param-name]")?.dataset.paramName ?? NAMES[field.id] ?? NAMES[field.className] ?? "Media type";
}
function completeDrawn() {
  for (const box of panel.querySelectorAll("pre:not([tabindex])")) box.tabIndex = 0;
  for (const field of panel.querySelectorAll(":is(select, textarea, .close-modal):not([aria-label])")) {
    field.setAttribute("aria-label", nameFor(field));
  }
}
new MutationObserver(completeDrawn).observe(panel, { childList: true, subtree: true });

// One operation at a time: its own document is small, so that it opens at once.
async function open(link) {
  const id = link.dataset.operation;
  link.closest("li").append(panel);
  panel.hidden = false;
  if (panel.dataset.operation === id) return;
  panel.dataset.operation = id;
  const response = await fetch(`/docs/operations/${id}.json`);
  if (panel.dataset.operation === id) ui.specActions.updateSpec(await response.text());
}

function linkOf(id) {
  return document.querySelector(`#contents a[data-operation="${CSS.escape(id)}"]`);
}

document.querySelector("main").addEventListener("click", (event) => {
  const link = event.target.closest("a[data-operation]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (!panel.hidden && link.closest("li").contains(panel)) {
    panel.hidden = true;
    return;
  }
  if (new URL(link.href).pathname === location.pathname) history.replaceState(null, "", link.href);
  open(link);
});

function openNamed() {
  const link = location.hash.length > 1 && linkOf(location.hash.slice(1));
  if (!link) return;
  open(link);
  link.scrollIntoView();
}
addEventListener("hashchange", openNamed);
openNamed();

// The server searches. A later response never replaces that of what was typed last.
const search = document.getElementById("search");
let latest = 0;
async function found() {
  const number = ++latest;
  const asked = search.value.trim();
  const response = await fetch(`/docs?q=${encodeURIComponent(asked)}`);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (number !== latest) return;
  const results = page.getElementById("found");
  const again = results.querySelector(`a[data-operation="${panel.dataset.operation}"]`);
  panel.hidden ||= !again;
  (again?.closest("li") ?? document.querySelector("main")).append(panel);
  document.getElementById("found").replaceChildren(...results.children);
  document.getElementById("count").textContent = page.getElementById("count").textContent;
  document.getElementById("contents").hidden = asked !== "";
}
search.addEventListener("input", found);
