/** Elements of the page. Text goes in as text only, so that nothing the API sends is ever taken for markup. */

export type Child = Node | string | null;

/** An element with attributes and children; children that are null are left out. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** A link; to another site it says so to the reader and tells that site nothing. */
export function link(href: string, text: string): HTMLAnchorElement {
  const isElsewhere = /^https?:/.test(href);
  return element("a", isElsewhere ? { href, rel: "noreferrer external" } : { href }, text);
}
