/** Words for what the API gives as codes. A code that is not here is shown as it is: v1 may gain values. */

const CERTAINTY: Readonly<Record<string, readonly [string, string]>> = {
  high: ["High certainty", "The true effect is very likely close to this."],
  moderate: ["Moderate certainty", "The true effect is probably close to this, but may differ."],
  low: ["Low certainty", "The true effect may be quite different."],
  "very-low": ["Very low certainty", "The true effect is very unsure."],
};

const ATTRIBUTES: Readonly<Record<string, string>> = {
  "legal-status": "Legal status",
  onset: "How soon",
  response: "Response",
  remission: "Remission",
  durability: "How long it lasts",
  relapse: "Relapse",
  "common-harms": "Common side effects",
  "serious-harms": "Serious harms",
  setting: "Where it is given",
  visits: "Visits",
  cost: "Cost",
  "guideline-position": "Guidelines",
};

/** The name of a GRADE certainty and what it means; null for statements that are not graded. */
export function explainCertainty(certainty: string): readonly [string, string] | null {
  return certainty === "not-graded" ? null : (CERTAINTY[certainty] ?? [certainty, ""]);
}

/** How many of four dots are filled. */
export function countDots(certainty: string): number {
  return ["very-low", "low", "moderate", "high"].indexOf(certainty) + 1;
}

/** The name of an attribute of a treatment's profile. */
export function nameAttribute(attribute: string): string {
  return ATTRIBUTES[attribute] ?? spell(attribute);
}

/** The last part of an id as words: `treatment.ketamine.safety.blood-pressure` is "blood pressure". */
export function spell(id: string): string {
  return (id.split(".").at(-1) ?? id).replaceAll("-", " ");
}

/** A day in words. */
export function writeDay(day: string): string {
  return new Date(`${day}T00:00:00Z`).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
}
