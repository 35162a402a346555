import { toDataSheet } from '@usewire/protocol/check';
import { Command } from 'commander';
import { products } from '../products/index.ts';
import { productsNamed } from '../world/fleet.ts';

/** `usewire-sim products` */
export function productsCommand(): Command {
  return new Command('products').description('lists the simulated products').action(() => {
    for (const { name, story, model } of products) {
      const points = Object.keys(model.points).length;
      process.stdout.write(
        `${name.padEnd(10)} ${model.product} ${model.version}, ${points} points: ${story}\n`,
      );
    }
  });
}

/** `usewire-sim sheet PRODUCT` */
export function sheetCommand(): Command {
  return new Command('sheet')
    .description('prints the data sheet of a product: what it records, why, and how much')
    .argument('<product>', products.map((one) => one.name).join(', '))
    .action((name: string) => {
      for (const { model } of productsNamed([name])) process.stdout.write(`${toDataSheet(model)}\n`);
    });
}
