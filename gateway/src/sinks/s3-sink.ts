import type { Sink } from '../domain/ports.ts';
import { systemClock, systemScheduler } from '../system.ts';
import { createLakeSink, type LakeTime } from './lake/lake-sink.ts';
import { type Bucket, type BucketOptions, bucketOptions, openBucket } from './s3/bucket.ts';

export interface S3SinkOptions extends Partial<BucketOptions> {
  name: string;
  /** Of this sink alone, on this machine's disk: where records wait for their hour to end. */
  stagingDirectory: string;
  /** Has to exist: it is never made here. */
  bucket: string;
  /** Default 3,600: files are made at each full hour. */
  rotateAfterSeconds?: number;
  /** ... and before, when this much is waiting. Default 32 MiB. */
  rotateBytes?: number;
}

/** The Parquet sink's files as objects of a bucket, by `@aws-sdk/client-s3`, which has to be installed beside the gateway. */
export function createS3Sink(
  given: S3SinkOptions,
  time: LakeTime = { clock: systemClock, scheduler: systemScheduler },
): Sink {
  const options = bucketOptions(given);
  let opening: Promise<Bucket> | null = null;
  const bucket = () => {
    opening ??= openBucket(options);
    return opening;
  };
  const sink = createLakeSink(
    {
      ...options,
      ready: async (signal) => (await bucket()).check(signal),
      put: async (file, signal) => (await bucket()).put(file, signal),
    },
    time,
  );
  return {
    ...sink,
    async close() {
      await sink.close();
      await opening?.then((open) => open.close()).catch(() => {});
    },
  };
}
