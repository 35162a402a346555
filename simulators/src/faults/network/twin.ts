import { type NetworkFault, struckShare } from './network-fault.ts';

/** A cloned image, or an old connection that its own device has given up: MQTT 3.1.1, 3.1.4 says that the newer one wins. */
export const twin: NetworkFault = {
  name: 'twin',
  about: 'the same client id connects twice: the gateway closes the first connection',
  draw: struckShare,
  begin: (link) => link.connectTwin(),
};
