import { requireNode } from './lib/node-version.mjs';

requireNode();
const { run } = await import('./lib/say.mjs');
await run(async () => {
  const { ensureInstalled } = await import('./lib/bootstrap.mjs');
  const { checks } = await import('./lib/checks.mjs');
  await ensureInstalled();
  const only = process.argv.slice(2).filter((word) => !word.startsWith('--'));
  const chosen = checks.filter(([name]) => only.length === 0 || only.some((word) => name.includes(word)));
  let failed = 0;
  for (const [name, check] of chosen) {
    const answer = await attempt(check);
    const ok = answer.code === 0;
    if (!ok) failed += 1;
    process.stdout.write(
      `${ok ? 'ok    ' : 'FAILED'} ${name} (${answer.seconds.toFixed(1)} s)\n${ok ? '' : `${answer.output}\n`}`,
    );
  }
  process.stdout.write(`checks: ${chosen.length - failed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
});

async function attempt(check) {
  const begun = performance.now();
  const answer = await check().catch((error) => ({ code: 1, output: error.message }));
  return {
    code: answer?.code ?? 0,
    output: answer?.output ?? '',
    seconds: (performance.now() - begun) / 1000,
  };
}
