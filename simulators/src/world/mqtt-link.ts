import { mqttTransport } from '@usewire/device-sdk';
import type { Link } from '../device/link.ts';
import type { DeviceSpec } from '../device/spec.ts';
import { realLink } from './real-link.ts';

export interface MqttOptions {
  /** `mqtt://host:1883`. */
  gateway: string;
  /** The token of a device; a gateway in development mode takes any. */
  token?: (spec: DeviceSpec) => string;
  /** Real ms without an answer before a run is given up. Default 60,000. */
  patienceMs?: number;
}

/** Links of simulated devices over real MQTT, by the transport of the device SDK. */
export function mqttLinks(options: MqttOptions): (spec: DeviceSpec) => Link {
  return (spec) => {
    const { tenant, name } = spec;
    const token = options.token?.(spec) ?? 'simulated';
    const transport = mqttTransport({ gateway: options.gateway, tenant, device: name, token });
    const link = realLink(transport, `${tenant}.${name}`, options.patienceMs ?? 60_000);
    return { ...link, closed: () => transport.whenClosed() };
  };
}
