import { writeFileSync } from 'node:fs';
import { documents } from './documents.ts';

for (const [name, text] of Object.entries(await documents()))
  writeFileSync(new URL(`../${name}`, import.meta.url), text);
