// Answers a question on the page itself. Without this script the form opens the answer as JSON.
const form = document.querySelector(".ask");
const reply = document.querySelector(".reply");
const root = form.dataset.root;

function element(name, text, parts = {}, ...inside) {
  const made = Object.assign(document.createElement(name), parts);
  if (text) made.textContent = text;
  made.append(...inside);
  return made;
}

function describe(contact) {
  const line = element("li", `${contact.name} (${contact.region}): `);
  if (contact.phone) line.append(element("a", contact.phone, { href: `tel:${contact.phone.replaceAll(" ", "")}` }), " ");
  if (contact.text) line.append(`text ${contact.text} `);
  if (contact.url) line.append(element("a", new URL(contact.url).hostname, { href: contact.url }));
  return line;
}

function show(notice) {
  const box = element("div", "", { className: "notice" }, element("p", "", {}, element("strong", notice.title)), element("p", notice.text));
  if (notice.contacts.length) box.append(element("ul", "", {}, ...notice.contacts.map(describe)));
  return box;
}

function grade(fact) {
  const text = fact.certainty === "not-graded" ? "not about an effect, so not graded" : `${fact.certainty.replace("-", " ")} certainty`;
  return element("span", text, { className: "certainty" });
}

function quote(fact) {
  const backing = element("p", "", { className: "backing" }, grade(fact), " · ");
  fact.sources.forEach((source, place) => {
    if (place) backing.append(", ");
    backing.append(element("a", source.citation.split(", ")[0], { href: source.url ?? `${root}/v1/sources/${source.id}` }));
  });
  const id = element("a", "", { href: `${root}/v1/facts/${fact.id}` }, element("code", fact.id.replaceAll(".", ".\u200b")));
  backing.append(" · ", id);
  return [element("blockquote", "", {}, element("p", fact.quote)), backing];
}

async function warn(facts) {
  const ids = facts.flatMap((fact) => fact.see_also);
  if (!ids.length) return [];
  const response = await fetch(`${root}/v1/facts?ids=${ids.join(",")}&fields=id,plain`);
  if (!response.ok) return [element("p", "The warnings that belong to this could not be loaded.", { className: "none" })];
  const { data } = await response.json();
  return [
    element("p", "Belongs to it", { className: "belongs" }),
    element("ul", "", { className: "warnings" }, ...data.map((fact) => element("li", fact.plain))),
  ];
}

async function answer(address, question) {
  const response = await fetch(address);
  const body = await response.json();
  if (!response.ok) return [element("p", body.detail, { className: "none" })];
  const { notices, facts, suggestions } = body.data;
  const parts = [element("h2", question), ...notices.map(show), ...facts.flatMap(quote), ...(await warn(facts))];
  if (!facts.length) {
    parts.push(element("p", "No answer: the catalogue does not cover this.", { className: "none" }));
    if (!notices.length && suggestions.length) parts.push(element("p", `It does answer: ${suggestions.join(" ")}`, { className: "backing" }));
  }
  parts.push(element("p", "", { className: "from" }, element("a", "This answer as JSON", { href: address })));
  return parts;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const question = new FormData(form).get("q");
  const address = `${root}/v1/answers?${new URLSearchParams({ limit: "1", q: question })}`;
  try {
    reply.replaceChildren(...(await answer(address, question)));
  } catch {
    reply.replaceChildren(element("p", "The service could not be reached. If you need help now, call your local emergency number.", { className: "none" }));
  }
});
