// Draws the reference from /openapi.json. Text goes in as text, never as markup.
"use strict";

const METHODS = ["get", "post", "patch", "put", "delete"];
let whole;

function el(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value !== undefined) node.setAttribute(key, value);
  }
  for (const child of children.flat()) if (child !== null && child !== undefined) node.append(child);
  return node;
}

function prose(text) {
  const parts = String(text || "").split("`");
  return parts.map((part, index) => (index % 2 ? el("code", {}, part) : part));
}

function resolve(thing) {
  let found = thing;
  for (let hops = 0; found && found.$ref && hops < 20; hops += 1) {
    found = found.$ref.slice(2).split("/").reduce(
      (here, key) => here && here[key.replace(/~1/g, "/").replace(/~0/g, "~")], whole);
  }
  return found || {};
}

function nameOf(schema) {
  return schema && schema.$ref ? schema.$ref.split("/").pop() : "";
}

function typeOf(schema) {
  const name = nameOf(schema);
  if (name) return name;
  if (!schema) return "";
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const branches = schema.anyOf || schema.oneOf;
  if (branches) return branches.map(typeOf).join(" | ");
  if (schema.allOf) return schema.allOf.map(typeOf).filter(Boolean).join(" & ");
  if (schema.type === "array") return `list of ${typeOf(schema.items) || "anything"}`;
  const type = [].concat(schema.type || "anything").join(" | ");
  return schema.format ? `${type} (${schema.format})` : type;
}

const BOUNDS = {
  minLength: "at least # characters", maxLength: "at most # characters", minimum: "at least #", maximum: "at most #",
  exclusiveMinimum: "more than #", exclusiveMaximum: "less than #", minItems: "at least # entries",
  maxItems: "at most # entries", pattern: "matches #", default: "# where absent",
};

function bounds(schema) {
  const said = Object.entries(BOUNDS)
    .filter(([key]) => schema[key] !== undefined && schema[key] !== null)
    .map(([key, sentence]) => sentence.replace("#", () => (typeof schema[key] === "string" ? schema[key] : JSON.stringify(schema[key]))));
  return said.length ? el("span", { class: "note" }, ` ${said.join(", ")}`) : null;
}

// The schemas whose members are worth unfolding: the thing itself, its branches, the entries of a list.
function inner(schema) {
  const found = resolve(schema);
  if (found.properties) return [found];
  const parts = [...(found.anyOf || []), ...(found.oneOf || []), ...(found.allOf || [])];
  if (found.items) parts.push(found.items);
  if (typeof found.additionalProperties === "object") parts.push(found.additionalProperties);
  return parts.flatMap(inner);
}

function members(schema) {
  return inner(schema).map((part) => el("ul", { class: "schema" },
    Object.entries(part.properties).map(([name, property]) => {
      const required = (part.required || []).includes(name);
      const described = resolve(property);
      const line = el("li", {}, el("code", {}, name), ` ${typeOf(property)}`,
        required ? el("strong", {}, " required") : null, bounds(described));
      if (described.description) line.append(el("div", { class: "note" }, prose(described.description)));
      if (inner(property).length) line.append(unfolding("Fields", () => members(property)));
      return line;
    })));
}

// Made when first opened, so that schemas that contain themselves end.
function unfolding(title, make) {
  const details = el("details", {}, el("summary", {}, title));
  details.addEventListener("toggle", () => {
    if (details.open && details.childElementCount === 1) details.append(...make());
  });
  return details;
}

function body(content) {
  return Object.entries(content || {}).flatMap(([media, { schema, example, examples }]) => {
    const shown = example ?? Object.values(examples || {})[0]?.value ?? (resolve(schema).examples || [])[0];
    return [
      el("p", {}, el("code", {}, media), ` ${typeOf(schema)}`),
      inner(schema).length ? unfolding("Fields", () => members(schema)) : null,
      shown === undefined ? null : unfolding("Example", () => [el("pre", {}, el("code", {}, JSON.stringify(shown, null, 2)))]),
    ];
  });
}

function parameterTable(parameters) {
  const rows = parameters.map(resolve).map((parameter) => el("tr", {},
    el("td", {}, el("code", {}, parameter.name)),
    el("td", {}, parameter.in, parameter.required ? ", required" : ""),
    el("td", {}, typeOf(parameter.schema), bounds(resolve(parameter.schema)), el("div", {}, prose(parameter.description)))));
  const head = ["Name", "Where", "Value"].map((title) => el("th", { scope: "col" }, title));
  return el("table", {}, el("thead", {}, el("tr", {}, head)), el("tbody", {}, rows));
}

