import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { countGarbled, lineProblem } from './line-quality.ts';
import { listPorts } from './list-ports.ts';
import { openFailure } from './open-failure.ts';

const silence = { bytes: 0, frames: 0, malformed: 0, checksum: 0, tooLarge: 0, otherWay: 0, reserved: 0 };
const heard = (counters: Partial<typeof silence>, garbledBytes = 0) => ({
  counters: { ...silence, ...counters },
  garbledBytes,
});
const nothing = heard({});

describe('a line without frames', () => {
  it.each([
    ['framed', heard({ bytes: 300, checksum: 3 }, 200), /another speed than 9600 baud/],
    ['line', heard({ bytes: 300 }, 200), /another speed than 9600 baud/],
    ['framed', heard({ bytes: 300 }), /line mode, or the port is its console/],
    ['framed', heard({ bytes: 300, otherWay: 9 }, 200), /the line echoes/],
  ] as const)('is explained: %s %j', (mode, now, words) => {
    expect(lineProblem(mode, 9_600, nothing, now)).toMatch(words);
  });

  it.each([
    ['framed', heard({ bytes: 255 }, 255), 'too little was heard'],
    ['framed', heard({ bytes: 5_000, frames: 1, malformed: 20 }, 4_000), 'a frame came'],
    ['line', heard({ bytes: 5_000 }, 10), 'a console talks'],
  ] as const)('is no fault: %s %j (%s)', (mode, now, _why) => {
    expect(lineProblem(mode, 9_600, nothing, now)).toBeNull();
  });

  it('is told by bytes that no console writes', () => {
    expect(countGarbled(Buffer.from('\r\n>\tprint(1)\u001b[J\u0016'))).toBe(0);
    expect(countGarbled(Uint8Array.of(0x00, 0x7f, 0x80, 0xff))).toBe(4);
  });
});

describe('a port that cannot be opened', () => {
  it.each([
    ['Error: No such file or directory, cannot open /dev/x', /is not there: plug the device in/],
    ['Error: Permission denied, cannot open /dev/x', /group that owns the port/],
    ['Error Resource temporarily unavailable Cannot lock port', /open in another program/],
    ['Error: Inappropriate ioctl for device', /is no serial port/],
    ['something else', /cannot be opened: something else/],
  ])('is explained: %s', (message, words) => {
    expect(openFailure('/dev/x', new Error(message))).toMatch(words);
  });
});

describe('the list of ports', () => {
  it('is read from the devices where the system has no udev', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'usewire-dev-'));
    mkdirSync(join(folder, 'serial'));
    for (const name of ['ttyUSB1', 'ttyACM0', 'tty1', 'null']) writeFileSync(join(folder, name), '');
    const noUdev = () => Promise.reject(new Error('spawn udevadm ENOENT'));
    const found = await listPorts(noUdev, folder);
    expect(found.map(({ path }) => path)).toEqual([join(folder, 'ttyACM0'), join(folder, 'ttyUSB1')]);
    rmSync(folder, { recursive: true, force: true });
    expect(await listPorts(noUdev, join(folder, 'gone'))).toEqual([]);
  });

  it('never fails on this machine, whatever it has', async () => {
    expect(Array.isArray(await listPorts())).toBe(true);
  });
});
