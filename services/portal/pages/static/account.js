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
  const codes = problem.errors ? problem.errors.map((error) => error.code) : [problem.code];
  return (await Promise.all([...new Set(codes)].map(titleOf))).join("; ");
}

async function send(form) {
  const fields = Object.fromEntries(new FormData(form));
  const body = given ? { ...fields, token: given[2] } : fields;
  const headers = { "Content-Type": "application/json" };
  return fetch(form.dataset.post, { method: "POST", headers, body: JSON.stringify(body) });
}

async function submit(event) {
  event.preventDefault();
  const form = event.target;
  const [done, refused] = ["done", "refused"].map((name) => form.parentElement.querySelector(`[data-${name}]`));
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const response = await send(form);
    refused.textContent = response.ok ? "" : await refusal(response);
    done.hidden = !response.ok;
    form.hidden = response.ok;
    if (response.ok && given) history.replaceState(null, "", location.pathname);
  } catch {
    refused.textContent = await titleOf("unavailable").catch(() => "503");
  }
  refused.hidden = !refused.textContent;
  button.disabled = false;
}

for (const section of document.querySelectorAll("[data-purpose]")) section.hidden = section.dataset.purpose !== purpose;
for (const form of document.querySelectorAll("form[data-post]")) form.addEventListener("submit", submit);
for (const link of document.querySelectorAll("a[hreflang]")) link.hash = location.hash;
