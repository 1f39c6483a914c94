/** Loads the treatment that the address names, and shows it. */

import { listTraffic, load } from "./api.js";
import { element } from "./element.js";
import { renderPage } from "./page.js";

const DEFAULT_TREATMENT = "ketamine";

async function start(): Promise<void> {
  const page = document.querySelector<HTMLElement>("#page");
  if (page === null) return;
  const id = new URLSearchParams(location.search).get("treatment") ?? DEFAULT_TREATMENT;
  try {
    const loaded = await load(id);
    document.title = `${loaded.treatment.name} – treatment information`;
    page.replaceChildren(renderPage(loaded));
    reportTraffic();
    if (location.hash !== "") document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
  } catch (error) {
    page.replaceChildren(renderFailure(error));
  }
}

/** Says what the visit cost: an answer that did not change since the last one came as a 304, without a body. */
function reportTraffic(): void {
  const traffic = listTraffic();
  const unchanged = traffic.filter(({ status }) => status === 304).length;
  const text = unchanged === 0 ? `${traffic.length} answers loaded.` : `${unchanged} of ${traffic.length} answers unchanged since your last visit (304).`;
  document.querySelector("#traffic")?.replaceChildren(text);
}

function renderFailure(error: unknown): HTMLElement {
  const again = element("button", { type: "button" }, "Try again");
  again.addEventListener("click", () => void start());
  const near = didYouMean(error).map((id) => element("li", {}, element("a", { href: `?treatment=${encodeURIComponent(id)}` }, id)));
  return element(
    "main",
    { id: "content", tabindex: "-1", class: "failure" },
    element("h1", {}, "This page could not be loaded"),
    element("p", { role: "alert" }, error instanceof Error ? error.message : "Something went wrong."),
    near.length === 0 ? again : element("div", {}, element("p", {}, "Did you mean:"), element("ul", {}, ...near)),
  );
}

function didYouMean(error: unknown): string[] {
  return error instanceof Error && "didYouMean" in error ? (error.didYouMean as string[]) : [];
}

void start();
