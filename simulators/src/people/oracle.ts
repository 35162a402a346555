import type { Person } from './home-model.ts';

/** Where a text may be: `anywhere` on the device and on its way; in `memory` only, until somebody decides; `nowhere` any more, from now on. */
export type MayBe = 'anywhere' | 'memory' | 'nowhere';

interface Said {
  text: string;
  who: Person;
  purpose: string;
  mayBe: MayBe;
}

/** Knows what people said and decided, and so what may exist where. It asks nobody: it is what devices are held to. */
export interface Oracle {
  said(text: string, who: Person, purpose: string): void;
  decided(who: Person, purpose: string, isGranted: boolean): void;
  forgotten(who: Person): void;
  /** The device lost its memory. */
  restarted(): void;
  texts(mayBe: MayBe): string[];
  ownerOf(text: string): Person | undefined;
}

export function createOracle(): Oracle {
  const all: Said[] = [];
  const choices = new Map<string, boolean>();
  const keyOf = (who: Person, purpose: string): string => `${who} ${purpose}`;
  const end = (isOver: (said: Said) => boolean): void => {
    for (const said of all) if (isOver(said)) said.mayBe = 'nowhere';
  };
  return {
    said(text, who, purpose) {
      const choice = purpose === 'service' ? true : choices.get(keyOf(who, purpose));
      const mayBe = choice === undefined ? 'memory' : choice ? 'anywhere' : 'nowhere';
      all.push({ text, who, purpose, mayBe });
    },
    decided(who, purpose, isGranted) {
      choices.set(keyOf(who, purpose), isGranted);
      const isMeant = (said: Said): boolean => said.who === who && said.purpose === purpose;
      if (!isGranted) end(isMeant);
      else for (const said of all) if (isMeant(said) && said.mayBe === 'memory') said.mayBe = 'anywhere';
    },
    forgotten(who) {
      end((said) => said.who === who);
      // Grants are withdrawn; what nobody decided on is as open as before.
      for (const [key, isGranted] of choices)
        if (isGranted && key.startsWith(`${who} `)) choices.set(key, false);
    },
    restarted: () => end((said) => said.mayBe === 'memory'),
    texts: (mayBe) => all.filter((said) => said.mayBe === mayBe).map((said) => said.text),
    ownerOf: (text) => all.find((said) => said.text === text)?.who,
  };
}
