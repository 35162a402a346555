import type { Duplex } from 'node:stream';
import { SerialPort } from 'serialport';

export interface SerialLine {
  path: string;
  baudRate: number;
  /** RTS and CTS: whoever is not read waits instead of losing bytes. */
  flowControl: 'none' | 'hardware';
}

/** Rejects with what the system says. Ends with `close`, also when the cable is pulled. */
export type OpenSerial = (line: SerialLine) => Promise<Duplex>;

/** `destroy` of a SerialPort leaves the port open, and `close` leaves the stream alive: here each does both. */
class OwnPort extends SerialPort {
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (this.isOpen) this.close(() => done(error));
    else done(error);
  }
}

/** 8 data bits, no parity, 1 stop bit; nobody else may have it open. */
export const openPort: OpenSerial = ({ path, baudRate, flowControl }) =>
  new Promise((resolve, reject) => {
    const rtscts = flowControl === 'hardware';
    const port = new OwnPort({ path, baudRate, rtscts, lock: true, autoOpen: false });
    port.on('error', () => port.destroy());
    port.on('close', () => port.destroy());
    port.open((error) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
