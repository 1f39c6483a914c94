// Sends the request that a form describes, and shows what comes back.
const form = document.querySelector(".try");
const outcome = form.querySelector(".outcome");
const SHOWN = ["content-type", "etag", "cache-control", "content-release", "link", "retry-after"];
const LONGEST = 100_000;
const MOST_BYTES = 2_000_000;

function address() {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  for (const control of form.querySelectorAll("[data-place]")) {
    const value = control.value.trim();
    if (control.dataset.place === "path") path = path.replace(`{${control.name}}`, encodeURIComponent(value));
    else if (value) query.append(control.name, value);
  }
  const text = query.toString().replaceAll("%2C", ",");
  return document.body.dataset.root + path + (text ? `?${text}` : "");
}

function element(name, text, parts = {}) {
  const made = Object.assign(document.createElement(name), parts);
  if (text) made.textContent = text;
  return made;
}

function pretty(text, type) {
  const isJson = /^application\/([\w.-]+\+)?json/.test(type);
  const shown = isJson ? JSON.stringify(JSON.parse(text), null, 2) : text;
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST)}\n… shortened here: ${shown.length} characters in all` : shown;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const target = address();
  const began = performance.now();
  try {
    const response = await fetch(target);
    const length = Number(response.headers.get("content-length"));
    const isLong = length > MOST_BYTES;
    const text = isLong ? "" : await response.text();
    if (isLong) await response.body.cancel();
    const type = response.headers.get("content-type") ?? "";
    const told = `${response.status} ${response.statusText} in ${Math.round(performance.now() - began)} ms, ${isLong ? `${length.toLocaleString("en")} bytes` : `${text.length.toLocaleString("en")} characters`}`;
    const sent = element("p", "GET ", { className: "sent" });
    sent.append(element("a", target, { href: target }));
    const headers = SHOWN.filter((name) => response.headers.has(name)).map((name) => `${name}: ${response.headers.get(name)}`);
    const block = (content) => {
      const code = element("div", "", { className: "code tall" });
      const pre = element("pre", "", { tabIndex: 0 });
      pre.append(element("code", content));
      code.append(pre);
      return code;
    };
    const parts = [element("p", told, { className: response.ok ? "told" : "told bad" }), sent, block(headers.join("\n"))];
    if (type.startsWith("image/svg+xml")) parts.push(element("img", "", { src: target, alt: "The picture that was asked for", className: "picture" }));
    else if (isLong) parts.push(element("p", "Too long to be shown here; the address above opens it."));
    else parts.push(block(pretty(text, type)));
    outcome.replaceChildren(...parts);
  } catch (error) {
    outcome.replaceChildren(element("p", `The request could not be sent: ${error.message}`, { className: "told bad" }));
  }
});
