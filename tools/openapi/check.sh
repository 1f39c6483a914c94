#!/usr/bin/env bash
# Checks OpenAPI files by Spectral's `spectral:oas` and Redocly's `recommended` rules; any finding, warnings too, is a failure.
# usage: tools/openapi/check.sh FILE...
set -euo pipefail
rules="$(cd "$(dirname "$0")" && pwd)"
bin="$rules/node_modules/.bin"
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
"$bin/spectral" lint --fail-severity=hint --ruleset "$rules/spectral.yaml" "$@"
for file in "$@"; do
  # redocly's exit code tells of errors alone
  "$bin/redocly" lint --config "$rules/redocly.yaml" --max-problems=1000 --format=json "$file" 2> /dev/null | node -e '
    let text = "";
    process.stdin.on("data", (part) => (text += part)).on("end", () => {
      const { totals, problems } = JSON.parse(text);
      for (const { ruleId, severity, message, location } of problems) console.error(`${severity} ${ruleId}: ${message} ${location[0]?.pointer ?? ""}`);
      process.exitCode = totals.errors + totals.warnings > 0 ? 1 : 0;
    });' || { echo "$file has findings by Redocly" >&2; exit 1; }
done
echo "Redocly finds nothing either."
