import { requireNode } from './lib/node-version.mjs';

requireNode();
const { run, say } = await import('./lib/say.mjs');
/** Runs every example as a person would and looks at what it prints: each ends by itself with code 0 and its expected last line. */
await run(async () => {
  const { mkdtempSync, readdirSync, readFileSync, rmSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const { join } = await import('node:path');
  const { execute, root } = await import('./lib/bootstrap.mjs');
  const { bundleExample } = await import('./lib/bundle-example.mjs');
  const { startGateway } = await import('./lib/gateway-process.mjs');
  const names = readdirSync(join(root, 'examples'))
    .filter((name) => /^\d\d-/.test(name))
    .sort();
  const gatewayDir = mkdtempSync(join(tmpdir(), 'usewire-example-gateway-'));
  const gateway = await startGateway({ dataDir: gatewayDir, mqttPort: 0, httpPort: 0 });
  const env = { ...process.env, USEWIRE_GATEWAY: `mqtt://127.0.0.1:${gateway.mqttPort}` };
  let failed = 0;
  for (const name of names) {
    const dir = mkdtempSync(join(tmpdir(), 'usewire-example-'));
    const source = readFileSync(join(root, 'examples', name, 'main.ts'), 'utf8');
    const lines = source
      .split('\n')
      .filter((line) => line.trim() !== '' && !/^\s*(\/\/|\/?\*)/.test(line)).length;
    const expected = /^\/\/ Prints: (.+)$/m.exec(source)?.[1];
    const { code, output } = await execute(process.execPath, [await bundleExample(name)], { cwd: dir, env });
    rmSync(dir, { recursive: true, force: true });
    const last = output.trim().split('\n').at(-1) ?? '';
    const ok = code === 0 && lines <= 60 && expected !== undefined && new RegExp(expected).test(last);
    if (!ok) failed += 1;
    say(
      `${ok ? 'ok    ' : 'FAILED'} ${name} (${lines} lines)${ok ? '' : `: code ${code}, expected a last line like '${expected}', got:\n${output}`}`,
    );
  }
  await gateway.stop();
  rmSync(gatewayDir, { recursive: true, force: true });
  process.stdout.write(`examples: ${names.length - failed} passed, ${failed} failed\n`);
  return failed === 0 && names.length > 0 ? 0 : 1;
});
