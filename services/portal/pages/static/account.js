// Uses the token of a mail, which follows the page's address as a fragment. Nothing is sent before a button is pressed:
// programs that open the links of mails change nothing.
"use strict";

const language = document.documentElement.lang;
const given = /^#([a-z]+)=([\w-]+)$/.exec(location.hash);
const purpose = given ? given[1] : "";

async function titleOf(code) {
  const response = await fetch(`/problems/${encodeURIComponent(code)}`, { headers: { Accept: "application/json" } });
  return response.ok ? (await response.json()).titles[language] : code;
}

async function refusal(response) {
  const problem = await response.json();
  const codes = problem.errors ? problem.errors.map((error) => error.code) : [problem.code || problem.error];
  return (await Promise.all([...new Set(codes)].map(titleOf))).join("; ");
}

// On the sign-in page, and then as the client of these pages: a code with PKCE, which comes to the address of this page.
// Who has a second factor signs in at /access/sign-in before, in the same browser.
async function signIn({ email, password }) {
  const page = new DOMParser().parseFromString(await (await fetch("/access/sign-in")).text(), "text/html");
  const { value: token } = page.querySelector("input[name='token']");
  const body = new URLSearchParams({ username: email, password, token });
  const signedIn = await fetch("/access/sign-in", { method: "POST", body, headers: { Accept: "application/json" } });
  if (!signedIn.ok) return signedIn;
  const verifier = asBase64(crypto.getRandomValues(new Uint8Array(32)));
  const challenge = asBase64(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))));
  const client = { client_id: "escm-pages", redirect_uri: `${location.origin}/account` };
  const pkce = { code_challenge: challenge, code_challenge_method: "S256" };
  const asked = new URLSearchParams({ ...client, ...pkce, response_type: "code", prompt: "none" });
  const arrived = new URL((await fetch(`/access/v1/oauth/authorize?${asked}`)).url);
  const shown = { ...client, grant_type: "authorization_code", code_verifier: verifier };
  const code = arrived.searchParams.get("code") || "";
  if (!code && new URL(signedIn.url).pathname === "/access/factor") {
    return new Response(JSON.stringify({ code: "insufficient_user_authentication" }), { status: 401 });
  }
  return fetch("/access/v1/oauth/token", { method: "POST", body: new URLSearchParams({ ...shown, code }) });
}

function asBase64(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

async function send(form, button) {
  const headers = { "Content-Type": "application/json" };
  let fields = Object.fromEntries([...new FormData(form, button)].filter(([, value]) => value));
  if ("signsIn" in form.dataset) {
    const response = await signIn(fields);
    if (!response.ok) return response;
    headers.Authorization = `Bearer ${(await response.json()).access_token}`;
    fields = {};
  }
  if ("inQuery" in form.dataset) {
    const body = new URLSearchParams({ "List-Unsubscribe": "One-Click" });
    return fetch(`${form.dataset.post}?token=${given[2]}`, { method: "POST", body });
  }
  const body = given ? { ...fields, token: given[2] } : fields;
  return fetch(form.dataset.post, { method: "POST", headers, body: JSON.stringify(body) });
}

async function preview(list) {
  const body = JSON.stringify({ token: given[2] });
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(list.dataset.preview, { method: "POST", headers, body });
  if (!response.ok) return;
  const shown = await response.json();
  for (const place of list.querySelectorAll("[data-field]")) place.textContent = asText(shown[place.dataset.field]);
}

function asText(value) {
  if (Array.isArray(value)) return value.join("; ");
  return value && typeof value === "object" ? value[language] || value.en || Object.values(value)[0] : value || "";
}

// Whoever was invited may sign in at an organisation instead, if the sign-in page shows one.
async function offerProviders(section) {
  const found = await (await fetch(`/access/sign-in?language=${language}`)).text();
  const page = new DOMParser().parseFromString(found, "text/html");
  const form = section.querySelector("form");
  form.hidden = !page.querySelector("input[name='password']");
  for (const link of page.querySelectorAll("a[href^='/access/v1/federation/']")) {
    const button = document.createElement("button");
    button.textContent = link.textContent;
    button.addEventListener("click", () => goTo(link.getAttribute("href"), section.querySelector("[data-refused]")));
    form.after(button);
  }
}

async function goTo(start, refused) {
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify({ token: given[2] });
  const response = await fetch(start.replace(/start.*/, "authorization"), { method: "POST", headers, body });
  if (response.ok) location.assign((await response.json()).address);
  else [refused.textContent, refused.hidden] = [await refusal(response), false];
}

async function submit(event) {
  event.preventDefault();
  const form = event.target;
  const [done, refused] = ["done", "refused"].map((name) => form.parentElement.querySelector(`[data-${name}]`));
  const buttons = form.querySelectorAll("button");
  const sent = send(form, event.submitter);
  for (const button of buttons) button.disabled = true;
  try {
    const response = await sent;
    refused.textContent = response.ok ? "" : await refusal(response);
    done.hidden = !response.ok;
    form.hidden = response.ok;
    if (response.ok && given) history.replaceState(null, "", location.pathname);
  } catch {
    refused.textContent = await titleOf("unavailable").catch(() => "503");
  }
  refused.hidden = !refused.textContent;
  for (const button of buttons) button.disabled = false;
}

for (const section of document.querySelectorAll("[data-purpose]")) section.hidden = section.dataset.purpose !== purpose;
for (const section of document.querySelectorAll("section[data-purpose='password']:not([hidden])")) offerProviders(section);
for (const list of document.querySelectorAll("section:not([hidden]) [data-preview]")) preview(list);
for (const form of document.querySelectorAll("form[data-post]")) form.addEventListener("submit", submit);
for (const link of document.querySelectorAll("a[hreflang]")) link.hash = location.hash;
addEventListener("hashchange", () => location.reload());
