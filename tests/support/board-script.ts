/**
 * A life of a board as a script that runs in Node and in the interpreter: clock, random numbers and link are its own, so that every byte is the same. Numbers are
 * such that both read them alike (Espruino does not round decimal literals as IEEE 754 asks).
 */
const lifeModel = {
  hash: 'AQID/v8ABQY=',
  points: {
    boiled: '1\te\t0\t0\t1\t1\nwater\t0\te\tcup\tpot\nnote\t1\tT\t40',
    heat: '2\tg\t0\t0\t1\t1\nvalue\t-100\ti\t2\t1\t-2000\t300000',
    runs: '3\tc\t0\t0\t1\t1\nvalue\t-100\ti\t1\t1\t0\t9000000000000000',
    kept: '4\td\t0\t0\t1\t1000\nvalue\t-100\ti\t1\t1000\t0\t9000000000000000',
    pulse: '300\tt\t6\t1\t1\t1000\nvalue\t-100\ti\t1\t1\t0\t70000',
    alarm: '5\te\t0\t0\t0\t1\nloud\t0\tb\nat\t1\tL',
  },
  purposes: { health: 6 },
  subjects: ['left', 'right'],
};

/** What stands before each script: a clock `now`, a link that acknowledges and keeps what it is given in `sent`, and `hex`. */
export const prelude = `
var now = 0, values = {}, sent = [], keep = true, seed = 7;
var model = ${JSON.stringify(lifeModel)};
function hex(s) { var o = ''; for (var i = 0; i < s.length; i++) o += (s.charCodeAt(i) + 256).toString(16).substr(1); return o; }
var link = {
  open: function (will, events) { link.events = events; if (keep) sent.push('will ' + hex(will)); events.onOpen(); },
  send: function (tag, leaf, bytes) { if (keep) sent.push(leaf + ' ' + hex(bytes)); link.events.onAck(tag); return true; },
  close: function () {}
};
function board(options) {
  return require('usewire').createBoard(model, {
    clock: { uptimeMs: function () { return now; }, wall: function () { return now < 60000 ? null : { unixMs: 1800000000000 + now, quality: 1 }; } },
    random: {
      next: function () { seed = (seed * 1103 + 12345) % 65536; return seed / 65536; },
      fill: function (bytes) { for (var i = 0; i < bytes.length; i++) bytes[i] = 240 + i; }
    },
    storage: { get: function (key) { return values[key]; }, put: function (key, value) { values[key] = value; return true; } },
    transport: link, utf8: utf8, unbase64: atob
  }, options);
}
`;

/** Its last value is all messages, one a line. */
export const life = `
var pou = board({ hardware: 'h', software: 's' });
pou.consent({ health: true }, 'left');
for (var i = 0; i < 60; i++) {
  now += 2500;
  pou.record('pulse', 60 + (i * i) % 40 + (i === 31 ? 60000 : 0), undefined, 'left');
  pou.record('pulse', 70, undefined, 'right');
  if (i % 4 === 0) pou.record('heat', i * 100.5 - 400);
  if (i % 5 === 0) pou.record('boiled', { water: i % 2 ? 'cup' : 'pot', note: i % 3 ? undefined : 'two\\u00e9'.substr(0, 3) });
  if (i % 9 === 0) pou.record('runs', i);
  if (i === 20) pou.record('kept', 30000);
  if (i === 25) pou.record('alarm', { loud: true, at: { lat: 52.5, lon: -13.25, accuracyM: 9 } });
  if (i === 30) pou.record('heat', 1e9);
  if (i === 40) link.events.onMessage(atob('pQAFAQICGQEAEgEUYA=='));
  pou.tick();
}
pou.flush();
pou.stop();
`;
