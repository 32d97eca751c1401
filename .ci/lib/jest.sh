# Counts what Jest ran, from the report that every run of it writes.

jest_report=()
mkdir -p "$work/jest"

# jest_results NAME: sets the options with which the next run of Jest writes its report.
jest_results() {
  jest_report=(--json "--outputFile=$work/jest/$1.json")
}

# `N passed, N failed` over all runs so far; a spec file that could not run at all counts as one that failed.
jest_totals() {
  node --input-type=module --eval '
    import { readdirSync, readFileSync } from "node:fs";
    let passed = 0;
    let failed = 0;
    for (const file of readdirSync(process.argv[1])) {
      const run = JSON.parse(readFileSync(`${process.argv[1]}/${file}`, "utf8"));
      passed += run.numPassedTests;
      failed += run.numFailedTests + run.numRuntimeErrorTestSuites;
    }
    process.stdout.write(`${passed} passed, ${failed} failed\n`);
  ' "$work/jest"
}
