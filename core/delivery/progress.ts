/** Some members, sorted by id: those after the entry before this one, up to the id `to`. They have all changes up to `seq`. */
export interface Served {
  readonly to: string;
  readonly seq: number;
}

/**
 * Up to which `seq` each member of a room was served. `stored` is what a former run left. Who isn't in it was served up to `from`, at
 * first, and who joins later up to the number that `join` is given.
 */
export function createProgress(stored: readonly Served[], from: number) {
  const seqs = new Map<string, number>();
  let members: readonly string[] = [];
  const lowest = () => members.reduce((least, id) => Math.min(least, at(id)), Number.POSITIVE_INFINITY);
  const at = (id: string) => seqs.get(id) ?? from;

  return {
    lowest,

    /** Sets the present members, sorted by id. */
    join(ids: readonly string[], seq: number): void {
      const isFirst = members.length === 0;
      members = ids;
      for (const id of ids)
        if (!seqs.has(id)) seqs.set(id, isFirst ? Math.max(from, stored.find(({ to }) => to >= id)?.seq ?? from) : seq);
    },

    /** The member before the first of those who wait longest. It is empty if that is the first one. */
    beforeLeast(): string {
      const least = lowest();
      return members[members.findIndex((id) => at(id) === least) - 1] ?? '';
    },

    /** The next `count` members after an id who weren't served up to `seq`. */
    lacking(seq: number, after: string, count: number): string[] {
      const found: string[] = [];
      for (const id of members) {
        if (found.length === count) break;
        if (id > after && at(id) < seq) found.push(id);
      }
      return found;
    },

    /** Up to which `seq` all of some members were served. */
    leastOf: (ids: readonly string[]) => Math.min(...ids.map(at)),

    serve(ids: readonly string[], seq: number): void {
      for (const id of ids) seqs.set(id, seq);
    },

    /** What to store. It is short, since members are served many at once. */
    served(): Served[] {
      const entries: Served[] = [];
      for (const to of members) {
        if (entries.at(-1)?.seq === at(to)) entries.pop();
        entries.push({ to, seq: at(to) });
      }
      return entries;
    },
  };
}
