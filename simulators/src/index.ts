export type { Action, ActionOf } from './behaviour/action.ts';
export type { Behaviour, Setting as BehaviourSetting, Step } from './behaviour/behaviour.ts';
export { type Link, StuckError, type Traffic } from './device/link.ts';
export type { DeviceSpec, DeviceStorage } from './device/spec.ts';
export type { VirtualDevice } from './device/virtual-device.ts';
export { type DeviceFault, type DeviceStrike, deviceFaults } from './faults/device/index.ts';
export {
  type FaultyNetwork,
  type FaultyNetworkOptions,
  type NetworkFault,
  type NetworkStrike,
  networkFaults,
  startFaultyNetwork,
} from './faults/network/index.ts';
export { FAULT_KINDS, type FaultKind, type FaultRates } from './faults/plan.ts';
export {
  type FaultyReceiver,
  type FaultyReceiverOptions,
  type SinkFault,
  sinkFaults,
  startFaultyReceiver,
  type TakenBatch,
} from './faults/sink/index.ts';
export {
  type Answer,
  answerText,
  type Culprit,
  differences,
  type Misbehaviour,
  misbehaviourModel,
  misbehaviours,
  misbehaviourTable,
  type PlayOptions,
  playMisbehaviour,
  type Seen,
} from './misbehaviours/index.ts';
export { productNamed, products, type SimulatedProduct } from './products/index.ts';
export { type Random, type Streams, stream, streamsOf } from './random/stream.ts';
export {
  type FileReport,
  type Progress,
  type ReplayOptions,
  type ReplayOutcome,
  type ReplayProduct,
  type ReplayReport,
  replay,
  replayModels,
} from './replay/index.ts';
export { CHECKS, type Check, type Finding } from './verdict/findings.ts';
export { Judge, type JudgeOptions, judge, type Verdict } from './verdict/judge.ts';
export { InputError, readArrived, readTruth } from './verdict/read.ts';
export { EXIT, junit, summary } from './verdict/report.ts';
export type { Account, Arrived, Truth } from './verdict/truth.ts';
export { fileDeviceStorage } from './world/device-storage.ts';
export { UsageError } from './world/fleet.ts';
export { createLiveFleet, type LiveFleet, type LiveFleetOptions } from './world/live-fleet.ts';
export { fileLives, type Life, type Lives } from './world/lives.ts';
export { type MqttOptions, mqttLinks } from './world/mqtt-link.ts';
export { type SimulateOptions, simulate, type World, type WorldReport } from './world/simulate.ts';
