import * as path from 'node:path';
import { createStack, type RunningStack, synthesize } from 'cdk-local-stack';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

const project = path.join(import.meta.dirname, '../guestbook');
const data = path.join(project, '.storm');
let stack: RunningStack;
let url: string;

beforeAll(async () => {
  const assemblyDir = path.join(data, 'cdk.out');
  await synthesize(project, data, assemblyDir);
  stack = await createStack({ assemblyDir });
  url = String(stack.outputs['Guestbook']?.['ApiUrl']);
});
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

test('a function can be invoked by its name', async () => {
  const [copy = ''] = stack.functions.names.filter((name) => name.includes('copy'));
  await stack.functions.invoke(copy, { Records: [{ body: 'Bob' }, { body: 'Cem' }] });
  expect(await guests()).toEqual(['Bob', 'Cem']);
});
