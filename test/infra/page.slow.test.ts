import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';
import { projectRoot } from '#lib/handlers.ts';

/** A synthesis that goes wrong after the page was begun. */
const failing = `
  const { App, Stack } = require('aws-cdk-lib');
  const { beginPage } = require('#lib/page.ts');
  beginPage(new Stack(new App(), 'storm'));
  throw new Error('There is a mistake');`;

test('A synthesis that fails while the page is built leaves no folder of it behind', async () => {
  const temporary = mkdtempSync(path.join(inject('appsFolder'), 'tmp'));
  const synthesis = promisify(execFile)(process.execPath, ['--eval', failing], {
    cwd: projectRoot,
    env: { ...process.env, TMPDIR: temporary },
  });
  await expect(synthesis).rejects.toThrow('There is a mistake');
  expect(readdirSync(temporary).filter((name) => name.startsWith('page-'))).toEqual([]);
});
