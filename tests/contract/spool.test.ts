import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memorySpool, openSqliteSpool } from '@usewire/gateway';
import { spoolContract } from './spool-contract.ts';

spoolContract('memorySpool', () => ({ open: memorySpool, dispose: () => {} }));

spoolContract('the SQLite spool in memory', () => ({
  open: (limits) => openSqliteSpool({ directory: null, ...limits }),
  dispose: () => {},
}));

spoolContract('the SQLite spool in a file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'usewire-spool-'));
  const open = (limits: Parameters<typeof memorySpool>[0]) =>
    openSqliteSpool({ directory, ...(limits as Required<NonNullable<typeof limits>>) });
  return { open, reopen: open, dispose: () => rmSync(directory, { recursive: true, force: true }) };
});
