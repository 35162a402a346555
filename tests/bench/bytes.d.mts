/** Bytes of the workload by format, of seed 42 and (`...Mean`) of 20 seeds; bits a sample; bytes of a reconnect. */
export function measure(): Record<string, number>;
export function run(): Promise<Record<string, number>>;
