/** Answers kept between visits in `localStorage`, so that a second visit costs a few hundred bytes. */

import type { Kept, Store } from "treatment-information-client";

const PREFIX = "treatment-page/1 ";

/** A store over the browser's; where that is full or forbidden, nothing is kept and the page works as well. */
export class BrowserStore implements Store {
  get(key: string): Kept | undefined {
    try {
      const text = localStorage.getItem(PREFIX + key);
      return text === null ? undefined : (JSON.parse(text) as Kept);
    } catch {
      return undefined;
    }
  }

  set(key: string, kept: Kept): void {
    try {
      localStorage.setItem(PREFIX + key, JSON.stringify(kept));
    } catch {
      this.#forget();
    }
  }

  #forget(): void {
    try {
      const ours = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
      for (const key of ours) localStorage.removeItem(key);
    } catch {
      // Storage is forbidden altogether.
    }
  }
}
