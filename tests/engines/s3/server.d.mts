/** Why there is no S3-compatible server here; null = there is. It may be built first, which takes minutes once. */
export function whyNoS3(): string | null;

export const accessKeyId: string;
export const secretAccessKey: string;

export interface S3Server {
  endpoint: string;
  /** Where it keeps its buckets: a folder each, an object a file. */
  root: string;
  /** SIGKILL; what it stored stays. */
  kill(): Promise<void>;
  start(): Promise<void>;
  signal(name: NodeJS.Signals): void;
  remove(): Promise<void>;
}

/** A real server of its own in a temporary folder, with a bucket `usage`. */
export function startS3(): Promise<S3Server>;
