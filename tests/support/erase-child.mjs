import { join } from 'node:path';
import {
  createForwarders,
  createGateway,
  createJsonlSink,
  createSqliteSink,
  openSqliteSpool,
} from '@usewire/gateway';

/**
 * A gateway that kills itself (-9) at one moment of an erasure. Orders: `{directory, model, request?, killAt}`: the number of the moment, counted in this
 * life; -1 = never. Then 'deliver', 'ask' or 'resume'. Moments: behind each change of the
 * store and each overwriting, before and behind each sink's work. Answers `{moments}` when it is done.
 */
process.once('message', async ({ directory, model, request, killAt }) => {
  let moments = 0;
  const moment = () => {
    if (moments === killAt) process.kill(process.pid, 'SIGKILL');
    moments += 1;
  };
  const behind = (result) => {
    moment();
    return result;
  };
  const room = { maxBytes: 2 ** 30, maxQuarantineBytes: 2 ** 30, maxQuarantineBytesPerDevice: 2 ** 30 };
  const store = openSqliteSpool({ directory, ...room });
  const { apply, overwrite } = store.erasing;
  store.erasing.apply = (...given) => behind(apply(...given));
  store.erasing.overwrite = (...given) => behind(overwrite(...given));
  const sinks = [
    createSqliteSink({ name: 'usage', file: join(directory, 'usage.db') }),
    createJsonlSink({ name: 'lines', directory: join(directory, 'jsonl'), rotateBytes: 600 }),
  ];
  for (const sink of sinks) {
    const { erase } = sink;
    sink.erase = async (...given) => {
      moment();
      const answer = await erase(...given);
      moment();
      return answer;
    };
  }
  let context;
  const forwarders = createForwarders();
  const gateway = createGateway(
    { models: [Buffer.from(model, 'hex')], spool: { directory }, mqtt: { port: 0 } },
    {
      store,
      sinks,
      parts: [
        forwarders.part,
        (given) => {
          context = given;
          return { start: async () => undefined, stop: async () => {} };
        },
      ],
    },
  );
  const { mqttPort } = await gateway.start();
  process.send({ mqttPort });
  const isDelivered = () => sinks.every(({ name }) => store.cursor(name) === store.lastPosition());
  const isErased = () => context.erasures.list().every(({ told }) => told.receipt === 'owed');
  const until = async (isDone) => {
    const end = performance.now() + 20_000;
    while (!isDone() && performance.now() < end) await new Promise((resolve) => setImmediate(resolve));
  };
  process.on('message', async (order) => {
    if (order === 'ask') await context.erasures.ask(request);
    await until(order === 'deliver' ? isDelivered : isErased);
    const erasures = context.erasures.list();
    await gateway.stop();
    process.send({ moments, erasures }, () => process.disconnect());
  });
});
