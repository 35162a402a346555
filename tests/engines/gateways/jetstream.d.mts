export interface JetStreamCluster {
  /** Of the three nodes. */
  urls: string[];
  /** SIGKILL. */
  kill(node: number): Promise<void>;
  /** With what it stored. */
  start(node: number): Promise<void>;
  remove(): Promise<void>;
}

/** Three nodes of JetStream in temporary folders. */
export function startJetStream(bin: string): Promise<JetStreamCluster>;
