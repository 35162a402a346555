/** The checks of the oracle by name, each with how it went: `wrong` is empty when it passed. Ids: research/gateway.md 4.1 and CHANGELOG. */
export function checksOf({ plan, scene, sinks }) {
  const { complaints, ledger, struck, longestStopMs } = scene;
  const complained = (check) => complaints.filter((one) => one.check === check).map((one) => one.text);
  const planned = (kind) => plan.filter((step) => step.kind === kind);
  const longest = Math.max(...planned('stop').map((step) => step.forMs));
  return [
    ...sinks.flatMap(checksOfSink),
    check(
      `D1: kill -9 of the gateway ${planned('kill').length} times`,
      missed(struck, 'kill', planned('kill')),
    ),
    check(`D1: SIGTERM of the gateway ${planned('term').length} times, each ends with code 0`, [
      ...missed(struck, 'term', planned('term')),
      ...complained('terms'),
    ]),
    check(
      `the gateway stands still for ${longest / 1000} s`,
      longestStopMs === longest ? [] : [`it stood still for ${longestStopMs} ms at most`],
    ),
    check('no process ends by itself', complained('deaths')),
    check('the SDK counts what it was given', complained('accepted')),
    check('a key of a batch never comes again with other records', complained('keys')),
    check('nothing is refused that a device sent', [...complained('refusals'), ...unread(ledger)]),
  ];
}

function checksOfSink({
  sink,
  findings,
  ackedLost,
  ackedExtra,
  ackedExample,
  duplicates,
  outOfOrder,
  ordered,
}) {
  const found = (test) =>
    findings
      .filter((one) => test(one.check))
      .map((one) => `${one.check} ${one.device} x${one.count}: ${one.example}`);
  const checks = [
    check(
      `D1: every acknowledged record is in ${sink}`,
      ackedLost > 0 ? [`${ackedLost} lost; ${ackedExample}`] : [],
    ),
    check(`D4: nothing is in ${sink} twice`, [
      ...(ackedExtra > 0 ? [`${ackedExtra} too many; ${ackedExample}`] : []),
      ...(duplicates > 0 ? found((name) => name === 'duplicate') : []),
    ]),
    check(
      `each record is in ${sink} as its device made it, under that device, or told as lost`,
      found((name) => name !== 'duplicate'),
    ),
  ];
  if (ordered)
    checks.push(
      check(`${sink} has the order of the spool`, outOfOrder > 0 ? [`${outOfOrder} out of order`] : []),
    );
  return checks;
}

function missed(struck, kind, planned) {
  const times = struck[kind] ?? 0;
  return times === planned.length ? [] : [`${times} of ${planned.length} struck`];
}

function unread(ledger) {
  return ledger.unread() > 0 ? [`${ledger.unread()} acknowledged messages cannot be read`] : [];
}

const check = (name, wrong) => ({ name, wrong });
