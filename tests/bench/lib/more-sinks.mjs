import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { createMqttSink, createOtlpSink, createParquetSink, createS3Sink } from '@usewire/gateway';
import { connectAsync } from 'mqtt';
import { findMosquitto, startMosquitto } from '../../engines/mosquitto/server.mjs';
import { startCollector, whyNoCollector } from '../../engines/otlp/server.mjs';
import { accessKeyId, secretAccessKey, startS3, whyNoS3 } from '../../engines/s3/server.mjs';

/** The gateway's own copy: the same code on both sides. */
const ofGateway = createRequire(new URL('../../../gateway/package.json', import.meta.url));
const { parquetWriteBuffer, parquetWriteFile } = await import(
  pathToFileURL(ofGateway.resolve('hyparquet-writer')).href
);

const accepted = { kind: 'accepted' };
/** A file about every 6,000 records, in the sinks and in the loops beside them. */
const rotateBytes = 1_048_576;
const RECORDS_A_FILE = 6_000;

function folder() {
  const path = mkdtempSync(join(tmpdir(), 'usewire-bench-'));
  return { url: path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** What somebody writes with the writer alone: rows kept in memory, a file now and then, nothing synced. */
function plainFiles(put) {
  let rows = [];
  return {
    async deliver({ records }) {
      rows.push(...records);
      if (rows.length < RECORDS_A_FILE) return accepted;
      const column = (name, type, read) => ({ name, type, data: rows.map(read) });
      const columnData = [
        ...['tenant', 'device', 'boot', 'modelHash'].map((name) => column(name, 'STRING', (r) => r[name])),
        ...['seq', 'atMs', 'uptimeMs', 'receivedAtMs'].map((name) =>
          column(name, 'INT64', (r) => BigInt(r[name])),
        ),
        ...['index', 'timeQuality'].map((name) => column(name, 'INT32', (r) => r[name])),
        ...['timeBoundMs', 'value'].map((name) => column(name, 'DOUBLE', (r) => r[name])),
      ];
      await put(`${rows[0].seq}.parquet`, columnData);
      rows = [];
      return accepted;
    },
    close: async () => {},
  };
}

async function plainObjects(endpoint) {
  const client = new S3Client({
    ...{ endpoint, region: 'us-east-1', forcePathStyle: true },
    credentials: { accessKeyId, secretAccessKey },
  });
  return plainFiles((Key, columnData) =>
    client.send(
      new PutObjectCommand({
        Bucket: 'usage',
        Key,
        Body: new Uint8Array(parquetWriteBuffer({ columnData })),
      }),
    ),
  );
}

/** What somebody writes with the client alone: a message for twenty records, as plain JSON, each awaited among others. */
async function plainTopics(url) {
  const client = await connectAsync(url, { protocolVersion: 5 });
  return {
    async deliver({ records }) {
      const acks = [];
      for (let at = 0; at < records.length; at += 20) {
        const payload = JSON.stringify(records.slice(at, at + 20));
        acks.push(client.publishAsync(`plain/${records[at].device}`, payload, { qos: 1 }));
      }
      await Promise.all(acks);
      return accepted;
    },
    close: () => client.endAsync(),
  };
}

/** What somebody writes with fetch alone: a gauge with a data point a record, in one resource. */
async function plainRequests(url) {
  return {
    async deliver({ records }) {
      const dataPoints = records.map((record) => ({
        attributes: [{ key: 'device', value: { stringValue: record.device } }],
        timeUnixNano: `${record.atMs}000000`,
        asDouble: record.value,
      }));
      const scopeMetrics = [
        { scope: { name: 'plain' }, metrics: [{ name: 'water', gauge: { dataPoints } }] },
      ];
      const body = JSON.stringify({ resourceMetrics: [{ resource: { attributes: [] }, scopeMetrics }] });
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${url}/v1/metrics`, { method: 'POST', headers, body });
      await answer.text();
      return answer.ok ? accepted : { kind: 'retry', reason: `HTTP ${answer.status}` };
    },
    close: async () => {},
  };
}

export const moreEngines = {
  parquet: {
    find: () => 'a folder',
    start: async () => folder(),
    missing: '',
    plain: async (path) =>
      plainFiles(async (name, columnData) => parquetWriteFile({ filename: join(path, name), columnData })),
    sink: (path) => createParquetSink({ name: 'bench', directory: join(path, 'lake'), rotateBytes }),
  },
  s3: {
    find: () => (whyNoS3() === null ? 'go' : null),
    start: async () => {
      const [server, staging] = [await startS3(), folder()];
      const remove = () => Promise.all([server.remove(), staging.remove()]);
      return { url: server.endpoint, staging: staging.url, remove };
    },
    missing: 'there is no versitygw and no go here',
    plain: plainObjects,
    sink: (endpoint, { staging }) =>
      createS3Sink({
        ...{ name: 'bench', bucket: 'usage', endpoint, accessKeyId, secretAccessKey },
        ...{ stagingDirectory: staging, rotateBytes },
      }),
  },
  mqtt: {
    find: findMosquitto,
    start: startMosquitto,
    missing: 'there is no Mosquitto 2 here',
    plain: plainTopics,
    sink: (url) => createMqttSink({ name: 'bench', url }),
  },
  'mqtt senml-cbor': {
    find: findMosquitto,
    start: startMosquitto,
    missing: 'there is no Mosquitto 2 here',
    plain: plainTopics,
    sink: (url) => createMqttSink({ name: 'bench', url, payload: 'senml-cbor' }),
  },
  'mqtt sparkplug-b': {
    find: findMosquitto,
    start: startMosquitto,
    missing: 'there is no Mosquitto 2 here',
    plain: plainTopics,
    sink: (url) =>
      createMqttSink({
        ...{ name: 'bench', url, payload: 'sparkplug-b' },
        sparkplug: { group: 'bench', node: 'gateway' },
      }),
  },
  otlp: {
    find: () => (whyNoCollector() === null ? 'go' : null),
    start: startCollector,
    missing: 'there is no go here',
    plain: plainRequests,
    sink: (url) => createOtlpSink({ name: 'bench', url, gzip: false }),
  },
};
