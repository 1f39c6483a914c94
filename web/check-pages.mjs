// Looks at the pages of a running service in Chromium: accessibility (axe), keyboard, widths, colours, layout shift, weight, requests, and what
// search engines ask of a page.
// usage: node check-pages.mjs ADDRESS [--shots FOLDER] [--only PATH,PATH]      every fault is a line; the exit code is 1 when there is any
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { checkBasics, watchCompression } from "./basics.mjs";
import { checkKeyboard } from "./keyboard.mjs";
import { checkUse, checkWithoutScript } from "./use.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const ARGUMENTS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
  "--disable-sync",
];
const WIDTHS = { desktop: { width: 1200, height: 900 }, phone: { width: 320, height: 640 } };
const MOST_BYTES = { "/": 300_000 };
const MOST_BYTES_ELSEWHERE = 600_000;
const BY_KEYBOARD = { // one page of each template, because a walk takes long
  desktop: ["/", "/docs", "/docs/guide/start", "/docs/guide/formats", "/docs/reference", "/docs/reference/get_answer", "/problems", "/problems/not-found"],
  phone: ["/", "/docs/guide/start", "/docs/reference/get_answer"],
};
const OPERATIONS = ["get_answer", "list_facts", "get_treatment_section", "get_synthesis"];

const began = performance.now();
const { values, positionals } = parseArgs({ allowPositionals: true, options: { shots: { type: "string" }, only: { type: "string" } } });
const [base] = positionals;
if (!base) throw new Error("usage: node check-pages.mjs ADDRESS [--shots FOLDER] [--only PATH,PATH]");
const { shots } = values;
const faults = [];
const titles = new Map();
let views = 0;

function tell(where, what) {
  faults.push(`${where}: ${what}`);
  console.log(`FAULT ${where}: ${what}`);
}

/** Lets axe look at a page; every violation is a fault. */
export async function checkAxe(page, where) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run(document, { rules: { "target-size": { enabled: true } } }));
  for (const { id, nodes } of violations) {
    for (const node of nodes.slice(0, 3)) tell(where, `axe ${id}: ${node.target.join(" ")}: ${node.failureSummary.replace(/\s+/g, " ")}`);
  }
}

/** Opens a page and gathers what it loads and complains about. */
async function open(context, path, where) {
  const page = await context.newPage();
  const seen = { bytes: 0 };
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  session.on("Network.loadingFinished", (event) => { seen.bytes += event.encodedDataLength; });
  page.on("request", (request) => {
    if (!request.url().startsWith(`${base}/`) && !/^(data|blob):/.test(request.url())) tell(where, `asks elsewhere: ${request.url()}`);
  });
  page.on("console", (message) => { if (message.type() === "error" || message.type() === "warning") tell(where, message.text()); });
  page.on("pageerror", (error) => tell(where, error.message));
  watchCompression(page, (what) => tell(where, what));
  await page.addInitScript(() => {
    window.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  const response = await page.goto(base + path, { waitUntil: "load" });
  if (response.status() !== 200) tell(where, `status ${response.status()}`);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  return { page, seen, response };
}

async function checkLayout(page, where, width) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  if (wide > width) tell(where, `scrolls sideways: ${wide} pixels wide`);
}

/** A page at one width, in light and dark, first as it comes and then with everything unfolded. */
async function checkWidth(browser, path, form) {
  const where = `${path} ${form}`;
  const context = await browser.newContext({ viewport: WIDTHS[form], isMobile: form === "phone", hasTouch: form === "phone" });
  const { page, seen, response } = await open(context, path, where);
  await checkBasics(page, response, path, titles, (what) => tell(where, what));
  await checkLayout(page, where, WIDTHS[form].width);
  const shift = await page.evaluate(() => window.shift);
  if (shift > 0) tell(where, `layout shift ${shift}`);
  const grounds = new Set();
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme });
    grounds.add(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
    if (shots) await page.screenshot({ path: `${shots}/${path.replaceAll("/", "_")}-${form}-${scheme}.png`, fullPage: true });
  }
  if (grounds.size < 2) tell(where, "light and dark look alike");
  await page.evaluate(() => { for (const details of document.querySelectorAll("details")) details.open = true; });
  await checkLayout(page, `${where} unfolded`, WIDTHS[form].width);
  for (const scheme of ["dark", "light"]) {
    await page.emulateMedia({ colorScheme: scheme });
    await checkAxe(page, `${where} ${scheme}`);
    views += 1;
  }
  const most = MOST_BYTES[path] ?? MOST_BYTES_ELSEWHERE;
  if (seen.bytes > most) tell(where, `weighs ${seen.bytes} bytes, more than ${most}`);
  if (path === "/" && form === "desktop") console.log(`${path} weighs ${seen.bytes} bytes`);
  await context.close();
}

async function checkPage(browser, path) {
  for (const form of Object.keys(WIDTHS)) await checkWidth(browser, path, form);
  for (const form of Object.keys(WIDTHS).filter((name) => BY_KEYBOARD[name].includes(path))) {
    const context = await browser.newContext({ viewport: WIDTHS[form] });
    const where = `${path} ${form} keyboard`;
    const { page } = await open(context, path, where);
    await checkKeyboard(page, (what) => tell(where, what));
    await context.close();
  }
}

async function listPages(browser) {
  const page = await browser.newPage();
  await page.goto(`${base}/docs`);
  const guide = await page.$$eval(".cards a", (links) => links.map((link) => link.getAttribute("href")));
  await page.close();
  if (guide.length < 5) tell("/docs", "lists no guide");
  const operations = OPERATIONS.map((name) => `/docs/reference/${name}`);
  const all = ["/", "/docs", ...guide, "/docs/reference", ...operations, "/problems", "/problems/not-found"];
  return values.only ? values.only.split(",") : all;
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGUMENTS });
try {
  const pages = await listPages(browser);
  for (const path of pages) await checkPage(browser, path);
  const start = async (path, where, settings = {}) => {
    const context = await browser.newContext({ viewport: WIDTHS.phone, ...settings });
    return settings.javaScriptEnabled === false ? { page: await context.newPage(), context } : { ...(await open(context, path, where)), context };
  };
  await checkUse(start, tell, checkAxe);
  await checkWithoutScript(start, tell, base);
  console.log(`${pages.length} pages in ${views} views, ${Math.round((performance.now() - began) / 1000)} s: ${faults.length ? `${faults.length} faults` : "no fault"}`);
} finally {
  await browser.close();
}
process.exitCode = faults.length ? 1 : 0;
