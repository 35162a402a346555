export function marksIn(directory: string): (mark: object) => void;
export function digest(bytes: Uint8Array): string;
