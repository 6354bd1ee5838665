import { usageRows } from '#bench/operations.ts';
import type { Row } from '#bench/rows.ts';
import type { BenchProcess } from '#bench/stack.ts';
import { BaselineOutputs, type Talker, talk } from './index.ts';

const runs = 20;
const strangers = 1_000;

/** Measures what a message costs in rooms of some sizes of the baseline, alone and beside people in other rooms. */
export async function measureBaseline(started: BenchProcess, sizes: readonly number[]): Promise<Row[]> {
  const { WsUrl } = BaselineOutputs.parse(started.outputs).Baseline;
  const rows: Row[] = [];
  const measure = async (size: number, beside: string) => {
    const talkers = await gather(WsUrl, `room of ${size}${beside}`, size);
    const [first] = talkers;
    const usage = await started.usageOf(runs, async () => first?.send('x'.repeat(400)));
    rows.push(...usageRows(`The baseline: send to ${size} members${beside}`, usage));
    for (const talker of talkers) await talker.close();
  };
  for (const size of sizes) await measure(size, '');
  await gather(WsUrl, 'elsewhere', strangers);
  await measure(2, ` beside ${strangers} strangers`);
  return rows;
}

async function gather(wsUrl: string, room: string, size: number): Promise<Talker[]> {
  const talkers: Talker[] = [];
  for (let i = 0; i < size; i++) talkers.push(await talk(wsUrl, room));
  return talkers;
}
