// Samples: this server's address instead of the one in the text, a language for all of them, and copying.
const WRITTEN = "http://127.0.0.1:8000";
const here = location.origin + document.body.dataset.root;

for (const code of document.querySelectorAll(".samples code")) {
  const walker = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (text.data.includes(WRITTEN)) text.data = text.data.replaceAll(WRITTEN, here);
  }
}

const side = document.querySelector(".side");
const current = side.querySelector("[aria-current]");
if (current) side.scrollTop = current.offsetTop - side.clientHeight / 2;

const picks = [...document.querySelectorAll(".samples .pick")];

function choose(language, except) {
  for (const pick of picks) {
    if (pick.dataset.language === language && pick.name !== except) pick.checked = true;
  }
}

try {
  const kept = localStorage.getItem("language");
  if (kept) choose(kept);
} catch { /* storage may be forbidden */ }

document.addEventListener("change", (event) => {
  if (!event.target.matches(".pick")) return;
  const top = event.target.getBoundingClientRect().top;
  choose(event.target.dataset.language, event.target.name);
  scrollBy(0, event.target.getBoundingClientRect().top - top);
  try {
    localStorage.setItem("language", event.target.dataset.language);
  } catch { /* as above */ }
});

for (const samples of document.querySelectorAll(".samples")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    const shown = [...samples.querySelectorAll(".panel")].find((panel) => panel.offsetParent);
    await navigator.clipboard.writeText(shown.querySelector("code").textContent);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  samples.append(button);
}
