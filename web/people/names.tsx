import type { Session } from '#web/session/session.ts';
import { nameOf, namesInParts } from './people.ts';

/** Somebody's name within a line of text. `<bdi>` keeps an Arabic or Hebrew name from turning what stands around it. */
export function Name({ id, session }: { id: string; session: Session }) {
  return <bdi>{nameOf(id, session)}</bdi>;
}

/** The text of `namesOf`, with each name isolated from the others. */
export function Names({ ids, session, count }: { ids: readonly string[]; session: Session; count: number }) {
  return (
    <>
      {namesInParts(ids, session, count).map(({ type, value }, i) =>
        type === 'element' ? <bdi key={i}>{value}</bdi> : value,
      )}
    </>
  );
}
