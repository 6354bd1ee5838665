/** Takes docs/screenshot.png of the real page on the real stack: `node test/e2e/screenshot.ts`. */
import { launchBrowser } from '#test/helpers/browser.ts';
import { startStorm } from '#test/helpers/storm.ts';
import { Visitor } from '#test/helpers/visitor.ts';

const file = process.argv[2] ?? 'docs/screenshot.png';
await using storm = await startStorm();
const browser = await launchBrowser();

async function arrive(name: string, username: string): Promise<Visitor> {
  const visitor = await Visitor.arrive(browser, storm.url, {
    deviceScaleFactor: 2,
    viewport: { width: 1180, height: 780 },
  });
  await visitor.register(name, username);
  return visitor;
}

const ann = await arrive('Ann', 'ann');
const ben = await arrive('Ben', 'ben');
const cleo = await arrive('Cleo', 'cleo');
const dan = await arrive('Dan', 'dan');

/** Says something, and waits until Ann's list has it, so that the order is the one written here. */
async function say(who: Visitor, text: string): Promise<void> {
  await who.say(text);
  await ann.page.getByRole('link', { name: text.split('\n')[0] ?? text }).waitFor();
}

await dan.startTalkingTo('Ann', 'ann');
await say(dan, 'Dinner on Friday, half past seven?');
await ann.open('Dan');
await say(ann, 'Yes please, I’ll book the table by the window');

await ben.startTalkingTo('Ann', 'ann');
await ann.open('Ben');
await say(ann, 'Is the blanket still at your place?');

await ann.startGroup('Picnic on Sunday', 'ben', 'cleo', 'dan');
await ben.open('Picnic on Sunday');
await cleo.open('Picnic on Sunday');
await say(ann, 'Morning, all! Who brings what?');
await say(cleo, 'I’ll bring the lemonade and a cake.');
await say(ben, 'Bread and cheese from me. Map: https://example.org/meadow');
await ann.act('I’ll bring the lemonade and a cake.', '❤️');
await ben.act('I’ll bring the lemonade and a cake.', '❤️');
await say(ann, 'Lovely! Shall we meet at the gate?');
await ben.act('Lovely! Shall we meet at the gate?', 'Reply');
await say(ben, 'At eleven? Then we get the place under the big tree.');
await say(cleo, 'Eleven is good. Still to do:\n– ask Dan for the blanket\n– cups\n– napkins');
await say(ann, 'I’ll take care of the cups.');

await ben.open('Ann');
await say(ben, 'It is, I’ll bring it along.');
await say(ben, 'Can you call me at ten?');
await cleo.startTalkingTo('Ann', 'ann');
await say(cleo, 'Chocolate or lemon?');
await dan.open('Picnic on Sunday');
await ben.open('Picnic on Sunday');
await cleo.open('Picnic on Sunday');
await ann.act('I’ll take care of the cups.', 'Edit');
await ann.field.fill('I’ll take care of cups and napkins.');
await ann.field.press('Enter');
await ann.message('I’ll take care of cups and napkins.', 'Read').filter({ hasText: 'edited' }).waitFor();
await ben.say('Perfect');
await ann.message('Perfect').waitFor();
await cleo.field.pressSequentially('See you the', { delay: 50 });
await ann.page.getByText('Cleo is typing').waitFor();

await ann.page.screenshot({ path: file, animations: 'disabled', caret: 'initial' });
await browser.close();
