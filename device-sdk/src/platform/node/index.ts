export {
  bool,
  bytes,
  counter,
  distribution,
  event,
  gauge,
  int,
  location,
  type Model,
  num,
  oneOf,
  optional,
  product,
  series,
  session,
  state,
  text,
} from '@usewire/protocol/model';
export {
  type ClockPort,
  type CloseReason,
  type Consent,
  type ConsentOptions,
  type ConsentResult,
  createDevice,
  type Device,
  type DeviceConfig,
  type DeviceError,
  type DeviceErrorCode,
  type DeviceOptions,
  type DevicePoints,
  type DeviceStatus,
  type LogPort,
  type Ports,
  type RandomPort,
  type StoragePort,
  type TransportPort,
  type WallTime,
} from '../../core/index.ts';
export { type FileStorage, fileStorage } from './file-storage.ts';
export { type MqttTransport, type MqttTransportOptions, mqttTransport } from './mqtt-transport.ts';
export { type Pou, type StartOptions, start } from './start.ts';
export { systemClock } from './system-clock.ts';
export { systemRandom } from './system-random.ts';
