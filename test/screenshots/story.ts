import { face, landscape } from '#test/helpers/drawings.ts';
import { findTarget } from '#test/smoke/person.ts';
import { Friend } from './friend.ts';

/** Some invented friends who plan a weekend: what the screenshots show. */
export interface Story {
  readonly ann: Friend;
  readonly cleo: Friend;
  readonly everybody: readonly Friend[];
  /** Those who read what is said in the group. */
  readonly others: readonly Friend[];
  /** The id of the group. */
  readonly lake: string;
}

export const group = 'Weekend at the lake';

export async function play(url: string): Promise<Story> {
  const target = await findTarget(url);
  const arrive = (name: string, username: string, picture?: Buffer) => Friend.arrive(target, name, username, picture);
  const faces = {
    ann: await face({ ground: '#f2d6c9', skin: '#f0c4a8', hair: '#6b3f2a', clothes: '#3f6f8f', longHair: true }),
    ben: await face({ ground: '#cfe3d8', skin: '#8d5a3c', hair: '#231915', clothes: '#d99a3d' }),
    cleo: await face({ ground: '#d9d3ee', skin: '#e6b48f', hair: '#26202b', clothes: '#a8455f', longHair: true }),
    dan: await face({ ground: '#cfdcec', skin: '#f3cdb4', hair: '#c9973f', clothes: '#4c7a4f' }),
  };
  const ann = await arrive('Ann Winter', 'ann', faces.ann);
  const ben = await arrive('Ben Okafor', 'ben', faces.ben);
  const cleo = await arrive('Cleo Marchetti', 'cleo', faces.cleo);
  const dan = await arrive('Dan Lindqvist', 'dan', faces.dan);
  const emi = await arrive('Emi Tanaka', 'emi');
  const farid = await arrive('Farid Haddad', 'farid');
  const greta = await arrive('Greta Holm', 'greta');

  const withGreta = await greta.begin([ann]);
  await greta.say(withGreta, 'Your book is at my place, by the way');
  const withFarid = await farid.begin([ann]);
  await farid.say(withFarid, 'Thank you for Tuesday!');
  await ann.say(withFarid, 'It was lovely. Next time at ours?');
  const withDan = await dan.begin([ann]);
  await dan.say(withDan, 'Dinner on Friday, half past seven?');
  await ann.say(withDan, 'Yes please, I’ll book the table by the window');

  const lake = await ann.begin([ben, cleo, dan], group);
  await ann.paint(lake, await landscape('lake', 512, 512));
  await ann.say(lake, 'Morning, all! Who brings what?');
  const cake = await cleo.say(lake, 'I’ll bring the lemonade and a cake');
  await cleo.say(lake, 'And chairs, if somebody helps me carry them');
  await ben.say(lake, 'Bread and cheese from me. The path: https://example.org/lake-path');
  await ann.react(lake, cake, '❤️');
  await ben.react(lake, cake, '❤️');
  const pictures = [await landscape('lake'), await landscape('meadow'), await landscape('evening')];
  const lastYear = await dan.say(lake, 'It looked like this last year', { pictures });
  await ann.react(lake, lastYear, '🔥');
  await cleo.react(lake, lastYear, '🔥');
  const gate = await ann.say(lake, 'Lovely! Shall we meet at the gate?');
  await ben.say(lake, 'At eleven? Then we get the place under the big tree.', { replyTo: gate });

  const withEmi = await emi.begin([ann]);
  await emi.say(withEmi, 'Did the plants survive the move?');
  await emi.say(withEmi, 'I can bring two more on Sunday');
  const withBen = await ben.begin([ann]);
  await ben.say(withBen, 'Can you call me at ten?');
  for (const friend of [ben, cleo, dan]) await friend.read(lake, gate + 1);
  // The group comes to the top of Ann's list.
  const eleven = await dan.say(lake, 'Under the tree, as ever');
  for (const friend of [ann, ben, cleo]) await friend.read(lake, eleven);
  return { ann, cleo, everybody: [ann, ben, cleo, dan, emi, farid, greta], others: [ben, cleo, dan], lake };
}
