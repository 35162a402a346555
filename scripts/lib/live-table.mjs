import { join } from 'node:path';

const columns = [
  ['device', 18, (d) => d.device],
  ['product', 26, (d) => d.product ?? ''],
  ['records', 10, (d) => d.records.toLocaleString('en'), 'right'],
  ['last seen', 12, (d) => ago(Date.now() - d.lastSeenMs), 'right'],
  ['delay', 10, (d) => delay(d.delayMs), 'right'],
];

/** A table that redraws itself on a terminal, and one plain line a tick elsewhere. */
export function screen(dataDir, out = process.stdout) {
  let drawn = 0;
  const show = (devices, status) => {
    if (!out.isTTY) {
      out.write(`${plainLine(devices, status)}\n`);
      return;
    }
    const lines = [...table(devices, out.rows), '', footer(status, dataDir)].map((line) =>
      fit(line, out.columns),
    );
    // Up over the old table, then each line cleared: no flicker, and nothing above is lost.
    out.write(`${drawn ? `\x1b[${drawn}A` : ''}${lines.map((line) => `\x1b[2K${line}\n`).join('')}\x1b[J`);
    drawn = lines.length;
  };
  return { show, end: () => {} };
}

function table(devices, rows = 40) {
  const room = Math.max(3, rows - 6);
  const head = columns.map(([name, width, , side]) => pad(name, width, side)).join('  ');
  const body = devices
    .slice(0, room)
    .map((d) => columns.map(([, width, cell, side]) => pad(cell(d), width, side)).join('  '));
  const more = devices.length > room ? [`... and ${devices.length - room} more`] : [];
  return [head, '-'.repeat(head.length), ...body, ...more];
}

function footer(status, dataDir) {
  return `${status.recordsStored.toLocaleString('en')} records stored, ${status.duplicates} duplicates, ${status.rejected} rejected; data in ${join(dataDir, 'gateway')} (Ctrl-C ends)`;
}

function plainLine(devices, status) {
  const newest = Math.max(0, ...devices.map((d) => d.lastSeenMs));
  return `${new Date().toISOString()} ${devices.length} devices, ${status.recordsStored} records stored, last ${newest ? ago(Date.now() - newest) : 'never'}`;
}

function pad(text, width, side) {
  return side === 'right' ? text.padStart(width) : text.slice(0, width).padEnd(width);
}

function fit(line, width = 120) {
  return line.slice(0, width - 1);
}

function ago(ms) {
  if (ms < 1500) return 'now';
  if (ms < 120_000) return `${Math.round(ms / 1000)} s ago`;
  return `${Math.round(ms / 60_000)} min ago`;
}

/** Time from the newest record's occurrence to its arrival. */
function delay(ms) {
  if (ms === null || ms === undefined) return '';
  if (ms < 10_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}
