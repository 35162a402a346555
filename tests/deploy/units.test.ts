import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const unit = join(import.meta.dirname, '../../deploy/systemd/usewire-gateway.service');
const folder = mkdtempSync(join(tmpdir(), 'usewire-unit-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

/** systemd looks whether the programs of a unit are there: Node is where this machine has it. */
function unitHere(change = (text: string) => text): string {
  const path = join(folder, 'usewire-gateway.service');
  writeFileSync(path, change(readFileSync(unit, 'utf8').replaceAll('/usr/bin/node', process.execPath)));
  return path;
}

const analyze = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
  return { status, text: stdout + stderr };
};

describe.skipIf(!hasSystemd)('the systemd unit (needs systemd-analyze)', () => {
  it('is one that systemd takes, without a warning', () => {
    expect(analyze('verify', unitHere())).toEqual({ status: 0, text: '' });
  });

  it('would be refused if a key were misspelt', () => {
    const { text } = analyze(
      'verify',
      unitHere((whole) => whole.replace('ProtectHome=', 'ProtectHomes=')),
    );
    expect(text).toMatch(/Unknown key .*'ProtectHomes'/);
  });

  it('leaves the machine little exposed', () => {
    // Of 10; above 2 something that a gateway does not need has been given back to it.
    const { status, text } = analyze('security', '--offline=true', '--threshold=20', unitHere());
    expect(text).toContain('Overall exposure level');
    expect(status).toBe(0);
  });
});
