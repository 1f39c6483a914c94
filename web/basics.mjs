// What search engines and Lighthouse ask of every page: title, description, language, headings, links that can be followed, texts compressed.

const SMALLEST = 1400; // bytes: what fits into one packet gains nothing by compression

/** What a page says of itself; runs in the page. */
function describe() {
  const content = (name) => document.querySelector(`meta[name=${name}]`)?.content ?? "";
  return {
    doctype: document.doctype?.name ?? "",
    charset: document.characterSet,
    lang: document.documentElement.lang,
    title: document.title.trim(),
    description: content("description").trim(),
    viewport: content("viewport"),
    robots: content("robots"),
    headings: [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((heading) => Number(heading.tagName[1])),
    blind: [...document.querySelectorAll("a")].filter((link) => !link.href || /^javascript:/.test(link.href)).map((link) => link.textContent),
    unsized: [...document.querySelectorAll("img")].filter((image) => !image.hasAttribute("width") || !image.hasAttribute("height")).map((image) => image.src),
    bare: [...document.querySelectorAll("img:not([alt])")].map((image) => image.src),
  };
}

/** Tells of texts that come uncompressed; call it before the page is opened. */
export function watchCompression(page, tell) {
  page.on("response", async (response) => {
    const headers = await response.allHeaders().catch(() => ({}));
    const isText = /^(text\/|application\/(json|javascript|problem\+json)|image\/svg)/.test(headers["content-type"] ?? "");
    if (!isText || response.status() !== 200 || headers["content-encoding"]) return;
    const body = await response.body().catch(() => "");
    if (body.length > SMALLEST) tell(`sends ${body.length} bytes of text without compression: ${response.url()}`);
  });
}

/** Looks at what a page says of itself; `titles` gathers those of all pages, by title. */
export async function checkBasics(page, response, path, titles, tell) {
  const seen = await page.evaluate(describe);
  const first = titles.get(seen.title) ?? path;
  titles.set(seen.title, first);
  const skipped = seen.headings.some((level, place) => level > (seen.headings[place - 1] ?? 0) + 1);
  const faults = {
    "has no doctype": seen.doctype !== "html",
    [`is in ${seen.charset}`]: seen.charset !== "UTF-8",
    "names no language": !seen.lang,
    "has no title": !seen.title,
    [`has the same title as ${first}`]: first !== path,
    [`has a description of ${seen.description.length} characters`]: seen.description.length < 20 || seen.description.length > 200,
    "is not made for phones": !seen.viewport.includes("width=device-width") || /user-scalable=no|maximum-scale/.test(seen.viewport),
    "hides from search engines": /noindex/.test(`${seen.robots} ${response.headers()["x-robots-tag"] ?? ""}`),
    [`has ${seen.headings.filter((level) => level === 1).length} main headings`]: seen.headings.filter((level) => level === 1).length !== 1,
    [`skips a level of headings: ${seen.headings}`]: skipped,
    [`has links that lead nowhere: ${seen.blind}`]: seen.blind.length > 0,
    [`has pictures without a size: ${seen.unsized}`]: seen.unsized.length > 0,
    [`has pictures without words: ${seen.bare}`]: seen.bare.length > 0,
  };
  for (const [fault, isThere] of Object.entries(faults)) if (isThere) tell(fault);
}
