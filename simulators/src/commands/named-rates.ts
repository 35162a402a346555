import { UsageError } from '../world/fleet.ts';

/** `storm=2,twin=0.5` by the names that there are; a name alone is 1. Throws `UsageError` that names the option and what is right. */
export function namedRates<Name extends string>(
  names: readonly Name[],
  most = Number.POSITIVE_INFINITY,
): (text: string) => Map<Name, number> {
  return (text) => {
    const rates = new Map<Name, number>();
    for (const part of text.split(',').filter((one) => one !== '')) {
      const [given, number] = part.split('=');
      const name = names.find((one) => one === given);
      const rate = number === undefined ? 1 : Number(number);
      if (name === undefined || !(rate >= 0 && rate <= most))
        throw new UsageError(
          `--faults has '${part}'; write it as NAME=NUMBER with NAME one of ${names.join(', ')}`,
        );
      rates.set(name, rate);
    }
    return rates;
  };
}
