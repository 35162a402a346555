import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './gateway-kit.ts';

/** A null modem of two pseudo terminals, as socat makes it, in a few lines of Python. */
const python = `
import os, pty, select, sys, termios, tty
def end(path):
    master, slave = pty.openpty()
    tty.setraw(slave)
    if os.path.lexists(path): os.unlink(path)
    os.symlink(os.ttyname(slave), path)
    # The slave stays open here: a master without any reads EIO until somebody opens one.
    return master
a, b = end(sys.argv[1]), end(sys.argv[2])
other = {a: b, b: a}
while True:
    for fd in select.select([a, b, 0], [], [])[0]:
        if fd == 0:
            if not os.read(0, 64): sys.exit(0)
            continue
        data = os.read(fd, 4096)
        while data: data = data[os.write(other[fd], data):]
`;

function runs(command: string, args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

const tool = runs('socat', ['-V']) ? 'socat' : runs('python3', ['-c', 'import pty']) ? 'python3' : null;

/** For `describe.skipIf`: the reason stands in the name of what is skipped. */
export const noLine = tool === null;
export const lineNote = noLine ? ' (skipped: neither socat nor python3 makes a pseudo terminal here)' : '';

/** A cable with an end for a gateway and one for a device. */
export interface SerialLine {
  gatewayEnd: string;
  deviceEnd: string;
  /** Pulls the cable: both ends are gone. */
  unplug(): Promise<void>;
  /** Puts it in again, under the same names. */
  plug(): Promise<void>;
  end(): Promise<void>;
}

export async function serialLine(): Promise<SerialLine> {
  const folder = mkdtempSync(join(tmpdir(), 'usewire-line-'));
  const [gatewayEnd, deviceEnd] = [join(folder, 'gateway'), join(folder, 'device')];
  let child: ChildProcess | null = null;
  const unplug = async (): Promise<void> => {
    const running = child;
    child = null;
    if (running === null) return;
    await new Promise<void>((resolve) => {
      running.once('exit', () => resolve());
      running.kill('SIGKILL');
    });
    for (const path of [gatewayEnd, deviceEnd]) rmSync(path, { force: true });
  };
  const plug = async (): Promise<void> => {
    const ends = [gatewayEnd, deviceEnd];
    const args =
      tool === 'socat' ? ends.map((path) => `pty,raw,echo=0,link=${path}`) : ['-c', python, ...ends];
    child = spawn(tool!, args, { stdio: ['pipe', 'ignore', 'inherit'] });
    await eventually(() => ends.every((path) => existsSync(path)), 'the pseudo terminals');
  };
  await plug();
  return {
    gatewayEnd,
    deviceEnd,
    unplug,
    plug,
    end: async () => {
      await unplug();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
