import { fork } from 'node:child_process';
import { once } from 'node:events';
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { createPoster } from '#adapters/sockets/poster.ts';
import { median, type Row } from './rows.ts';

const concurrency = 64;
const frame = Buffer.from(JSON.stringify({ events: [{ type: 'message', text: 'x'.repeat(400) }] }));
/** Deliveries in one sample. There have to be many, because `process.cpuUsage` counts in steps of milliseconds. */
const deliveriesPerSample = 2_000;
const samples = 5;

type Deliver = (ids: readonly string[]) => Promise<void>;

/** Measures the CPU time of the process per delivery, user and system, alternately for the poster and the SDK client. */
export async function measurePoster(): Promise<Row[]> {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench' });
  const server = fork(new URL('management-api.ts', import.meta.url));
  const [port] = await once(server, 'message');
  const target = { endpoint: `http://127.0.0.1:${port}/ws`, region: 'us-east-1' };
  const poster = createPoster({ ...target, concurrency });
  const sdk = new ApiGatewayManagementApiClient({
    ...target,
    requestHandler: { httpAgent: { maxSockets: concurrency } },
  });

  const byPoster: Deliver = async (ids) => {
    const { delivered } = await poster.post(ids, frame, Date.now() + 60_000);
    if (delivered !== ids.length) throw new Error(`delivered ${delivered} of ${ids.length}`);
  };
  const bySdk: Deliver = async (ids) => {
    await Promise.all(ids.map((ConnectionId) => sdk.send(new PostToConnectionCommand({ ConnectionId, Data: frame }))));
  };

  const rows: Row[] = [];
  for (const sockets of [10, 100, 1_000]) {
    const ids = Array.from({ length: sockets }, (_, i) => `L0SM9cOFIAMC${i}=`);
    const cpu = { poster: [] as number[], sdk: [] as number[] };
    for (let sample = -1; sample < samples; sample++) {
      const [ours, theirs] = [await cpuPerDelivery(byPoster, ids), await cpuPerDelivery(bySdk, ids)];
      if (sample < 0) continue; // The first samples warm up.
      cpu.poster.push(ours);
      cpu.sdk.push(theirs);
    }
    const group = `Fan-out to ${sockets} sockets`;
    const [ours, theirs] = [median(cpu.poster), median(cpu.sdk)];
    rows.push(
      { group, name: 'poster, CPU per delivery', value: ours, unit: 'µs' },
      { group, name: 'SDK client, CPU per delivery', value: theirs, unit: 'µs' },
      {
        group,
        name: 'poster / SDK client',
        value: ours / theirs,
        unit: '',
        budget: sockets === 1_000 ? 1 / 5 : undefined,
      },
    );
  }
  poster.close();
  sdk.destroy();
  server.disconnect();
  return rows;
}

async function cpuPerDelivery(deliver: Deliver, ids: readonly string[]): Promise<number> {
  const rounds = deliveriesPerSample / ids.length;
  const before = process.cpuUsage();
  for (let round = 0; round < rounds; round++) await deliver(ids);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / (rounds * ids.length);
}
