/** What a load test must keep, in the language of Artillery's plugin `ensure`: no more than this long for 95 of 100, in ms. */
const latencyMs = 500;
/** The largest share of requests that may fail. */
const errors = 0.01;
/** Of what a client does, how long each may take is a promise, but for signing in, which hashes a password on purpose, and for uploads. */
const timings = {
  connect: ['connect'],
  send: ['ack', 'delivery'],
  validateToken: ['validate'],
  refreshToken: ['refresh'],
  sync: ['sync'],
  readHistory: ['history'],
} as const;

/** The conditions for a test with these steps. Only what its steps measure can be compared. */
export function thresholdsOf(flow: readonly object[]): readonly string[] {
  const steps = new Set(flow.flatMap((step) => Object.keys(step)));
  const latencies = Object.entries(timings).flatMap(([step, names]) => (steps.has(step) ? names : []));
  return [
    ...[...new Set(latencies)].map((name) => `storm.${name}_ms.p95 <= ${latencyMs}`),
    `storm.failed <= storm.requests * ${errors}`,
    'vusers.failed == 0',
    'storm.lost == 0',
    'storm.doubled == 0',
    'storm.out_of_order == 0',
    'storm.unanswered == 0',
  ];
}
