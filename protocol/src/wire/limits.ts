export const maxDepth = 8;
export const maxMapPairs = 64;
export const maxArrayItems = 65536;
export const maxMessageBytes = 262144;
/** 2^53 - 1. Written so that bundlers name it instead of repeating its digits. */
export const maxInt = 4294967296 * 2097152 - 1;
export const maxU32 = 4294967295;

/** Bounds that every decoder holds before it allocates anything (SPEC.md, Strictness). */
export const limits = {
  /** Containers and tags within each other; the message map is the first. */
  maxDepth: maxDepth,
  maxMapPairs: maxMapPairs,
  maxArrayItems: maxArrayItems,
  /** One message on any link; a link may allow less. */
  maxMessageBytes: maxMessageBytes,
  /** Text and byte values in state and config maps. */
  maxValueBytes: 128,
  /** Largest integer that every implementation holds exactly (2^53 - 1). */
  maxInt: maxInt,
  maxU32: maxU32,
  maxSubject: 255,
} as const;
