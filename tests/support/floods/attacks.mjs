import { connect } from 'node:net';
import { connect as tlsConnect } from 'node:tls';

/**
 * Attacks on a gateway, by name: `(order, tally) => stop`. An order is `{port, tlsPort, count, devices: [{clientId, token}]}`; a tally
 * counts what was tried and what the gateway closed.
 */
export const attacks = {
  'half-open sockets': ({ port, count }, tally) => held(count, tally, () => connect(port, '127.0.0.1')),
  'half-open TLS sockets': ({ tlsPort, count }, tally) =>
    held(count, tally, () => connect(tlsPort, '127.0.0.1')),
  'CONNECT that drips': ({ port, count }, tally) =>
    dripping({ port, count, bytes: connectPacket('t.x', 'y') }, tally),
  'CONNECT flood, wrong tokens': ({ port, devices }, tally) =>
    repeated(64, tally, (over) => login(port, devices[0].clientId, 'wrong', over)),
  'CONNECT flood, right tokens': ({ port, devices }, tally) =>
    repeated(64, tally, (over, i) => login(port, devices[i].clientId, devices[i].token, over)),
  'TLS handshake flood': ({ tlsPort }, tally) => repeated(64, tally, (over) => handshake(tlsPort, over)),
  'ClientHello, then nothing': ({ tlsPort, count }, tally) => held(count, tally, () => helloOnly(tlsPort)),
  'packets that are never whole': ({ port, devices }, tally) =>
    held(devices.length, tally, (i) => unfinished(port, devices[i % devices.length])),
  'PUBLISH as fast as it goes, devices that read no answer': ({ port, devices }, tally) =>
    held(64, tally, (i) => flooding(port, devices[i % 64], tally)),
};

/** Keeps `count` sockets open: what the gateway closes comes again. */
function held(count, tally, open) {
  const sockets = new Set();
  let isOver = false;
  function one(i) {
    if (isOver) return;
    const socket = open(i);
    tally.tried += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      tally.closed += 1;
      setTimeout(one, 20, i);
    });
  }
  const pace = setInterval(() => {
    for (let n = 0; n < 200 && tally.started < count; n += 1) one(tally.started++);
  }, 10);
  return () => {
    isOver = true;
    clearInterval(pace);
    for (const socket of sockets) socket.destroy();
  };
}

/** `width` of them at any time, each begun when the one before is over. */
function repeated(width, tally, begin) {
  let isOver = false;
  function one(i) {
    if (isOver) return;
    tally.tried += 1;
    begin(() => {
      tally.closed += 1;
      setImmediate(one, i);
    }, i);
  }
  for (let i = 0; i < width; i += 1) one(i);
  return () => {
    isOver = true;
  };
}

function dripping({ port, count, bytes }, tally) {
  const sockets = new Set();
  const stop = held(count, tally, () => {
    const socket = connect(port, '127.0.0.1');
    socket.sent = 0;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    return socket;
  });
  const drip = setInterval(() => {
    for (const socket of sockets) {
      if (socket.sent < bytes.length - 1) socket.write(bytes.subarray(socket.sent, ++socket.sent));
    }
  }, 200);
  return () => {
    clearInterval(drip);
    stop();
  };
}

function login(port, clientId, token, over) {
  const socket = connect(port, '127.0.0.1');
  socket.on('connect', () => socket.write(connectPacket(clientId, token)));
  socket.on('data', () => socket.destroy());
  socket.on('error', () => {});
  socket.on('close', over);
}

function handshake(port, over) {
  const socket = tlsConnect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => socket.destroy());
  socket.on('error', () => {});
  socket.on('close', over);
}

/** A real ClientHello on a socket that then says nothing more. */
function helloOnly(port) {
  const socket = connect(port, '127.0.0.1');
  socket.on('connect', () => socket.write(clientHello));
  return socket;
}

let clientHello = Buffer.alloc(0);

/** Taken off a handshake with nobody. */
export async function prepare() {
  const { Duplex } = await import('node:stream');
  const wire = new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      clientHello = Buffer.concat([clientHello, chunk]);
      done();
    },
  });
  const socket = tlsConnect({ socket: wire, rejectUnauthorized: false });
  socket.on('error', () => {});
  while (clientHello.length === 0) await new Promise((resolve) => setImmediate(resolve));
  socket.destroy();
}

/** All but the last byte of a packet of 60,000, in two writes. */
function unfinished(port, { clientId, token }) {
  const socket = connect(port, '127.0.0.1');
  const packet = publishPacket(clientId, Buffer.alloc(60_000), 1);
  socket.on('connect', () => socket.write(connectPacket(clientId, token)));
  socket.once('data', () => {
    socket.write(packet.subarray(0, 100));
    socket.write(packet.subarray(100, -1));
  });
  return socket;
}

/** Nonsense, each answered by an ack and many by a command, none of which is read. */
function flooding(port, { clientId, token }, tally) {
  const socket = connect(port, '127.0.0.1');
  const many = Buffer.concat(
    Array.from({ length: 500 }, (_, i) => publishPacket(clientId, Buffer.from('x'), i + 1)),
  );
  const more = () => {
    while (!socket.destroyed && socket.write(many)) tally.messages += 500;
  };
  socket.on('connect', () => socket.write(connectPacket(clientId, token)));
  socket.once('data', () => {
    socket.pause();
    socket.write(subscribePacket(clientId));
    more();
  });
  socket.on('drain', more);
  return socket;
}

const text = (value) =>
  Buffer.concat([Buffer.from([value.length >> 8, value.length & 255]), Buffer.from(value)]);

function packet(header, body) {
  const length = [];
  for (let rest = body.length; rest > 0 || length.length === 0; rest >>= 7)
    length.push((rest & 127) | (rest > 127 ? 128 : 0));
  return Buffer.concat([Buffer.from([header, ...length]), body]);
}

function connectPacket(clientId, token) {
  return packet(
    0x10,
    Buffer.concat([text('MQTT'), Buffer.from([4, 0xc2, 0, 60]), text(clientId), text(clientId), text(token)]),
  );
}

const topic = (clientId, leaf) => text(`pou/1/${clientId.replace('.', '/')}/${leaf}`);

function publishPacket(clientId, payload, id) {
  return packet(0x32, Buffer.concat([topic(clientId, 'up'), Buffer.from([id >> 8, id & 255]), payload]));
}

function subscribePacket(clientId) {
  return packet(0x82, Buffer.concat([Buffer.from([0, 1]), topic(clientId, 'dn'), Buffer.from([1])]));
}
