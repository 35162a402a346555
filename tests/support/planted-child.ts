import { closeSync, cpSync, openSync, readdirSync, writeSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';
import { writeHeapSnapshot } from 'node:v8';
import {
  type CloseReason,
  event,
  product,
  session,
  start,
  type TransportPort,
  text,
} from '@usewire/device-sdk';
import { plantedToken } from './planted-token.ts';

/*
 * A device in a process of its own that says things, and gives away all that it remembers: its heap (strings and numbers) and the bytes of every
 * buffer that lives. Its files are there to be read by whoever started it.
 */
const attributes = { what: text({ maxBytes: 64 }) };
const bed = product('test.planted', 1, {
  purposes: {
    service: { basis: 'contract', code: 'service_provision' },
    health: { basis: 'consent', code: 'personalisation' },
  },
  subjects: ['left', 'right'],
  points: {
    said: event({ id: 1, for: 'health', perSubject: true, attributes }),
    nap: session({ id: 2, for: 'health', perSubject: true, attributes }),
    moved: event({ id: 3, for: 'service', perSubject: true, attributes }),
  },
});

interface Orders {
  seed: number;
  dataDir: string;
}
const { seed, dataDir } = JSON.parse(process.argv[2]!) as Orders;

/** No gateway is in reach. */
const away: TransportPort = {
  open: (_will, events) => {
    const reason: CloseReason = { kind: 'unreachable', detail: 'away' };
    setImmediate(() => events.onClose(reason));
  },
  send: () => false,
  close: () => undefined,
};

/** Bytes of every live ArrayBuffer and typed array: a heap snapshot does not hold them. The query collects garbage first. */
function dumpBuffers(path: string): void {
  const inspector = new Session();
  inspector.connect();
  const file = openSync(path, 'w');
  const world = globalThis as unknown as { living: (ArrayBuffer | Uint8Array)[] };
  for (const kind of ['ArrayBuffer', 'Uint8Array']) {
    inspector.post('Runtime.evaluate', { expression: `${kind}.prototype` }, (_error, { result }) => {
      inspector.post(
        'Runtime.queryObjects',
        { prototypeObjectId: result.objectId! },
        (_error, { objects }) => {
          const functionDeclaration = 'function () { globalThis.living = this; }';
          inspector.post('Runtime.callFunctionOn', { objectId: objects.objectId!, functionDeclaration });
        },
      );
    });
    for (const each of world.living) {
      // Prototypes inherit from prototypes and are no buffers.
      const isBuffer = Object.prototype.toString.call(each) === '[object ArrayBuffer]';
      if (isBuffer) writeSync(file, new Uint8Array(each as ArrayBuffer));
      else if (ArrayBuffer.isView(each)) writeSync(file, each);
    }
    world.living = [];
  }
  closeSync(file);
  inspector.disconnect();
}

function dump(moment: string): void {
  dumpBuffers(join(dataDir, `${moment}.buffers`));
  writeHeapSnapshot(join(dataDir, `${moment}.heapsnapshot`));
  cpSync(own, join(dataDir, `${moment}.files`), { recursive: true });
}

const own = join(dataDir, 'acme.bed-1');
/** Files with data of the right side that rests on consent: slot 2, purpose code 6. */
const hasHealth = (): boolean => readdirSync(join(own, 'segments')).some((name) => name.includes('.2.6.'));
const hasAny = (): boolean => readdirSync(join(own, 'segments')).some((name) => name.includes('.2.'));

async function until(isSo: () => boolean): Promise<void> {
  const endMs = performance.now() + 20_000;
  while (!isSo()) {
    if (performance.now() > endMs) throw new Error(`not so after 20 s: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
const notice = { notice: '1' };

async function live(): Promise<void> {
  const pou = start(bed, {
    gateway: 'mqtt://127.0.0.1:1',
    tenant: 'acme',
    device: 'bed-1',
    dataDir,
    transport: away,
    flushIntervalMs: 50,
    syncIntervalMs: 10,
  });
  const { left, right } = pou.consent;
  pou.said.left({ what: plantedToken(seed, 0) });
  pou.said.right({ what: plantedToken(seed, 1) });
  const naps = [pou.nap.left.start({ what: plantedToken(seed, 2) })];
  await until(() => pou.status().uptimeMs > 60);
  dump('undecided');
  left.set({ health: false }, notice);
  right.set({ health: true }, notice);
  naps[0]!.end();
  await until(() => hasHealth() && pou.status().atRisk === 0);
  dump('decided');
  pou.said.right({ what: plantedToken(seed, 3) });
  pou.moved.right({ what: plantedToken(seed, 4) });
  naps.push(pou.nap.right.start({ what: plantedToken(seed, 5) }));
  pou.said.left({ what: plantedToken(seed, 6) });
  await until(() => pou.status().queued === 3 && pou.status().atRisk === 0);
  pou.said.right({ what: plantedToken(seed, 7) });
  dump('granted');
  right.set({ health: false }, notice);
  await until(() => !hasHealth());
  dump('withdrawn');
  right.forget();
  await until(() => !hasAny());
  dump('forgotten');
  naps[1]!.end();
  await pou.stop({ drainMs: 0 });
}

void live();
