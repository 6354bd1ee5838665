import { Fragment } from 'preact';
import type { Session } from '#web/session/session.ts';
import { listedNames, nameOf } from './people.ts';

/** Somebody's name within a line of text. `<bdi>` keeps an Arabic or Hebrew name from turning what stands around it. */
export function Name({ id, session }: { id: string; session: Session }) {
  return <bdi>{nameOf(id, session)}</bdi>;
}

/** The text of `namesOf`, with each name isolated from the others. */
export function Names({ ids, session, count }: { ids: readonly string[]; session: Session; count: number }) {
  const names = listedNames(ids, session, count);
  return (
    <>
      {names.map((name, i) => (
        <Fragment key={i}>
          {i > 0 && (i === names.length - 1 ? ' and ' : ', ')}
          <bdi>{name}</bdi>
        </Fragment>
      ))}
    </>
  );
}
