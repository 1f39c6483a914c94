/** One statement: everyday words first, the professional wording on demand, its certainty, its sources, its warnings. */

import type { Fact } from "./api.js";
import type { Citations } from "./citations.js";
import { element, link } from "./element.js";
import { countDots, explainCertainty, spell, writeDay } from "./words.js";

/** The statements of the page by id, in everyday words, with those of other records. */
export type PlainWords = ReadonlyMap<string, string>;

export function renderFact(fact: Fact, citations: Citations, words: PlainWords, told: Set<string>): HTMLElement {
  const plain = element("p", { class: "plain" }, fact.known ? null : element("span", { class: "unknown" }, "Not known"), fact.plain, citations.renderMarks(fact));
  return element(
    "article",
    { id: `fact-${fact.id}`, class: "fact" },
    plain,
    element("div", { class: "below" }, renderBadge(fact.certainty), renderProfessional(fact)),
    renderWarnings(fact, words, told),
  );
}

/** A badge with one to four dots; nothing for statements that are not graded. */
export function renderBadge(certainty: string): HTMLElement | null {
  const explained = explainCertainty(certainty);
  if (explained === null) return null;
  const dots = countDots(certainty);
  const [name, meaning] = explained;
  return element(
    "span",
    { class: `badge ${certainty}`, title: meaning },
    element("span", { "aria-hidden": "true", class: "dots" }, "●".repeat(dots), element("span", { class: "empty" }, "○".repeat(4 - dots))),
    name,
  );
}

function renderProfessional(fact: Fact): HTMLElement {
  const reason = fact.certainty_reason === null ? null : element("p", { class: "reason" }, `Why this certainty: ${fact.certainty_reason}`);
  const unknown = fact.reason === null ? null : element("p", { class: "reason" }, `Why it is not known: ${fact.reason}`);
  const citing = element("p", { class: "citing" }, `Reviewed ${writeDay(fact.reviewed)} · `, link(`/v1/facts/${fact.id}?format=md`, "cite this statement"));
  return element("details", { class: "professional" }, element("summary", {}, "For professionals"), element("p", {}, fact.text), reason, unknown, citing);
}

/** The warnings that belong to a statement: in full where a section first names them, after that by name. */
function renderWarnings(fact: Fact, words: PlainWords, told: Set<string>): HTMLElement | null {
  if (fact.see_also.length === 0) return null;
  const [fresh, known] = [fact.see_also.filter((id) => !told.has(id) && words.has(id)), fact.see_also.filter((id) => told.has(id) || !words.has(id))];
  for (const id of fresh) told.add(id);
  const full = fresh.map((id) => element("li", {}, `${words.get(id)} `, more(id)));
  const named = known.length === 0 ? null : element("li", { class: "named" }, "See also: ", ...known.flatMap((id, index) => [index === 0 ? "" : ", ", more(id, spell(id))]));
  return element("div", { class: "warnings", role: "note" }, element("p", { class: "label" }, "Read with this"), element("ul", {}, ...full, named));
}

/** A link to the statement, on this page where it is here, else in the API. */
function more(id: string, text = `More on ${spell(id)}`): HTMLAnchorElement {
  const made = link(`#fact-${id}`, text);
  made.dataset["fact"] = id;
  return made;
}

/** The warnings that belong to several statements together, by name. */
export function renderWarningNames(facts: readonly Fact[]): HTMLElement | null {
  const ids = [...new Set(facts.flatMap((fact) => fact.see_also))];
  if (ids.length === 0) return null;
  const names = ids.flatMap((id, index) => [index === 0 ? "" : ", ", more(id, spell(id))]);
  return element("div", { class: "warnings", role: "note" }, element("p", { class: "label" }, "Read with this"), element("p", { class: "named" }, ...names));
}

/** Links to statements that are not on this page lead to the API. */
export function mendLinks(page: HTMLElement): void {
  for (const made of page.querySelectorAll<HTMLAnchorElement>("a[data-fact]")) {
    const id = made.dataset["fact"] ?? "";
    if (page.querySelector(`[id="fact-${CSS.escape(id)}"]`) === null) made.href = `/v1/facts/${id}?format=md`;
  }
}
