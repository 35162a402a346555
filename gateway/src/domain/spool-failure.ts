/** Why the spool could not take a commit. The link must not acknowledge; the device keeps and resends. */
export type SpoolFailure = {
  /** SPOOL_FULL: its own limit; SPOOL_DISK_FULL: the disk under it. */
  code: 'SPOOL_FULL' | 'SPOOL_DISK_FULL' | 'SPOOL_IO' | 'SPOOL_READONLY' | 'SPOOL_DAMAGED' | 'SPOOL_CLOSED';
  /** A sentence for the operator: what happened, what to do. */
  message: string;
};
