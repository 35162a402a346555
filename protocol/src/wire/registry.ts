import type { MessageSpec } from './message-spec.ts';
import { type AckMessage, ackSpec } from './messages/ack.ts';
import { type ByeMessage, byeSpec } from './messages/bye.ts';
import { type ChoiceMessage, choiceSpec } from './messages/choice.ts';
import { type ConfigMessage, configSpec } from './messages/config.ts';
import { type ConfigAckMessage, configAckSpec } from './messages/config-ack.ts';
import { type ConsentMessage, consentSpec } from './messages/consent.ts';
import { type ConsentAckMessage, consentAckSpec } from './messages/consent-ack.ts';
import { type DataMessage, dataSpec } from './messages/data.ts';
import { type EraseMessage, eraseSpec } from './messages/erase.ts';
import { type EraseAckMessage, eraseAckSpec } from './messages/erase-ack.ts';
import { type EraseReceiptMessage, eraseReceiptSpec } from './messages/erase-receipt.ts';
import { type EraseReqMessage, eraseReqSpec } from './messages/erase-req.ts';
import { type ExportMessage, exportSpec } from './messages/export.ts';
import { type ExportReqMessage, exportReqSpec } from './messages/export-req.ts';
import { type HelloMessage, helloSpec } from './messages/hello.ts';
import { type ModelMessage, modelSpec } from './messages/model.ts';
import { type ModelReqMessage, modelReqSpec } from './messages/model-req.ts';
import { type NackMessage, nackSpec } from './messages/nack.ts';
import { type StatusMessage, statusSpec } from './messages/status.ts';
import { type TimeMessage, timeSpec } from './messages/time.ts';

export type Message =
  | HelloMessage
  | DataMessage
  | StatusMessage
  | ByeMessage
  | AckMessage
  | NackMessage
  | TimeMessage
  | ConsentMessage
  | ConsentAckMessage
  | ChoiceMessage
  | ConfigMessage
  | ConfigAckMessage
  | ModelReqMessage
  | ModelMessage
  | EraseMessage
  | EraseAckMessage
  | ExportReqMessage
  | ExportMessage
  | EraseReqMessage
  | EraseReceiptMessage;

/** One line a kind, at the index of its number. */
export const messageSpecs: MessageSpec[] = [
  helloSpec,
  dataSpec,
  statusSpec,
  byeSpec,
  ackSpec,
  nackSpec,
  timeSpec,
  consentSpec,
  consentAckSpec,
  choiceSpec,
  configSpec,
  configAckSpec,
  modelReqSpec,
  modelSpec,
  eraseSpec,
  eraseAckSpec,
  exportReqSpec,
  exportSpec,
  eraseReqSpec,
  eraseReceiptSpec,
];
