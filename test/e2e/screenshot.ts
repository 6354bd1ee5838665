/** Takes docs/screenshot.png of the real page on the real stack: `node test/e2e/screenshot.ts`. */
import { launchBrowser } from '../helpers/browser.ts';
import { startStorm } from '../helpers/storm.ts';
import { Visitor } from '../helpers/visitor.ts';

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

const maya = await arrive('Maya Lindqvist', 'maya');
const tom = await arrive('Tom Okafor', 'tom');
const lea = await arrive('Léa Moreau', 'lea');
const jun = await arrive('Jun Takahashi', 'jun');

/** Says something, and waits until Maya's list has it, so that the order is the one written here. */
async function say(who: Visitor, text: string): Promise<void> {
  await who.say(text);
  await maya.page.getByRole('link', { name: text.split('\n')[0] ?? text }).waitFor();
}

await jun.startTalkingTo('Maya Lindqvist', 'maya');
await say(jun, 'Dinner at Nori on Friday, half past seven?');
await maya.open('Jun Takahashi');
await say(maya, 'Yes please, I’ll book the table by the window');

await tom.startTalkingTo('Maya Lindqvist', 'maya');
await maya.open('Tom Okafor');
await say(maya, 'Did the drill go well?');

await maya.startGroup('Launch week', 'tom', 'lea', 'jun');
await tom.open('Launch week');
await lea.open('Launch week');
await say(maya, 'Morning, all! This is where we plan Thursday.');
await say(lea, 'Great. I’ll bring the checklist and the coffee.');
await say(tom, 'Last night’s load test ran for two hours without an error.');
await say(tom, 'Charts are here: https://storm.example/reports/42');
await say(maya, 'Impressive! And when you killed the message function?');
await say(tom, 'Everyone was back within five seconds. Nothing lost, nothing twice.');
await say(
  lea,
  'Then I can cross out half of my checklist. Still to do:\n– rehearse the restore\n– tell support\n– cake',
);
await say(maya, 'I’ll take the cake.');

await tom.open('Maya Lindqvist');
await say(tom, 'Better than well. Details in the group.');
await say(tom, 'Can we talk at ten?');
await lea.startTalkingTo('Maya Lindqvist', 'maya');
await say(lea, 'Chocolate or lemon?');
await maya.message('I’ll take the cake.', 'Sent').waitFor();

await maya.page.screenshot({ path: file, animations: 'disabled', caret: 'initial' });
await browser.close();
