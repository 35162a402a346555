/**
 * What counts as one address: of IPv6 its first 64 bits, since whoever has one address has all of its network; of IPv4 the whole, also
 * where it is written as IPv6.
 */
export function addressOf(remoteAddress: string | undefined): string {
  // A connection that is gone already has none.
  if (remoteAddress === undefined) return '';
  if (!remoteAddress.includes(':')) return remoteAddress;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(remoteAddress);
  return mapped === null ? network(remoteAddress) : mapped[1]!;
}

function network(address: string): string {
  const [head = '', tail] = address.split('%')[0]!.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right];
  return `${groups.slice(0, 4).join(':')}::/64`;
}
