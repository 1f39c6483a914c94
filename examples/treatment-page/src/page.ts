/** The page of a treatment, put together. */

import { listFacts, listSections, type Loaded, type Section } from "./api.js";
import { Citations } from "./citations.js";
import { element, link, type Child } from "./element.js";
import { mendLinks, renderBadge, renderFact, renderWarningNames, type PlainWords } from "./facts.js";
import { renderFigures } from "./figures.js";
import { nameAttribute, writeDay } from "./words.js";

export function renderPage(loaded: Loaded): HTMLElement {
  const { treatment } = loaded;
  const citations = new Citations(loaded.sources);
  const words: PlainWords = new Map([...loaded.elsewhere, ...listFacts(treatment).map((fact): [string, string] => [fact.id, fact.plain])]);
  const parts = listSections(treatment).flatMap((section) => {
    const rendered = renderSection(section, citations, words);
    return section.name === "efficacy" ? [rendered, renderFigures(loaded)] : [rendered];
  });
  const page = element(
    "div",
    { class: "layout" },
    renderContents(loaded),
    element("main", { id: "content", tabindex: "-1" }, renderHead(loaded), renderProfile(loaded), ...parts, renderCompare(loaded), renderSources(citations)),
    renderFoot(loaded),
  );
  mendLinks(page);
  return page;
}

function renderHead({ treatment, meta }: Loaded): HTMLElement {
  return element(
    "header",
    { class: "head" },
    element("p", { class: "eyebrow" }, "Treatment information"),
    element("h1", {}, treatment.name),
    element("p", { class: "lead" }, treatment.plain_summary),
    element("p", { class: "facts-of-head" }, renderBadge(treatment.main_effect.certainty), " for ", link(`#fact-${treatment.main_effect.fact}`, "its main effect"), ` · reviewed ${writeDay(treatment.reviewed)} · next review by ${writeDay(treatment.next_review)}`),
    element("p", { class: "disclaimer", role: "note" }, meta.disclaimer),
    renderWordingSwitch(),
  );
}

/** Opens and closes the professional wording of every statement. */
function renderWordingSwitch(): HTMLElement {
  const button = element("button", { type: "button", "aria-pressed": "false", class: "wording" }, "Show all professional wording");
  button.addEventListener("click", () => {
    const isOn = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(isOn));
    for (const details of document.querySelectorAll<HTMLDetailsElement>("details.professional")) details.open = isOn;
  });
  return button;
}

/** The treatment in short. What is not known is said. */
function renderProfile({ treatment }: Loaded): HTMLElement | null {
  if (treatment.profile.length === 0) return null;
  const names = [...new Set(treatment.profile.map((cell) => cell.attribute))];
  const rests = new Set(treatment.profile.flatMap((cell) => cell.facts));
  const behind = listFacts(treatment).filter((fact) => rests.has(fact.id));
  const rows = names.map((name) => {
    const cells = treatment.profile.filter((cell) => cell.attribute === name);
    const values = cells.map(({ jurisdiction, value, reason, facts }) => {
      const place = jurisdiction === null ? null : element("span", { class: "place" }, jurisdiction);
      const [first] = facts;
      const why = first === undefined ? null : link(`#fact-${first}`, "why");
      why?.setAttribute("aria-label", `Why: ${nameAttribute(name)}${jurisdiction === null ? "" : ` in ${jurisdiction}`}`);
      return element("dd", {}, place, value ?? element("span", { class: "unknown" }, `Not known: ${reason ?? ""}`), why === null ? null : " ", why);
    });
    return element("div", cells.length > 2 ? { class: "wide" } : {}, element("dt", {}, nameAttribute(name)), ...values);
  });
  return element("section", { id: "short", "aria-labelledby": "short-title", class: "short" }, element("h2", { id: "short-title" }, "In short"), element("dl", {}, ...rows), renderWarningNames(behind));
}

function renderSection(section: Section, citations: Citations, words: PlainWords): HTMLElement {
  const told = new Set<string>();
  const title = `${section.name}-title`;
  const facts = section.facts.map((fact) => renderFact(fact, citations, words, told));
  return element("section", { id: section.name, "aria-labelledby": title }, element("h2", { id: title }, section.title), ...facts);
}

function renderContents({ treatment, others }: Loaded): HTMLElement {
  const sections = listSections(treatment).map((section) => element("li", {}, link(`#${section.name}`, section.title)));
  const entry = (id: string, title: string): HTMLElement => element("li", {}, link(`#${id}`, title));
  const choice = element("select", { id: "treatment" }, ...others.map(({ id, name }) => element("option", id === treatment.id ? { value: id, selected: "" } : { value: id }, name)));
  choice.addEventListener("change", () => location.assign(`?treatment=${encodeURIComponent(choice.value)}`));
  return element(
    "nav",
    { "aria-label": "On this page" },
    element("div", { class: "choose" }, element("label", { for: "treatment" }, "Treatment"), choice),
    element("ul", { class: "contents" }, entry("short", "In short"), ...sections, entry("compare", "Beside other treatments"), entry("sources", "Sources")),
  );
}

/** Comparisons: with what it was compared in studies first. */
function renderCompare({ treatment, others }: Loaded): HTMLElement {
  const studied = new Set(treatment.relations.filter(({ kind }) => kind === "compared-with").map((relation) => relation.treatment.id));
  const rest = others.filter(({ id }) => id !== treatment.id).sort((one, other) => Number(studied.has(other.id)) - Number(studied.has(one.id)));
  const entries = rest.map(({ id, name }): Child => {
    const address = `/v1/compare?treatments=${treatment.id},${id}&format=svg`;
    return element("li", {}, link(address, `${treatment.name} beside ${name}`), studied.has(id) ? element("span", { class: "chip" }, "compared in a trial") : null);
  });
  return element("section", { id: "compare", "aria-labelledby": "compare-title" }, element("h2", { id: "compare-title" }, "Beside other treatments"), element("ul", { class: "compare" }, ...entries));
}

function renderSources(citations: Citations): HTMLElement {
  return element("section", { id: "sources", "aria-labelledby": "sources-title" }, element("h2", { id: "sources-title" }, `Sources (${citations.count})`), citations.renderList());
}

function renderFoot({ treatment, meta }: Loaded): HTMLElement {
  return element(
    "footer",
    {},
    element("p", {}, meta.disclaimer),
    element("p", {}, `Content release ${meta.release}, ${meta.license}. `, link(`/v1/treatments/${treatment.id}`, "The same as data"), " · ", link(`/v1/treatments/${treatment.id}?format=md`, "as text")),
    element("p", { id: "traffic", role: "status" }),
  );
}
