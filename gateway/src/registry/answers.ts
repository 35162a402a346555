/** What an operator who asked for a secret gets: the secret, or why not. */
export type Issued = { ok: true; token: string } | { ok: false; problem: string };
export type Done = { ok: true } | { ok: false; problem: string };
