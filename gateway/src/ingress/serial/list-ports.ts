import { readdir } from 'node:fs/promises';
import { SerialPort } from 'serialport';

export interface FoundPort {
  path: string;
  /** Of the device behind it, where the system knows them. */
  maker?: string | undefined;
  serialNumber?: string | undefined;
}

type ListPorts = () => Promise<FoundPort[]>;

/** Names that Linux gives to UARTs and USB serial devices. */
const names = /^tty(USB|ACM|AMA|S|mxc|O)\d+$/;

/** Asks the system; where udev is missing (containers, small images), reads /dev. Never rejects. */
export async function listPorts(ask: ListPorts = askSystem, directory = '/dev'): Promise<FoundPort[]> {
  try {
    return await ask();
  } catch {
    return readDevices(directory);
  }
}

/** On Linux the list is made by the program `udevadm`, which throws where there is none. */
async function askSystem(): Promise<FoundPort[]> {
  const ports = await SerialPort.list();
  return ports.map(({ path, manufacturer, serialNumber }) => ({ path, maker: manufacturer, serialNumber }));
}

async function readDevices(directory: string): Promise<FoundPort[]> {
  const found = await readdir(directory).catch(() => []);
  return found
    .filter((name) => names.test(name))
    .sort()
    .map((name) => ({ path: `${directory}/${name}` }));
}
