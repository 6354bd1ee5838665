/**
 * Checks a deployed stage as two people would: they register, connect, send, receive, catch up, and erase their accounts.
 * `npm run smoke -- https://…` gets the address of the page. The exit code is 1 if something doesn't work, which is then said.
 */
import { findTarget, must, Person, until } from './person.ts';

const [url] = process.argv.slice(2);
if (!url || !URL.canParse(url)) {
  console.error('Usage: npm run smoke -- https://…, the output PageUrl of the stack');
  process.exit(1);
}

const people: Person[] = [];
try {
  await check();
} catch (error) {
  fail(error);
} finally {
  for (const person of people) await step('An account is erased', () => person.erase()).catch(fail);
}

async function check(): Promise<void> {
  const target = await step('The page says where its APIs are', () => findTarget(String(url)));
  console.log(`  ${target.stage}, version ${target.version}`);
  for (const _ of ['Ann', 'Ben']) people.push(await step('Somebody registers', () => Person.register({ target })));
  const [ann, ben] = people;
  if (!ann || !ben) return;
  if (target.verifiedEmail === 'required') {
    // Nobody reads the mails of these accounts, so they may do nothing but this.
    console.log(
      '• Skipped: talking, because verifiedEmail is "required" here and nobody follows the link of the mail.',
    );
    return;
  }
  await step('Both connect', () => Promise.all([ann.connect(), ben.connect()]));
  const { id } = await step('A conversation is created', async () => {
    const conversation = must(
      'creating it',
      await ann.chat.createConversation({ type: 'direct', memberIds: [ben.id] }),
    );
    await until('Ben knows it', () => ben.chat.conversations.get(conversation.id) !== undefined);
    for (const { chat } of [ann, ben]) chat.show(conversation.id);
    return conversation;
  });
  await step('A message arrives, and an answer', async () => {
    await ann.chat.send(id, 'Is this the new release?');
    await until('the message is there', () => ben.texts(id).includes('Is this the new release?'));
    await ben.chat.send(id, 'It is.');
    await until('the answer is there', () => ann.texts(id).includes('It is.'));
  });
  await step('What was missed is caught up', async () => {
    ben.disconnect();
    await ann.chat.send(id, 'You missed this.');
    await until('the message is stored', () => ann.chat.outbox.entries.length === 0);
    await ben.connect();
    ben.chat.show(id);
    await until(
      'the history is there',
      () => ben.texts(id).join() === 'Is this the new release?,It is.,You missed this.',
    );
  });
  await step('What was read is known', async () => {
    ben.chat.markRead(id);
    await until('it is shown', () => (ann.chat.conversations.get(id)?.receipts[ben.id]?.read ?? 0) >= 3);
  });
}

async function step<T>(name: string, run: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  try {
    const result = await run();
    console.log(`✓ ${name} (${Math.round(performance.now() - startedAt)} ms)`);
    return result;
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : error}`);
  }
}

function fail(error: unknown): void {
  console.error(`✗ ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
