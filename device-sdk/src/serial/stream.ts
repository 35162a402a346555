/**
 * A line of bytes, as the `serialport` package has it, or any other duplex stream. It belongs to the caller's program; the transport reads, writes
 * and closes it.
 */
export interface SerialStream {
  write(bytes: Uint8Array): unknown;
  on(event: 'data', listener: (bytes: Uint8Array) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  /** Of a SerialPort: `destroy` alone leaves the port open. */
  close?(): unknown;
  destroy?(): unknown;
}

/** Opens the line, each time that the device tries; rejects, or throws, when that cannot be done. */
export type OpenSerialStream = () => SerialStream | Promise<SerialStream>;

export function closeStream(stream: SerialStream): void {
  stream.on('error', () => {});
  try {
    if (stream.close !== undefined) stream.close();
    else stream.destroy?.();
  } catch {
    // It was closed already, which is what was wanted.
  }
}
