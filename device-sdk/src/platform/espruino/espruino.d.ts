/** What Usewire uses of Espruino's firmware, as measured on 2v29. `Storage` is missing from `@types/espruino`. */

interface EspruinoSocket {
  /** Byte strings travel as they are; a typed array would be sent as text. */
  write(data: string): boolean;
  end(): void;
  on(event: 'data', listener: (data: string) => void): void;
  on(event: 'close', listener: (hadError?: boolean) => void): void;
  on(event: 'error', listener: (error: unknown) => void): void;
}

interface EspruinoNet {
  /** A failure is thrown or told as an event, depending on how far it came. */
  connect(
    options: { host: string; port: number },
    connected: (socket: EspruinoSocket) => void,
  ): EspruinoSocket;
}

interface EspruinoStorage {
  /** A byte string in the flash itself, not in RAM. */
  read(name: string, offset?: number, length?: number): string | undefined;
  /** Names of at most 28 characters. Identical content is not written again. */
  write(name: string, data: string, offset?: number, size?: number): boolean;
  erase(name: string): void;
}

interface EspruinoFlash {
  read(length: number, address: number): Uint8Array;
  /** Clears bits; address and length are multiples of 4. */
  write(data: string, address: number): void;
  getPage(address: number): { addr: number; length: number } | null;
  erasePage(address: number): void;
}

declare function require(id: 'net'): EspruinoNet;
declare function require(id: 'Flash'): EspruinoFlash;
declare function require(id: 'Storage'): EspruinoStorage;
declare var exports: { [name: string]: unknown };
declare function setTimeout(run: () => void, ms: number): number;
declare function clearTimeout(id: number): void;
declare function setInterval(run: () => void, ms: number): number;
declare function clearInterval(id: number): void;
/** s since 1970, as far as the board knows; `setTime` makes it jump. */
declare function getTime(): number;
declare function atob(base64: string): string;
declare var process: {
  /** Without an argument it collects garbage first, which takes four times as long. */
  memory(gc?: boolean): { free: number; usage: number; total: number; blocksize: number };
};
declare var E: {
  /** undefined where there is no flat memory for it. */
  toString(bytes: Uint8Array): string;
  /** As in IEEE 802.3, of a byte string. */
  CRC32(data: string): number;
  /** UTF-8 bytes of a text, on boards with and without Unicode strings. */
  toUint8Array(text: string): Uint8Array;
  /** 32 bits of the hardware's random numbers. */
  hwRand(): number;
  /** Before reset, load, save and off; not at a loss of power. */
  on(event: 'kill', listener: () => void): void;
};
