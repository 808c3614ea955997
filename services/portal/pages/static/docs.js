// Draws the reference from /openapi.json with Swagger UI, and adds what requests of this API need.
"use strict";

const TOKEN_PATH = "/access/v1/oauth/token";
const MOST_OPENED = 5;
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

function matches(operation, tag, words) {
  const described = operation.get("operation");
  const parts = [operation.get("method"), operation.get("path"), described.get("operationId"), described.get("summary"), tag];
  const text = parts.join(" ").toLowerCase();
  return words.every((word) => text.includes(word));
}

function narrowed(taggedOperations, sought) {
  const words = sought.toLowerCase().split(/\s+/).filter(Boolean);
  return taggedOperations
    .map((tagged, tag) => tagged.set("operations", tagged.get("operations").filter((each) => matches(each, tag, words))))
    .filter((tagged) => tagged.get("operations").size);
}

function told(taggedOperations) {
  const size = taggedOperations.reduce((sum, tagged) => sum + tagged.get("operations").size, 0);
  document.getElementById("count").textContent = `${size} operation${size === 1 ? "" : "s"}`;
}

// Swagger UI has its own dark colours, for pages that say so.
const dark = matchMedia("(prefers-color-scheme: dark)");
const coloured = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", coloured);
coloured();

const ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#reference",
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [nothingFromOutside, () => ({ fn: { opsFilter: narrowed } })],
  layout: "BaseLayout",
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: -1,
  displayRequestDuration: true,
  filter: false,
  operationsSorter: "alpha",
  tagsSorter: "alpha",
  validatorUrl: null,
  persistAuthorization: false,
  requestInterceptor: completed,
  onComplete: () => told(ui.specSelectors.taggedOperations()),
});

// Groups are opened where few of them hold what is searched for: drawing them takes a while.
document.getElementById("search").addEventListener("input", (event) => {
  ui.layoutActions.updateFilter(event.target.value.trim() || true);
  const found = ui.specSelectors.taggedOperations();
  told(found);
  if (found.size <= MOST_OPENED) {
    for (const tag of found.keySeq()) ui.layoutActions.show(["operations-tag", tag], true);
  }
});
