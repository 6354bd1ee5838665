/** A process in which a few people do everything that there is to do: `fork(…, [url, historyFile, seed])`, until its parent says `end`. */
import { Recorder } from '#workload/recorder.ts';
import { findTarget } from '#workload/target.ts';
import { runWorkload } from '#workload/workload.ts';
import { LineFile } from './line-file.ts';

const [url = '', historyFile = '', seed] = process.argv.slice(2);
const history = new LineFile(historyFile);
const recorder = new Recorder({ name: 'everything', write: (line) => history.add(line) });
const ending = new AbortController();
process.once('message', () => ending.abort());
process.once('disconnect', () => process.exit());

await runWorkload({
  target: await findTarget(url),
  recorder,
  seed: Number(seed),
  users: 8,
  groups: [5, 8],
  perSecond: 5,
  seconds: 3_600,
  ending: ending.signal,
});
recorder.end();
history.close();
process.send?.('ended');
