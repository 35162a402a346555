import {
  isStruck,
  type NetworkFault,
  type NetworkStrike,
  type Passage,
  type Passing,
} from './network-fault.ts';

interface Lasting {
  fault: NetworkFault;
  how: NetworkStrike;
  /** Packets that it has seen, by direction and client. */
  seen: Map<string, number>;
}

/** The faults that last, each until its time is over or everything is mended. */
export interface LastingFaults {
  begin(fault: NetworkFault, how: NetworkStrike): void;
  endAll(): void;
  /** What they do to a packet: the first that does anything decides. */
  fateOf(client: string, packet: Omit<Passage, 'nth'>): Passing;
  hideEnds(client: string): boolean;
  /** What becomes of a new connection. */
  newcomers(): 'refuse' | 'hold' | 'join';
}

export function createLastingFaults(onEnd: (fault: NetworkFault, how: NetworkStrike) => void): LastingFaults {
  const lasting = new Set<Lasting>();
  const end = (one: Lasting): void => {
    if (lasting.delete(one)) onEnd(one.fault, one.how);
  };
  const some = (test: (one: Lasting) => boolean): boolean => [...lasting].some(test);
  return {
    begin(fault, how) {
      if (how.forMs === undefined) return;
      const one = { fault, how, seen: new Map<string, number>() };
      lasting.add(one);
      setTimeout(() => end(one), how.forMs).unref();
    },
    endAll() {
      for (const one of [...lasting]) end(one);
    },
    fateOf(client, packet) {
      // Before its CONNECT is through nobody knows whose packet it is.
      if (client === '') return 'through';
      for (const one of lasting) {
        const fate = isStruck(client, one.how) ? fateBy(one, client, packet) : 'through';
        if (fate !== 'through') return fate;
      }
      return 'through';
    },
    hideEnds: (client) => some(({ fault, how }) => fault.hidesEnds === true && isStruck(client, how)),
    newcomers() {
      if (some(({ fault }) => fault.newcomers === 'refuse')) return 'refuse';
      return some(({ fault }) => fault.newcomers === 'hold') ? 'hold' : 'join';
    },
  };
}

function fateBy({ fault, how, seen }: Lasting, client: string, packet: Omit<Passage, 'nth'>): Passing {
  const key = `${packet.from} ${client}`;
  const nth = seen.get(key) ?? 0;
  seen.set(key, nth + 1);
  return fault.pass?.({ ...packet, nth }, how) ?? 'through';
}
