import { problemOf } from '../outcome.ts';
import { type BucketOptions, bucketOptions, openBucket } from './bucket.ts';

/** Whether the bucket is there and these credentials may see it; null = so it is. Puts nothing into it. */
export async function problemWithBucket(
  given: Partial<BucketOptions> & { bucket: string },
): Promise<string | null> {
  try {
    const bucket = await openBucket(bucketOptions(given));
    try {
      await bucket.check(new AbortController().signal);
      return null;
    } finally {
      bucket.close();
    }
  } catch (error) {
    return problemOf(error);
  }
}
