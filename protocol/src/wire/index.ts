export { BitReader } from './bit-reader.ts';
export { BitWriter } from './bit-writer.ts';
export { type Choice, ChoiceCode } from './choices.ts';
export { decodeMessage, encodeMessage, encodeMessageTo } from './codec.ts';
export { Code, type CodeClass, type CodeName, type CodeNumber, codeClass, codeName } from './codes.ts';
export { crc32 } from './crc32.ts';
export { decodeDeviceMessage, encodeDeviceMessage } from './device-codec.ts';
export { type Elective, electiveInt, readElectiveInt } from './elective.ts';
export { Major } from './head-reader.ts';
export { fromHex, toHex } from './hex.ts';
export type { Boot, Clock, Range, UintMap } from './items.ts';
export { consumesSeq, Kind, type KindCode, type KindName, kindName } from './kinds.ts';
export { decodeLabels, encodeLabels } from './label-codec.ts';
export { ElectiveLabel, type ElectiveLabelName, Label, type LabelName } from './labels.ts';
export { limits } from './limits.ts';
export type { UpHead } from './message-spec.ts';
export type { AckMessage } from './messages/ack.ts';
export type { ByeMessage } from './messages/bye.ts';
export type { ChoiceMessage } from './messages/choice.ts';
export type { ConfigMessage } from './messages/config.ts';
export type { ConfigAckMessage } from './messages/config-ack.ts';
export type { ConsentMessage } from './messages/consent.ts';
export type { ConsentAckMessage } from './messages/consent-ack.ts';
export type { DataMessage } from './messages/data.ts';
export type { EraseMessage } from './messages/erase.ts';
export type { EraseAckMessage } from './messages/erase-ack.ts';
export type { EraseReceiptMessage } from './messages/erase-receipt.ts';
export type { EraseReqMessage } from './messages/erase-req.ts';
export type { ExportMessage } from './messages/export.ts';
export type { ExportReqMessage } from './messages/export-req.ts';
export type { Hardware, HelloMessage } from './messages/hello.ts';
export type { ModelMessage } from './messages/model.ts';
export type { ModelReqMessage } from './messages/model-req.ts';
export type { NackMessage } from './messages/nack.ts';
export type { StatusMessage } from './messages/status.ts';
export type { TimeMessage } from './messages/time.ts';
export { Reader } from './reader.ts';
export type { Message } from './registry.ts';
export { failure, type Result, success, type WireFailure } from './result.ts';
export {
  bitsFor,
  type RiceState,
  riceEscape,
  riceParameter,
  riceStart,
  riceState,
  riceUpdate,
  unzigzag,
  zigzag,
  zigzagMax,
  zigzagMin,
} from './rice.ts';
export {
  clientIdFor,
  isId,
  type Leaf,
  parseClientId,
  parseTopic,
  type Topic,
  topicFor,
  topicRoot,
} from './topics.ts';
export { compareKeys, decodeTree, sameBytes, type Tree, type TreeMap, writeTree } from './tree.ts';
export { utf8Decode, utf8Fault, utf8Length, utf8Write } from './utf8.ts';
export type { Value } from './values.ts';
export { Writer } from './writer.ts';
