import { landscape } from '#test/helpers/drawings.ts';
import type { Target } from '#test/smoke/person.ts';
import { Friend } from './friend.ts';

/** Names and words that break a layout, if anything does. */
const longName = 'Wolfeschlegelsteinhausenbergerdorff-Maximiliana von und zu';
export const longWord = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'.repeat(2);

/** Ann's friends, and what they have said to her. */
export async function befriend(target: Target): Promise<Friend[]> {
  const arrive = (name: string, username: string) => Friend.arrive(target, name, username);
  const ann = await arrive('Ann', 'ann');
  const [ben, cleo, dora, max] = await Promise.all([
    arrive('Ben', 'ben0'),
    arrive('Cleo', 'cleo'),
    arrive('Dora', 'dora'),
    arrive(longName, 'max'),
  ]);
  const others = await Promise.all(
    ['Emil', 'Farid Haddad', 'Greta', 'Hana', 'مريم الحسن', '🦊 Ivo', 'Jun', 'Kim'].map((name, i) =>
      arrive(name, `other${i}`),
    ),
  );
  const boat = await ann.begin([ben, cleo, max, ...others], 'The boat');
  await ben.say(boat, 'Morning, all! Who brings what?');
  await cleo.say(boat, 'I’ll bring the lemonade and a cake');
  const chairs = await cleo.say(boat, 'And chairs, if somebody helps me carry them');
  await ann.react(boat, chairs, '❤️');
  await ben.react(boat, chairs, '❤️');
  await max.react(boat, chairs, '🔥');
  await max.say(boat, longWord);
  await ann.say(boat, `So long? https://example.org/${'path/'.repeat(30)}`);
  const scenes = [await landscape('lake'), await landscape('meadow'), await landscape('evening')];
  await ben.say(boat, 'One', { pictures: scenes.slice(0, 1) });
  await ann.say(boat, 'Two of them, and words that need more than a single line below the pictures', {
    pictures: scenes.slice(0, 2),
  });
  await cleo.say(boat, '', { pictures: scenes });
  await ben.say(boat, 'Six', { pictures: [...scenes, ...scenes] });
  await ann.say(boat, 'I answer to that', { replyTo: chairs });
  await others[4]?.say(boat, 'أراكم غداً عند البوابة');
  await ann.say(boat, '🎉🎉');
  await ben.say(boat, 'The end');

  const noisy = await max.begin([ann]);
  for (let i = 0; i < 110; i++) await max.say(noisy, `${i} ${longWord}`);
  const withCleo = await cleo.begin([ann]);
  await cleo.say(withCleo, 'Hello');
  const withDora = await dora.begin([ann]);
  await dora.say(withDora, 'Goodbye');
  await ann.say(withDora, 'Why?');
  await dora.chat.api.block(ann.id);
  const withBen = await ben.begin([ann]);
  await ben.say(withBen, 'See you');
  await ann.say(withBen, 'Yes!');
  await ben.read(withBen, 2);
  const friends = [ann, ben, cleo, dora, max, ...others];
  await ann.chat.api.updateSettings({ whoMayAdd: 'nobody' });
  await others[0]?.chat.createConversation({ type: 'group', name: `Friends of ${longName}`, memberIds: [ann.id] });
  await ann.chat.api.updateSettings({ whoMayAdd: 'everyone' });
  return friends;
}
