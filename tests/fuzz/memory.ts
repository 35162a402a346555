import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const MEGABYTE = 1_048_576;
/** No input may need more than this at once, whatever lengths it promises. */
const MAX_PEAK_MB = 256;
/** What stays after all garbage is gone may grow so much from a tenth of the way to the end, and no more. */
const MAX_GROWTH_MB = 32;

/** Heap and array buffers of this process. A few microseconds, so that it can be asked after every input. */
function usedMb(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return (used_heap_size + external_memory) / MEGABYTE;
}

/** The flag is set here, so that whoever runs the fuzzer need not know of it. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

export interface MemoryWatch {
  /** After every input; what is wrong, if anything. */
  afterInput(): string | undefined;
  /** Takes the measure that the end is held against. */
  settle(): void;
  /** At the end: what is wrong, if anything. */
  atEnd(): string | undefined;
  peakMb(): number;
  /** From `settle()` to `atEnd()`, without garbage; 0 before. */
  growthMb(): number;
}

export function watchMemory(): MemoryWatch {
  const collect = collector();
  let peak = 0;
  let settled: number | undefined;
  let growth = 0;
  const withoutGarbage = (): number => {
    collect();
    return usedMb();
  };
  return {
    afterInput() {
      const used = usedMb();
      peak = Math.max(peak, used);
      return used > MAX_PEAK_MB ? `needed ${Math.round(used)} MB` : undefined;
    },
    settle() {
      settled = withoutGarbage();
    },
    atEnd() {
      if (settled === undefined) return undefined;
      growth = withoutGarbage() - settled;
      return growth > MAX_GROWTH_MB
        ? `memory grew by ${Math.round(growth)} MB that no garbage is`
        : undefined;
    },
    peakMb: () => peak,
    growthMb: () => growth,
  };
}
