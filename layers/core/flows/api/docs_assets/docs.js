"use strict";
(async () => {
  const base = location.pathname.replace(/\/docs\/?$/, "");
  const el = (tag, properties = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name in made) made[name] = value; else made.setAttribute(name, value);
    }
    made.append(...children.filter((child) => child !== null));
    return made;
  };
  // Descriptions are Markdown; of it they use paragraphs and `code`.
  const prose = (text) => (text || "").split(/\n\n+/).map((paragraph) =>
    el("p", {}, ...paragraph.split("`").map((part, index) => (index % 2 ? el("code", {}, part) : part))));
  const pre = (text) => el("pre", { tabIndex: 0 }, text);
  const byId = (id) => document.getElementById(id);
  const keyField = byId("key");
  keyField.value = sessionStorage.getItem("key") || "";
  keyField.addEventListener("input", () => sessionStorage.setItem("key", keyField.value.trim()));
  byId("key-form").addEventListener("submit", (event) => event.preventDefault());

  let api;
  try {
    const answer = await fetch(`${base}/openapi.json`);
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    api = await answer.json();
  } catch (error) {
    byId("loading").textContent = `The document could not be loaded (${error.message}).`;
    return;
  }
  byId("loading").remove();
  byId("title").textContent = `${api.info.title} ${api.info.version}`;
  document.title = api.info.title;
  byId("about").replaceWith(...prose(api.info.description));

  const resolve = (node) => {
    let found = node;
    while (found && found.$ref) found = found.$ref.slice(2).split("/").reduce((at, part) => at[part], api);
    return found || {};
  };

  // An example value of a schema, so that a body to send stands there at once.
  const sample = (schema, depth = 0) => {
    const it = resolve(schema);
    if (it.example !== undefined) return it.example;
    if (it.const !== undefined) return it.const;
    if (it.default !== undefined) return it.default;
    if (it.enum) return it.enum[0];
    const choice = (it.anyOf || it.oneOf || []).find((one) => one.type !== "null");
    if (choice) return sample(choice, depth);
    if (depth > 5) return null;
    if (it.type === "object" || it.properties) {
      const required = it.required || [];
      const names = Object.keys(it.properties || {}).filter((name) => required.includes(name));
      return Object.fromEntries(names.map((name) => [name, sample(it.properties[name], depth + 1)]));
    }
    if (it.type === "array") return [];
    return { string: "text", integer: 1, number: 1, boolean: true }[it.type] ?? null;
  };

  const field = (parameter, id) => {
    const schema = resolve(parameter.schema);
    const input = schema.enum
      ? el("select", {}, el("option", { value: "" }, ""), ...schema.enum.map((value) => el("option", { value: String(value) }, String(value))))
      : el("input", { type: "text", spellcheck: false });
    input.id = id;
    const label = el("label", { htmlFor: id }, el("code", {}, parameter.name), parameter.required ? " *" : "");
    return { parameter, input, row: el("div", { className: "row" }, label, el("div", {}, input, el("div", { className: "hint" }, parameter.description || ""))) };
  };

  const shell = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

  const operation = (path, method, it, id) => {
    const fields = (it.parameters || []).map(resolve).map((parameter, index) => field(parameter, `${id}-${index}`));
    const content = it.requestBody && resolve(it.requestBody).content["application/json"];
    const body = content ? el("textarea", { id: `${id}-body`, rows: 8, spellcheck: false }) : null;
    if (body) body.value = JSON.stringify(content.example ?? sample(content.schema), null, 2);
    const output = el("div", { role: "status", "aria-live": "polite" });
    const scopes = (it.security || []).flatMap((one) => Object.values(one)).flat();

    const request = () => {
      let target = path;
      const query = new URLSearchParams();
      const headers = {};
      for (const { parameter, input } of fields) {
        if (parameter.in === "path") target = target.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
        else if (input.value !== "" && parameter.in === "query") query.append(parameter.name, input.value);
        else if (input.value !== "" && parameter.in === "header") headers[parameter.name] = input.value;
      }
      if (it.security && it.security.length && keyField.value.trim()) headers.Authorization = `Bearer ${keyField.value.trim()}`;
      if (body) headers["Content-Type"] = "application/json";
      const search = query.toString();
      return { url: base + target + (search ? `?${search}` : ""), options: { method: method.toUpperCase(), headers, ...(body ? { body: body.value } : {}) } };
    };

    const curl = ({ url, options }) => {
      const parts = [`curl -X ${options.method} ${shell(location.origin + url)}`];
      for (const [name, value] of Object.entries(options.headers)) parts.push(`-H ${shell(`${name}: ${name === "Authorization" ? "Bearer YOUR_API_KEY" : value}`)}`);
      if (options.body) parts.push(`-d ${shell(options.body)}`);
      return parts.join(" \\\n  ");
    };

    const send = async () => {
      const made = request();
      output.replaceChildren(el("p", {}, "…"));
      const begun = performance.now();
      try {
        const answer = await fetch(made.url, made.options);
        const text = await answer.text();
        let shown = text;
        try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* an answer that is no JSON is shown as it is */ }
        const told = ["x-request-id", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "retry-after"]
          .filter((name) => answer.headers.has(name)).map((name) => `${name}: ${answer.headers.get(name)}`).join("\n");
        output.replaceChildren(
          el("h3", { className: answer.ok ? "good" : "bad" }, `${answer.status} in ${Math.round(performance.now() - begun)} ms`),
          pre(told), pre(shown.slice(0, 200000)), el("h3", {}, "The same with curl"), pre(curl(made)));
      } catch (error) {
        output.replaceChildren(el("p", { className: "bad" }, `The request could not be sent: ${error.message}`));
      }
    };

    const form = el("form", {}, ...fields.map((one) => one.row),
      body ? el("label", { htmlFor: body.id }, "Body") : null, body,
      el("p", {}, el("button", { type: "submit" }, "Send"), scopes.length ? el("span", { className: "hint" }, `  needs ${scopes.join(", ")}`) : null));
    form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
    const answers = Object.entries(it.responses || {}).map(([status, response]) => {
      const about = resolve(response);
      const schema = about.content && about.content["application/json"];
      return el("details", {}, el("summary", {}, `${status} — ${about.description || ""}`),
        el("div", { className: "inner" }, pre(schema ? JSON.stringify(schema.example ?? sample(schema.schema), null, 2) : "(not JSON)")));
    });
    return el("details", { id },
      el("summary", { className: it.deprecated ? "gone" : "" }, el("span", { className: "method" }, method.toUpperCase()), el("code", {}, path), ` — ${it.summary}`),
      el("div", { className: "inner" }, ...prose(it.description), it.deprecated ? el("p", { className: "bad" }, `Deprecated; gone from ${it["x-sunset"]} on.`) : null,
        form, output, el("h3", {}, "Answers"), ...answers));
  };

  const groups = new Map();
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, it] of Object.entries(methods)) {
      const tag = (it.tags || ["Other"])[0];
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push({ path, method, it, id: it.operationId });
    }
  }
  const links = [];
  for (const [tag, operations] of groups) {
    const list = el("ul");
    byId("index").append(el("strong", {}, tag), list);
    byId("operations").append(el("h2", {}, tag));
    for (const one of operations) {
      const shown = operation(one.path, one.method, one.it, one.id);
      byId("operations").append(shown);
      const link = el("a", { href: `#${one.id}` }, one.it.summary);
      link.addEventListener("click", () => { shown.open = true; });
      const entry = el("li", {}, link);
      list.append(entry);
      links.push({ entry, shown, text: `${one.it.summary} ${one.method} ${one.path}`.toLowerCase() });
    }
  }
  byId("search").addEventListener("input", (event) => {
    const wanted = event.target.value.toLowerCase();
    for (const { entry, shown, text } of links) entry.hidden = shown.hidden = !text.includes(wanted);
  });
  const linked = location.hash && byId(location.hash.slice(1));
  if (linked) { linked.open = true; linked.scrollIntoView(); }
})();
