import { unsupportedNode } from './cli/node-version.ts';

const problem = unsupportedNode(process.versions.node);
if (problem) {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 69;
} else {
  // Only now: what the rest imports may not even load on an older Node.
  const { main } = await import('./cli/main.ts');
  await main(process.argv);
}
