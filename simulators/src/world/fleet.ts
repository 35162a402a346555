import type { DeviceSpec } from '../device/spec.ts';
import { household } from '../people/household.ts';
import { products as allProducts, productNamed, type SimulatedProduct } from '../products/index.ts';

/** A wrong option of a fleet; the message says which and what would be right. */
export class UsageError extends Error {}

/** Products by name; throws `UsageError` for one that there is not. */
export function productsNamed(names: readonly string[]): SimulatedProduct[] {
  return names.map((name) => {
    const product = productNamed(name);
    if (product === undefined) {
      const known = allProducts.map((one) => one.name).join(', ');
      throw new UsageError(`there is no product '${name}'; there are ${known}`);
    }
    return product;
  });
}

export interface FleetOptions {
  seed: number | string;
  devices: number;
  products: readonly SimulatedProduct[];
  tenant: string;
}

/** Devices 0 to n-1. Device i depends on the seed, i and the products only, so a larger fleet holds the smaller one. */
export function fleet(options: FleetOptions): DeviceSpec[] {
  const { devices, products, seed, tenant } = options;
  return Array.from({ length: devices }, (_, i) => {
    const product = products[i % products.length]!;
    const index = Math.floor(i / products.length);
    return {
      tenant,
      name: `${product.name}-${String(index + 1).padStart(4, '0')}`,
      product,
      setting: { home: household(seed, index), slot: 0 },
    };
  });
}
