import { unsupportedNode } from './cli/node-version.ts';

const problem = unsupportedNode(process.versions.node);
if (problem) {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 69;
} else {
  // Only now: what the rest imports may not even load on an older Node.
  const { main } = await import('./cli/main.ts');
  await main(process.argv);
  await Promise.all([process.stdout, process.stderr].map(flushed));
  // Node 20 was seen to spin for ever while it tears down a process that ends by itself, over a request that its libuv never settled (2026-11-28).
  // A gateway that has drained must end.
  process.exit();
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}
