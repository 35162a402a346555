import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { S3_DEFAULTS } from '../../domain/sink-defaults.ts';
import type { LakeFile } from '../lake/journal-files.ts';
import { problemOf } from '../outcome.ts';

export interface BucketOptions {
  bucket: string;
  /** Put before every key, as it is: `usage/`. */
  prefix: string;
  region: string;
  /** Of a server that is not Amazon's. Default: the region's own. */
  endpoint?: string | undefined;
  /** The bucket in the path of an address instead of its host name. */
  pathStyle: boolean;
  /** Without both, the client looks where it always does: environment, profile, instance. */
  accessKeyId?: string | undefined;
  secretAccessKey?: string | undefined;
  /** For each request. */
  timeoutMs: number;
}

/** With what is so when nobody says otherwise. */
export function bucketOptions<Given extends Partial<BucketOptions> & { bucket: string }>(given: Given) {
  return { ...S3_DEFAULTS, pathStyle: given.endpoint !== undefined, ...given };
}

export interface Bucket {
  /** Throws with what is wrong. */
  check(signal: AbortSignal): Promise<void>;
  /** An object is there whole or not at all; one of that name is replaced. Throws with what is wrong. */
  put(file: LakeFile, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** The client is 14 MB that most gateways do not need: it is installed by who wants it, and loaded when it is needed. */
export async function openBucket(options: BucketOptions): Promise<Bucket> {
  const { HeadBucketCommand, PutObjectCommand, S3Client: Client } = await loadClient();
  const client: S3Client = new Client(clientConfig(options));
  const Bucket = options.bucket;
  const within = (signal: AbortSignal) => ({
    abortSignal: AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs)]),
  });
  return {
    check: (signal) =>
      told(`bucket "${Bucket}"`, options, client.send(new HeadBucketCommand({ Bucket }), within(signal))),
    put({ path, content }, signal) {
      const Key = options.prefix + path;
      const request = { Bucket, Key, Body: content, ContentType: 'application/vnd.apache.parquet' };
      return told(Key, options, client.send(new PutObjectCommand(request), within(signal)));
    },
    close: () => client.destroy(),
  };
}

async function loadClient(): Promise<typeof import('@aws-sdk/client-s3')> {
  try {
    return await import('@aws-sdk/client-s3');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Error('the S3 client is not installed: npm install @aws-sdk/client-s3 beside the gateway');
  }
}

function clientConfig(options: BucketOptions): S3ClientConfig {
  const { accessKeyId, secretAccessKey, endpoint, region, pathStyle } = options;
  const isGiven = accessKeyId !== undefined && secretAccessKey !== undefined;
  return {
    region,
    forcePathStyle: pathStyle,
    // Trying again is the forwarder's, which tells of it.
    maxAttempts: 1,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(isGiven ? { credentials: { accessKeyId, secretAccessKey } } : {}),
  };
}

/** Errors of the client say little by themselves; a HEAD has no body, so its status says it all. */
async function told(what: string, { timeoutMs }: BucketOptions, request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
    const status = $metadata?.httpStatusCode;
    if (name === 'TimeoutError' || name === 'AbortError')
      throw new Error(`${what}: no answer within ${timeoutMs} ms`);
    if (status === undefined) throw new Error(`${what}: ${problemOf(error)}`);
    throw new Error(`${what}: HTTP ${status} ${wordsFor(status) ?? `${name}: ${problemOf(error)}`}`);
  }
}

function wordsFor(status: number): string | null {
  if (status === 403)
    return 'these credentials may not do that, or are wrong (s3:ListBucket and s3:PutObject are needed)';
  return status === 404 ? 'there is no such bucket (or, of some servers, no such access key): make it' : null;
}
