/** Bounds that every decoder holds before it allocates anything (SPEC.md, Strictness). */
export const limits = {
  /** Containers and tags within each other; the message map is the first. */
  maxDepth: 8,
  maxMapPairs: 64,
  maxArrayItems: 65536,
  /** One message on any link; a link may allow less. */
  maxMessageBytes: 262144,
  /** Text and byte values in state and config maps. */
  maxValueBytes: 128,
  /** Largest integer that every implementation holds exactly (2^53 - 1). */
  maxInt: 9007199254740991,
  maxU32: 4294967295,
  maxSubject: 255,
} as const;
