import { createGateway } from '@usewire/gateway';

/** A gateway in a process of its own, to be killed. Orders: `{directory, models}` as hex; answers `{mqttPort}`. */
process.once('message', async ({ directory, models }) => {
  const gateway = createGateway({
    mqtt: { port: 0 },
    spool: { directory },
    models: models.map((hex) => Buffer.from(hex, 'hex')),
  });
  const { mqttPort } = await gateway.start();
  process.send({ mqttPort });
});
