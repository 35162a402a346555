/**
 * Vitest reporter: one closing line a suite, `unit: 12 passed, 0 failed, 1 skipped`, and every skipped test by name, so that
 * nothing is left out silently.
 */
export default class ClosingLines {
  onTestRunEnd(modules, unhandledErrors) {
    const suites = new Map();
    for (const module of modules) {
      const suite = suites.get(module.project.name) ?? { passed: 0, failed: 0, skipped: [] };
      suites.set(module.project.name, suite);
      count(module, suite);
    }
    for (const [name, suite] of suites) {
      for (const test of suite.skipped) console.log(`skipped (${name}): ${test}`);
    }
    for (const [name, suite] of suites) {
      console.log(`${name}: ${suite.passed} passed, ${suite.failed} failed, ${suite.skipped.length} skipped`);
    }
    if (unhandledErrors.length > 0) console.log(`unhandled: 0 passed, ${unhandledErrors.length} failed`);
  }
}

function count(module, suite) {
  // A module that could not be loaded has no tests to fail; it is itself the failure.
  if (module.errors().length > 0) suite.failed += 1;
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    if (state === 'passed') suite.passed += 1;
    else if (state === 'failed' || isBehindFailure(test)) suite.failed += 1;
    else suite.skipped.push(test.fullName);
  }
}

/** A `beforeAll` that failed: Vitest calls the tests behind it skipped, but nobody decided to leave them out. */
function isBehindFailure(test) {
  for (let at = test.parent; at.type === 'suite'; at = at.parent) {
    if (at.errors().length > 0) return true;
  }
  return false;
}
