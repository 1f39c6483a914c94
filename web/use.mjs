// Does with the pages what people do: ask, try out, choose a language, with the keyboard alone; and all of it without scripts.

async function ask(page, question) {
  await page.fill("#q", question);
  await page.press("#q", "Enter");
  await page.waitForFunction((wanted) => document.querySelector(".reply h2")?.textContent === wanted, question);
  return page.textContent(".reply");
}

async function checkAsking(start, tell, checkAxe) {
  const { page, context } = await start("/", "asking");
  const answered = await ask(page, "Can ketamine harm the bladder?");
  if (!/certainty/.test(answered) || !/Belongs to it/.test(answered)) tell("asking", `lacks certainty or warnings: ${answered}`);
  await checkAxe(page, "asking, answered");
  const crisis = await ask(page, "I want to kill myself");
  if (!crisis.includes("988")) tell("asking", "shows no crisis line to somebody in danger");
  await checkAxe(page, "asking, crisis");
  const refused = await ask(page, "best pizza in Naples <b>");
  if (!refused.includes("No answer")) tell("asking", `answers what it does not know: ${refused}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  if (wide > 320) tell("asking", `scrolls sideways: ${wide}`);
  await context.close();
}

async function send(page) {
  await page.focus(".try button[type=submit]");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".outcome .told");
  return page.textContent(".outcome");
}

async function checkTrying(start, tell, checkAxe) {
  for (const [name, wanted] of [["list_facts", "200"], ["get_treatment_section", "200"], ["get_synthesis", "200"], ["get_index", "200"]]) {
    const { page, context } = await start(`/docs/reference/${name}`, `trying ${name}`);
    const outcome = await send(page);
    if (!outcome.startsWith(wanted)) tell(`trying ${name}`, outcome.slice(0, 200));
    await checkAxe(page, `trying ${name}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    if (wide > 320) tell(`trying ${name}`, `scrolls sideways: ${wide}`);
    await context.close();
  }
  const { page, context } = await start("/docs/reference/get_synthesis", "trying a picture");
  await page.evaluate(() => { document.querySelector(".shaping").open = true; });
  await page.selectOption("#p-format", "svg");
  await send(page);
  await page.waitForFunction(() => document.querySelector(".outcome img")?.naturalWidth > 0).catch(() => tell("trying a picture", "shows none"));
  await context.close();
}

async function checkSamples(start, tell) {
  const { page, context } = await start("/docs/guide/start", "samples");
  await page.focus("input.pick:checked");
  await page.keyboard.press("ArrowRight");
  const shown = await page.textContent(".panel:visible code");
  if (!shown.includes("await fetch")) tell("samples", "the arrow key does not choose the next language");
  if (shown.includes("127.0.0.1:8000") && !page.url().includes(":8000")) tell("samples", "do not name this server");
  await page.goto(page.url().replace("start", "caching"));
  if (!(await page.textContent(".panel:visible code")).includes("await fetch")) tell("samples", "the language is forgotten on the next page");
  await context.close();
}

/** Asks, tries out, and chooses languages. */
export async function checkUse(start, tell, checkAxe) {
  await checkAsking(start, tell, checkAxe);
  await checkTrying(start, tell, checkAxe);
  await checkSamples(start, tell);
}

/** Reads and asks without scripts. */
export async function checkWithoutScript(start, tell, base) {
  const { page, context } = await start("", "", { javaScriptEnabled: false });
  await page.goto(`${base}/docs/guide/start`);
  await page.click("label:has-text('Python')");
  if (!(await page.isVisible("code:has-text('import httpx')"))) tell("without scripts", "the language of samples cannot be chosen");
  await page.goto(`${base}/docs/reference/get_index`);
  if (!(await page.isVisible("noscript"))) tell("without scripts", "nothing says that trying out needs scripts");
  await page.goto(`${base}/`);
  if ((await page.locator(".answers blockquote").count()) < 3) tell("without scripts", "the landing page has no answers");
  await page.fill("#q", "Can ketamine harm the bladder?");
  await page.press("#q", "Enter");
  await page.waitForURL(/\/v1\/answers\?/);
  if (!(await page.content()).includes("treatment.ketamine.safety.urinary")) tell("without scripts", "asking gives no answer");
  await context.close();
}
