/** Pictures that the API draws: what trials found, and how it adds up. */

import type { Loaded, Synthesis } from "./api.js";
import { element, link } from "./element.js";
import { renderBadge } from "./facts.js";

const NARROW = 360;

/** What readers ask first; other outcomes follow in the API's order. */
const FIRST_OUTCOMES = ["response", "remission", "symptom-change"];

/** Response over time, the forest plot of pooled results, and which questions have none. */
export function renderFigures({ treatment, syntheses }: Loaded): HTMLElement {
  const pooled = syntheses.filter((synthesis) => synthesis.result !== null).sort((one, other) => rank(one) - rank(other));
  const open = syntheses.filter((synthesis) => synthesis.result === null);
  return element(
    "section",
    { id: "figures", "aria-labelledby": "figures-title" },
    element("h2", { id: "figures-title" }, "The trials in pictures"),
    pooled.length === 0 ? null : renderForest(pooled),
    renderPicture(`/v1/treatments/${treatment.id}/efficacy?format=svg`, `Response over time in trials of ${treatment.name}`),
    open.length === 0 ? null : renderOpen(open),
  );
}

/** The forest plot of one pooled result, and a choice among them. */
function renderForest(pooled: readonly Synthesis[]): HTMLElement {
  const choice = element("select", { id: "synthesis" }, ...pooled.map(({ id, title }) => element("option", { value: id }, title)));
  const shown = element("div", { "aria-live": "polite" });
  const show = (): void => {
    const synthesis = pooled.find(({ id }) => id === choice.value) ?? pooled[0];
    if (synthesis !== undefined) shown.replaceChildren(renderPicture(`/v1/syntheses/${synthesis.id}?format=svg`, describe(synthesis), renderBadge(synthesis.certainty)));
  };
  choice.addEventListener("change", show);
  show();
  return element("div", { class: "forest" }, element("label", { for: "synthesis" }, "Pooled result"), choice, shown);
}

function rank({ outcome }: Synthesis): number {
  const place = FIRST_OUTCOMES.indexOf(outcome);
  return place === -1 ? FIRST_OUTCOMES.length : place;
}

/** The pooled effect in words. */
function describe({ title, effect, result }: Synthesis): string {
  if (result === null) return title;
  const names: Readonly<Record<string, string>> = { rr: "risk ratio", or: "odds ratio", rd: "risk difference", md: "mean difference", smd: "standardised mean difference", hr: "hazard ratio" };
  const [estimate, low, high] = [result.estimate, result.ci_low, result.ci_high].map((value) => value.toFixed(2).replace("-", "−"));
  const people = result.n === null ? "" : `, ${result.n.toLocaleString("en-GB")} people`;
  return `${title}: ${names[effect] ?? effect} ${estimate} (95 % interval ${low} to ${high}); ${result.k} ${result.k === 1 ? "result" : "results"}${people}.`;
}

/** A picture in two layouts, for phones and for wide screens, with its text. */
function renderPicture(address: string, text: string, badge: HTMLElement | null = null): HTMLElement {
  const picture = element("picture", {}, element("source", { media: "(max-width: 700px)", srcset: `${address}&width=${NARROW}` }), element("img", { src: address, alt: text, loading: "lazy" }));
  const figure = element("figure", {}, picture, element("figcaption", {}, text, " ", badge, badge === null ? null : " ", link(address, "Open the picture")));
  picture.querySelector("img")?.addEventListener("error", () => figure.remove());
  return figure;
}

/** Questions for which nothing is pooled: the API says why in each. */
function renderOpen(open: readonly Synthesis[]): HTMLElement {
  const entries = open.map(({ id, title }) => element("li", {}, link(`/v1/syntheses/${id}?format=md`, title)));
  return element("details", {}, element("summary", {}, `Questions without a pooled result, and why (${open.length})`), element("ul", {}, ...entries));
}
