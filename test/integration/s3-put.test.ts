import { hash } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { AwsError } from '#adapters/aws/error.ts';
import { createPut } from '#adapters/s3/put.ts';
import { type Answer, scriptedService } from '#test/helpers/scripted-service.ts';

let service: Awaited<ReturnType<typeof scriptedService>>;
beforeAll(async () => {
  service = await scriptedService();
  vi.stubEnv('AWS_ENDPOINT_URL_S3', service.endpoint)
    .stubEnv('AWS_REGION', 'us-east-1')
    .stubEnv('AWS_ACCESS_KEY_ID', 'AKID')
    .stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await service.stop();
});

const done: Answer = (response) => void response.end();
const error =
  (status: number, code: string): Answer =>
  (response) =>
    void response.writeHead(status).end(`<?xml version="1.0"?><Error><Code>${code}</Code></Error>`);
const put = () => createPut('journal')('2026-11-28T23:00:00.000Z-a.json', '{"ß":1}', 'application/json');

test('an object has its checksum, which a lock of the bucket requires, and a key of any characters', async () => {
  service.play(done);
  await put();
  const [{ path, body, headers } = expect.unreachable()] = service.received;
  expect(path).toBe('/journal/2026-11-28T23%3A00%3A00.000Z-a.json');
  expect(body).toBe('{"ß":1}');
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'x-amz-checksum-sha256': hash('sha256', body, 'base64'),
    'x-amz-content-sha256': hash('sha256', body),
  });
});

test('what S3 says of itself to be passing is tried again, and what it refuses is known by its code', async () => {
  service.play(error(503, 'SlowDown'), error(400, 'RequestTimeout'), done);
  vi.spyOn(Math, 'random').mockReturnValue(0);
  await put();
  expect(service.received.length).toBe(3);
  service.play(error(403, 'AccessDenied'));
  await expect(put()).rejects.toThrow(AwsError);
  await expect(put()).rejects.toMatchObject({ name: 'AccessDenied', status: 403 });
  expect(service.received.length).toBe(2);
});
