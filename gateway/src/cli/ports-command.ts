import { listPorts } from '../ingress/serial/list-ports.ts';
import { table } from './text-table.ts';

/** Serial ports of this machine, for `serial.ports[].path`. */
export async function portsCommand({ json }: { json?: boolean }): Promise<void> {
  const ports = await listPorts();
  if (json === true) process.stdout.write(`${JSON.stringify(ports)}\n`);
  else if (ports.length === 0) process.stdout.write('No serial port was found.\n');
  else {
    const rows = ports.map(({ path, maker = '', serialNumber = '' }) => [path, maker, serialNumber]);
    process.stdout.write(table(['port', 'maker', 'serial number'], rows));
  }
}
