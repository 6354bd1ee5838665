import type { Browser, BrowserContextOptions } from 'playwright-core';
import { face, landscape, type Scene } from '#test/helpers/drawings.ts';
import { Visitor } from '#test/helpers/visitor.ts';

/** Some friends who plan a weekend: what the screenshots show. The people are invented. */
export interface Story {
  readonly ann: Visitor;
  readonly ben: Visitor;
  readonly cleo: Visitor;
}

export const group = 'Weekend at the lake';

const people = {
  ann: {
    name: 'Ann Winter',
    face: { ground: '#f2d6c9', skin: '#f0c4a8', hair: '#6b3f2a', clothes: '#3f6f8f', longHair: true },
  },
  ben: { name: 'Ben Okafor', face: { ground: '#cfe3d8', skin: '#8d5a3c', hair: '#231915', clothes: '#d99a3d' } },
  cleo: {
    name: 'Cleo Marchetti',
    face: { ground: '#d9d3ee', skin: '#e6b48f', hair: '#26202b', clothes: '#a8455f', longHair: true },
  },
  dan: { name: 'Dan Lindqvist', face: { ground: '#cfdcec', skin: '#f3cdb4', hair: '#c9973f', clothes: '#4c7a4f' } },
  emi: { name: 'Emi Tanaka' },
  farid: { name: 'Farid Haddad' },
  greta: { name: 'Greta Holm' },
} satisfies Record<string, { name: string; face?: Parameters<typeof face>[0] }>;

/** Plays it, with the screen of `surroundings`. */
export async function play(browser: Browser, url: string, surroundings: BrowserContextOptions): Promise<Story> {
  const [ann, ben, cleo, dan, emi, farid, greta] = [
    await arrive('ann'),
    await arrive('ben'),
    await arrive('cleo'),
    await arrive('dan'),
    await arrive('emi'),
    await arrive('farid'),
    await arrive('greta'),
  ];

  async function arrive(username: keyof typeof people): Promise<Visitor> {
    const person = people[username];
    const visitor = await Visitor.arrive(browser, url, surroundings);
    await visitor.register(person.name, username);
    if ('face' in person) await visitor.choosePicture(await face(person.face));
    return visitor;
  }

  /** Says something, and waits until Ann's list has it, so that the order is the one written here. */
  async function say(who: Visitor, text: string): Promise<void> {
    await who.say(text);
    await ann.page.getByRole('link', { name: text.split('\n')[0] ?? text }).waitFor();
  }

  async function send(who: Visitor, text: string, ...scenes: Scene[]): Promise<void> {
    for (const scene of scenes) {
      await who.attach(`${scene}.jpg`, 'image/jpeg', await landscape(scene));
      await who.attached(`${scene}.jpg`);
    }
    await say(who, text);
  }

  /** Opens a direct conversation, and says something in it. */
  async function write(who: Visitor, text: string): Promise<void> {
    await who.startTalkingTo(people.ann.name, 'ann');
    await say(who, text);
  }

  await write(greta, 'Your book is at my place, by the way');
  await write(farid, 'Thank you for Tuesday!');
  await ann.open(people.farid.name);
  await say(ann, 'It was lovely. Next time at ours?');
  await write(dan, 'Dinner on Friday, half past seven?');
  await ann.open(people.dan.name);
  await say(ann, 'Yes please, I’ll book the table by the window');

  await ann.startGroup(group, 'ben', 'cleo', 'dan');
  for (const friend of [ben, cleo, dan]) await friend.open(group);
  await say(ann, 'Morning, all! Who brings what?');
  await say(cleo, 'I’ll bring the lemonade and a cake');
  await say(cleo, 'And chairs, if somebody helps me carry them');
  await say(ben, 'Bread and cheese from me. The path: https://example.org/lake-path');
  await ann.act('I’ll bring the lemonade and a cake', '❤️');
  await ben.act('I’ll bring the lemonade and a cake', '❤️');
  await send(dan, 'It looked like this last year', 'lake', 'meadow', 'evening');
  await ann.act('It looked like this last year', '🔥');
  await say(ann, 'Lovely! Shall we meet at the gate?');
  await ben.act('Lovely! Shall we meet at the gate?', 'Reply');
  await say(ben, 'At eleven? Then we get the place under the big tree.');

  await write(emi, 'Did the plants survive the move?');
  await say(emi, 'I can bring two more on Sunday');
  await write(ben, 'Can you call me at ten?');
  await ann.open(group);
  for (const visitor of [dan, emi, farid, greta]) await visitor.page.context().close();
  return { ann, ben, cleo };
}
