import { expect, inject, test } from 'vitest';
import { engines } from '#test/helpers/engines.ts';
import { picture } from '#test/helpers/files.ts';
import { sendByProgram } from '#test/helpers/program.ts';
import { RemoteVisitor } from '#test/helpers/remote-visitor.ts';
import { newUsername } from '#test/helpers/sign-up.ts';
import { useVisitors } from '#test/helpers/visitors.ts';

const { registered } = useVisitors();

/** Whether a message is wholly within the list. */
const isInSight = (text: string) => `(() => {
  const { top, bottom } = document.querySelector('.scroller')?.getBoundingClientRect() ?? {};
  const found = [...document.querySelectorAll('.message .text')].find((one) => one.textContent === '${text}');
  const box = found?.getBoundingClientRect();
  return box !== undefined && box.top >= top && box.bottom <= bottom;
})()`;
const isPictureThere = `[...document.querySelectorAll('.tile img')].some((one) => one.complete && one.naturalWidth > 0)`;

test.for(engines)(
  'In $name people find each other, talk and send pictures, and the page follows',
  async ({ missing, start }, { onTestFinished, skip }) => {
    skip(missing.length > 0, `There is no ${missing.join(', and no ')} here.`);
    const maya = await registered('Maya');
    const tom = await RemoteVisitor.arrive(await start(), inject('url'));
    onTestFinished(() => tom.leave());
    const sees = (text: string, isSeen = true) => expect.poll(() => tom.see(isInSight(text))).toBe(isSeen);
    await tom.register('Tom', newUsername('Tom'));
    await tom.startTalkingTo('Maya', maya.username);
    await maya.open('Tom');
    await tom.say('Ahoy Maya');
    await maya.message('Ahoy Maya').waitFor();
    await maya.say('Ahoy Tom');
    await sees('Ahoy Tom');

    await tom.attach('harbour.jpg', 'image/jpeg', await picture(800, 600).jpeg().toBuffer());
    await tom.say('The harbour');
    await maya.message('The harbour').locator('.tile img').waitFor();
    await expect.poll(() => tom.see(isPictureThere)).toBe(true);

    // More than the window has room for.
    await sendByProgram(
      maya.username,
      new URL(maya.page.url()).hash.slice(2),
      Array.from({ length: 40 }, (_, index) => `line ${index}`),
    );
    await sees('line 39');
    await maya.say('Do you follow?');
    await sees('Do you follow?');
    await tom.see(`document.querySelector('.scroller').scrollBy(0, -900)`);
    await sees('Do you follow?', false);
    await tom.say('I do');
    await sees('I do');

    await tom.reload();
    await sees('I do');
  },
);
