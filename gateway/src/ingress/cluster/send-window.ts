/** Packet ids of messages to the cluster that it has not acknowledged. */
export interface SendWindow {
  /** null = the cluster takes no more for now ([MQTT-3.3.4-9]). */
  take(): number | null;
  acked(packetId: number): void;
  size(): number;
}

const HIGHEST_ID = 65_535;

/** `most`: the receive maximum that the cluster has told. */
export function sendWindow(most: number): SendWindow {
  const used = new Set<number>();
  let last = 0;
  return {
    take() {
      if (used.size >= most) return null;
      do last = last >= HIGHEST_ID ? 1 : last + 1;
      while (used.has(last));
      used.add(last);
      return last;
    },
    acked: (packetId) => void used.delete(packetId),
    size: () => used.size,
  };
}
