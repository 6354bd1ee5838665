/**
 * Names what costs something and is left over of a stage: `npm run leftovers -- prod`. It asks with the command line of AWS, reads only,
 * and removes nothing. The exit code is 1 if there is something, so that a job of each week tells (docs/cost.md).
 */
import { askAws, describeAccount } from './leftovers/account.ts';
import { leftoversOf } from './leftovers/leftovers.ts';

const [stage] = process.argv.slice(2);
if (!stage || !/^[a-z0-9-]{1,30}$/.test(stage)) {
  console.error('Usage: npm run leftovers -- prod');
  process.exit(1);
}

const now = Date.now();
const account = await describeAccount(askAws, stage, now).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
const leftovers = leftoversOf(account, now);
for (const { what, why, command } of leftovers) console.log(`• ${what}\n  ${why}\n  ${command}`);
console.log(
  leftovers.length > 0
    ? `\n${leftovers.length} of ${stage} seem to be of no use. Make sure, then remove them by hand.`
    : `Nothing is left over of ${stage}.`,
);
process.exitCode = leftovers.length > 0 ? 1 : 0;
