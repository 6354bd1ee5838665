import type { MakeRule } from './rule.ts';

/** The sockets of a user's clients, by process. */
interface Sockets {
  readonly open: Set<string>;
  readonly opening: Set<string>;
  /** In ns: when the last one was closed, or failed to open. */
  closedAt: number;
  line: number;
}

/** Somebody is offline when their last socket has been closed for longer than the bound. Judged within each recorder. */
export function ghost(boundMs: number): MakeRule {
  return (facts, report) => {
    const sockets = new Map<string, Sockets>();
    const suspects: { user: string; text: string; lines: number[] }[] = [];

    function of(user: string): Sockets {
      let known = sockets.get(user);
      if (!known) {
        known = { open: new Set(), opening: new Set(), closedAt: Number.NEGATIVE_INFINITY, line: 0 };
        sockets.set(user, known);
      }
      return known;
    }

    return {
      step({ event, asked }) {
        const { user, process, time, line } = event;
        if (event.f === 'connect' && event.type === 'invoke') of(user).opening.add(process);
        else if (event.f === 'connect' || event.f === 'disconnect') {
          const known = of(user);
          if (event.f === 'connect') known.opening.delete(process);
          else known.open.delete(process);
          if (event.f === 'connect' && event.type === 'ok') known.open.add(process);
          else Object.assign(known, { closedAt: time, line });
        } else if (event.f === 'presence' && event.type === 'ok' && asked)
          for (const other of event.value.online) {
            const known = sockets.get(other);
            if (!known || known.open.size + known.opening.size > 0) continue;
            if (asked.time - known.closedAt <= boundMs * 1e6) continue;
            const after = Math.round((asked.time - known.closedAt) / 1e6);
            const text = `${other} is called online ${after} ms after their last socket was closed.`;
            suspects.push({ user: other, text, lines: [known.line, asked.line, line] });
          }
      },
      end() {
        for (const { user, text, lines } of suspects)
          if (facts.recordersOf.get(user)?.size === 1) report('ghost', text, lines);
      },
    };
  };
}
