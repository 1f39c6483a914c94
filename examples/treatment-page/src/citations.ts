/** Sources, numbered in the order in which the page first cites them. */

import type { Cited, Fact } from "./api.js";
import { element, link } from "./element.js";

export class Citations {
  readonly #sources: ReadonlyMap<string, Cited>;
  readonly #numbers = new Map<string, number>();
  readonly #cited = new Map<string, string>();

  constructor(sources: ReadonlyMap<string, Cited>) {
    this.#sources = sources;
  }

  get count(): number {
    return this.#numbers.size;
  }

  /** The numbers of a statement's sources, each a link into the list. */
  renderMarks(fact: Fact): HTMLElement {
    const marks = fact.sources.map(({ id, locator }) => {
      const number = this.#number(id, `fact-${fact.id}`);
      const name = this.#sources.get(id)?.title ?? id;
      return element("a", { href: `#source-${number}`, "aria-label": `Source ${number}: ${name}${locator === null ? "" : `, ${locator}`}` }, String(number));
    });
    return element("sup", { class: "marks" }, ...marks);
  }

  /** The list of everything that was cited. */
  renderList(): HTMLElement {
    const entries = [...this.#numbers].map(([id, number]) => {
      const source = this.#sources.get(id);
      const back = link(`#${this.#cited.get(id) ?? ""}`, "↑");
      back.setAttribute("aria-label", `Back to where source ${number} is first cited`);
      return element("li", { id: `source-${number}` }, ...(source === undefined ? [id] : describe(source)), " ", back);
    });
    return element("ol", { class: "sources" }, ...entries);
  }

  #number(id: string, anchor: string): number {
    const number = this.#numbers.get(id) ?? this.#numbers.size + 1;
    this.#numbers.set(id, number);
    if (!this.#cited.has(id)) this.#cited.set(id, anchor);
    return number;
  }
}

function describe(source: Cited): (Node | string)[] {
  const authors = source.authors.length > 3 ? `${source.authors[0]} et al.` : source.authors.join(", ");
  const where = [source.container, source.year].filter((part) => part !== null).join(", ");
  const title = source.url === null ? source.title : link(source.url, source.title);
  const by = authors === "" ? "" : `${authors.replace(/\.$/, "")}. `;
  return [by, title, where === "" ? "" : `. ${where}.`];
}
