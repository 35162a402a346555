import { askGateway } from './admin-client.ts';
import { ago, table } from './text-table.ts';

interface ListedDevice {
  tenant: string;
  device: string;
  product: string;
  records: number;
  lastSeenMs: number;
  delayMs: number | null;
  state: string;
  missing: { boot: string; from: number; to: number }[];
}

export async function devicesCommand(options: { url: string; json?: boolean }): Promise<void> {
  const { text } = await askGateway(options.url, '/api/devices');
  if (options.json) {
    process.stdout.write(`${text}\n`);
    return;
  }
  const devices = JSON.parse(text) as ListedDevice[];
  const rows = devices.map((device) => [
    `${device.tenant}.${device.device}`,
    device.product,
    device.state,
    String(device.records),
    ago(Date.now() - device.lastSeenMs),
    device.delayMs === null ? '' : `${Math.round(device.delayMs)} ms`,
    device.missing
      .map(({ boot, from, to }) => `boot ${boot}: ${from === to ? from : `${from}-${to}`}`)
      .join(', '),
  ]);
  const head = ['device', 'product', 'state', 'records', 'last seen', 'delay', 'missing'];
  process.stdout.write(devices.length === 0 ? 'No device has been seen yet.\n' : table(head, rows));
}