function answerRow(status, answer) {
  const found = resolve(answer);
  const content = found.content || {};
  const problem = content["application/problem+json"];
  const cell = el("td", {});
  if (problem) {
    for (const code of problem.schema.allOf[1].properties.code.enum) {
      cell.append(el("a", { href: `/problems/${code}` }, el("code", {}, code)), " ");
    }
  } else {
    cell.append(el("div", {}, prose(found.description)), ...body(content).filter(Boolean));
    const headers = Object.keys(found.headers || {});
    if (headers.length) cell.append(el("p", { class: "note" }, `Headers: ${headers.join(", ")}`));
  }
  return el("tr", {}, el("th", { scope: "row" }, status), cell);
}

function access(security) {
  if (!security || !security.length) return "Open to everybody.";
  return security.some((way) => !Object.keys(way).length) ? "With or without a token." : "Needs a token.";
}

function draw(path, method, operation) {
  const id = operation.operationId;
  const answers = Object.entries(operation.responses || {}).map(([status, answer]) => answerRow(status, answer));
  const node = el("article", { id, "aria-labelledby": `${id}-title` },
    el("h3", { id: `${id}-title` }, operation.summary || id),
    el("p", { class: "operation-path" }, el("span", { class: "method" }, method.toUpperCase()), path),
    operation.description ? el("p", {}, prose(operation.description)) : null,
    el("p", { class: "note" }, access(operation.security), ` Operation ${id}.`));
  if (operation.deprecated) node.append(el("p", {}, el("strong", {}, "Deprecated.")));
  if (operation.parameters) node.append(el("h4", {}, "Parameters"), parameterTable(operation.parameters));
  if (operation.requestBody) {
    node.append(el("h4", {}, "Body"), ...body(resolve(operation.requestBody).content).filter(Boolean));
  }
  node.append(el("h4", {}, "Answers"), el("table", {}, el("tbody", {}, answers)));
  return node;
}

function groups() {
  const found = new Map();
  for (const [path, item] of Object.entries(whole.paths)) {
    for (const method of METHODS.filter((name) => item[name])) {
      const operation = item[method];
      const tag = (operation.tags || ["other"])[0];
      if (!found.has(tag)) found.set(tag, []);
      const headers = (operation.parameters || []).map((parameter) => resolve(parameter).name).join(" ");
      const text = `${method} ${path} ${operation.operationId} ${operation.summary || ""} ${tag} ${headers}`;
      found.get(tag).push({ path, method, operation, text: text.toLowerCase() });
    }
  }
  return [...found].sort(([first], [second]) => first.localeCompare(second));
}

function show() {
  const contents = document.getElementById("contents");
  const operations = document.getElementById("operations");
  const entries = [];
  const sections = [];
  operations.replaceChildren();
  for (const [tag, list] of groups()) {
    const links = el("ul", {});
    const section = el("section", { "aria-labelledby": `tag-${tag}` }, el("h2", { id: `tag-${tag}` }, tag.replace(/_/g, " ")));
    const part = el("div", {}, el("strong", {}, tag.replace(/_/g, " ")), links);
    for (const entry of list) {
      const article = draw(entry.path, entry.method, entry.operation);
      const link = el("li", {}, el("a", { href: `#${entry.operation.operationId}` }, entry.operation.summary || entry.operation.operationId));
      links.append(link);
      section.append(article);
      entries.push({ text: entry.text, nodes: [article, link] });
    }
    contents.append(part);
    operations.append(section);
    sections.push([section, part]);
  }
  const search = document.getElementById("search");
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { text, nodes } of entries) {
      const fits = words.every((word) => text.includes(word));
      shown += fits ? 1 : 0;
      for (const node of nodes) node.hidden = !fits;
    }
    for (const [section, part] of sections) {
      section.hidden = part.hidden = !section.querySelector("article:not([hidden])");
    }
    document.getElementById("count").textContent = `${shown} of ${entries.length} operations`;
  };
  search.addEventListener("input", filter);
  filter();
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

fetch("/openapi.json")
  .then((answer) => { if (!answer.ok) throw new Error(`status ${answer.status}`); return answer.json(); })
  .then((found) => { whole = found; show(); })
  .catch((failure) => { document.getElementById("count").textContent = `The description could not be read: ${failure.message}`; });
