// What somebody meets who has a keyboard and no mouse.

const MOST_STOPS = 600;

/** The element that has the focus, and whether one can see that it has. */
function describeFocus() {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const label = element.matches(".pick") ? element.nextElementSibling : element;
  const style = getComputedStyle(label);
  const box = label.getBoundingClientRect();
  const bar = document.querySelector(".top");
  const isFixed = getComputedStyle(bar).position === "sticky" && !bar.contains(element) && !element.matches(".skip");
  const name = element.id || element.getAttribute("href") || element.textContent.trim().slice(0, 30);
  window.order ??= new Map();
  if (!window.order.has(element)) window.order.set(element, window.order.size);
  return {
    name: `${element.tagName.toLowerCase()} ${name}`,
    place: window.order.get(element),
    isMarked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    isSeen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
    isHidden: isFixed && box.bottom <= bar.getBoundingClientRect().bottom,
  };
}

/** Walks through a page with the tabulator key: a way past the navigation, every stop marked and in view, no trap. */
export async function checkKeyboard(page, tell) {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.keyboard.press("Tab");
  const first = await page.evaluate(describeFocus);
  if (first?.name !== "a #content") tell(`the first stop is ${first?.name}, not the link past the navigation`);
  else if (!first.isSeen || !first.isMarked) tell("the link past the navigation cannot be seen");
  let stops = 0;
  for (let last = -1; stops < MOST_STOPS; stops += 1) {
    const focus = await page.evaluate(describeFocus);
    if (!focus || focus.place < last) break;
    last = focus.place;
    if (!focus.isMarked) tell(`${focus.name}: the focus is not marked`);
    if (!focus.isSeen) tell(`${focus.name}: has the focus but is out of view`);
    if (focus.isHidden) tell(`${focus.name}: is behind the bar at the top`);
    await page.keyboard.press("Tab");
  }
  if (stops < 5 || stops === MOST_STOPS) tell(`${stops} stops`);
  await page.evaluate(() => { document.activeElement?.blur(); scrollTo(0, 0); });
  await page.focus(".skip");
  await page.keyboard.press("Enter");
  const inside = await page.evaluate(() => document.activeElement?.id);
  if (inside !== "content") tell(`the link past the navigation leads to ${inside}`);
}
