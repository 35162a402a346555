import {
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamManager,
  type StreamConfig,
  type StreamInfo,
} from '@nats-io/jetstream';

/** nats-server, server/errors.json: JSStreamNotFoundErr. */
const STREAM_NOT_FOUND = 10_059;

export interface StreamOptions {
  stream: string;
  subjectPrefix: string;
  /** Without it a stream that is missing is never made. */
  createStream?:
    | { replicas: number; duplicateWindowSeconds: number; maxBytes?: number | undefined }
    | undefined;
  /** The operator knows that a single replica syncs each message before it answers. */
  singleReplicaSyncs: boolean;
}

/** The stream as it is, made first when that is asked for. Throws with what is wrong with it, and what to do. */
export async function readyStream(manager: JetStreamManager, options: StreamOptions): Promise<StreamConfig> {
  const config = (await findStream(manager, options.stream)) ?? (await made(manager, options));
  const problem = problemWithStream(config, options);
  if (problem !== null) throw new Error(problem);
  return config;
}

/** As it is; null = there is none. */
export async function findStream(manager: JetStreamManager, name: string): Promise<StreamConfig | null> {
  try {
    return (await manager.streams.info(name)).config;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === STREAM_NOT_FOUND) return null;
    throw error;
  }
}

async function made(manager: JetStreamManager, options: StreamOptions): Promise<StreamConfig> {
  const { stream, subjectPrefix, createStream } = options;
  if (createStream === undefined)
    throw new Error(`there is no stream "${stream}": make it, or say createStream in the configuration`);
  const info: StreamInfo = await manager.streams.add({
    name: stream,
    subjects: [`${subjectPrefix}.>`],
    num_replicas: createStream.replicas,
    duplicate_window: createStream.duplicateWindowSeconds * 1e9,
    ...(createStream.maxBytes === undefined ? {} : { max_bytes: createStream.maxBytes }),
    // A full stream refuses what is new; it must not throw away what it has acknowledged.
    discard: DiscardPolicy.New,
  });
  return info.config;
}

/** What would make an acknowledgement worth less than it says; null = nothing. */
export function problemWithStream(config: StreamConfig, options: StreamOptions): string | null {
  const name = `stream "${config.name}"`;
  const prefix = `${options.subjectPrefix}.>`;
  if (!(config.subjects ?? []).some((subject) => subject === '>' || subject === prefix))
    return `${name} does not take ${prefix}: add it to its subjects`;
  if (config.no_ack) return `${name} does not acknowledge (no_ack): nothing would be known to be stored`;
  if (config.storage === 'memory') return `${name} is kept in memory: use one with file storage`;
  // nats-server syncs every two minutes by default (sync_interval): a power cut loses what one replica has acknowledged since.
  if (config.num_replicas < 2 && !options.singleReplicaSyncs)
    return `${name} has one replica, which acknowledges before it syncs: give it three, or set sync_interval: always in the server and say singleReplicaSyncs: true`;
  return null;
}
