// Shows the forms of passkeys, asks the browser for one, and sends what it made as a field of the form. Without this
// script the forms stay hidden, and codes do.
"use strict";

const asBytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

function asText(buffer) {
  const text = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function described(credentials) {
  return (credentials || []).map((one) => ({ ...one, id: asBytes(one.id) }));
}

function optionsOf(form) {
  const options = JSON.parse(form.dataset.options);
  options.challenge = asBytes(options.challenge);
  if (options.user) options.user.id = asBytes(options.user.id);
  if (options.excludeCredentials) options.excludeCredentials = described(options.excludeCredentials);
  if (options.allowCredentials) options.allowCredentials = described(options.allowCredentials);
  return options;
}

function asJson(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = asText(credential.response[name]);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: asText(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  });
}

async function ask(form) {
  const publicKey = optionsOf(form);
  const given = form.dataset.passkey === "create"
    ? await navigator.credentials.create({ publicKey })
    : await navigator.credentials.get({ publicKey });
  form.elements.credential.value = asJson(given);
  form.submit();
}

function submitted(event) {
  event.preventDefault();
  const form = event.target;
  const refused = form.querySelector("[data-refused]");
  refused.hidden = true;
  ask(form).catch(() => {
    refused.hidden = false;
  });
}

for (const form of window.PublicKeyCredential ? document.querySelectorAll("form[data-passkey]") : []) {
  form.hidden = false;
  form.addEventListener("submit", submitted);
}
