import * as path from 'node:path';
import { createStack, synthesize } from 'cdk-local-stack';

const project = path.join(import.meta.dirname, '../guestbook');
const data = path.join(project, '.storm');
let stack;
let url;

beforeAll(async () => {
  const assemblyDir = path.join(data, 'cdk.out');
  await synthesize(project, data, assemblyDir);
  stack = await createStack({ assemblyDir });
  url = stack.outputs.Guestbook.ApiUrl;
}, 60_000);
afterEach(() => stack.reset());
afterAll(() => stack.stop());

const guests = async () => (await fetch(url)).json();

test('a guest is written down', async () => {
  expect((await fetch(url, { method: 'POST', body: 'Ann' })).status).toBe(201);
  expect(await guests()).toEqual(['Ann']);
});

test('each test begins with an empty book', async () => {
  expect(await guests()).toEqual([]);
});
