import { defineConfig } from 'vitest/config';

/** Tests read the packages' sources (condition `@usewire/source`), so none needs a build first. */
const source = {
  resolve: { conditions: ['@usewire/source', 'node', 'default'] },
  ssr: { resolve: { conditions: ['@usewire/source', 'node', 'default'] } },
};

const suite = (name: string, include: string[], testTimeout = 10_000) => ({
  ...source,
  // What a hook sets up (a server, a build) may take as long as a test on a slow machine.
  test: { name, include, testTimeout, hookTimeout: testTimeout, environment: 'node' as const },
});

export default defineConfig({
  test: {
    projects: [
      suite('unit', ['{protocol,device-sdk,gateway,simulators}/src/**/*.test.ts'], 60_000),
      suite('conformance', ['tests/conformance/**/*.test.ts'], 60_000),
      suite('contract', ['tests/contract/**/*.test.ts'], 30_000),
      suite('types', ['tests/types/**/*.test.ts'], 120_000),
      suite('bundle', ['tests/bundle/**/*.test.ts'], 60_000),
      suite('docs', ['tests/docs/**/*.test.ts'], 30_000),
      suite('deploy', ['tests/deploy/**/*.test.ts'], 120_000),
      suite('fuzz', ['tests/fuzz/**/*.test.ts'], 120_000),
      suite('power-cut', ['tests/power-cut/**/*.test.ts'], 900_000),
      suite('e2e', ['tests/e2e/**/*.test.ts'], 120_000),
      // Against real servers: npm run test:engines.
      suite('engines', ['tests/engines/**/*.test.ts'], 300_000),
    ],
  },
});
