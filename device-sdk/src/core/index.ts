export type { ConsentOptions, ConsentResult } from './consent.ts';
export type { Consent, DeviceConsent, PurposeChoices, SubjectConsent } from './consent-api.ts';
export { createDevice, type Device, type DeviceConfig } from './device.ts';
export type { ErasureStatus, ForgetResult } from './erasure-desk.ts';
export type { DeviceError, DeviceErrorCode } from './errors.ts';
export { deviceError } from './errors.ts';
export type { DeviceExport } from './exporter.ts';
export type { DeviceOptions } from './options.ts';
export type {
  ClockPort,
  CloseReason,
  LogLevel,
  LogPort,
  Ports,
  RandomPort,
  StoragePort,
  TransportEvents,
  TransportPort,
  UpLeaf,
  WallTime,
} from './ports.ts';
export type { DevicePoints, DeviceSeriesRecorder } from './recorder-types.ts';
export type { DeviceStatus, DropCause } from './status.ts';
