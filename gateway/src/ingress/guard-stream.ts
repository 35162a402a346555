import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** The broker's end of a connection: it reads the frames that the guard leaves to it, and writes to the socket. */
export class GuardStream extends Duplex {
  private readonly socket: Socket;
  private readonly onRead: () => void;

  constructor(socket: Socket, onRead: () => void) {
    super({ readableHighWaterMark: 65_536 });
    this.socket = socket;
    this.onRead = onRead;
  }

  /** What was written and the client has not read. */
  unreadBytes(): number {
    return this.socket.writableLength + this.writableLength;
  }

  override _read(): void {
    this.onRead();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.send(chunk, done);
  }

  /** Packets of the broker come in small pieces, corked: one write keeps whole packets together. */
  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.send(Buffer.concat(chunks.map((piece) => piece.chunk)), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    // What was written before (a CONNACK that refuses) still goes out.
    this.socket.destroySoon();
    done(error);
  }

  private send(bytes: Buffer, done: (error?: Error | null) => void): void {
    if (this.socket.destroyed || this.socket.write(bytes)) done();
    else this.whenWritable(done);
  }

  private whenWritable(done: () => void): void {
    const { socket } = this;
    const finish = () => {
      socket.off('drain', finish);
      socket.off('close', finish);
      done();
    };
    socket.on('drain', finish);
    socket.on('close', finish);
  }
}
