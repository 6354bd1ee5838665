import { type Answer, HttpConnection, type Request } from './http-connection.ts';

/** The connections to one server that are kept for further requests. `most` requests are under way at the same time; others wait. */
export function createPool(server: URL, most = Number.POSITIVE_INFINITY) {
  const idle: HttpConnection[] = [];
  const waiting: (() => void)[] = [];
  let busy = 0;

  async function request(what: Request, timeoutMs: number): Promise<Answer> {
    if (busy < most) busy++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    let connection = idle.pop();
    while (connection && !connection.usable) connection = idle.pop();
    connection ??= new HttpConnection(server);
    const answer = await connection.request(what, timeoutMs);
    // The others have been idle as long or longer, so the next try gets a new connection.
    if (answer.stale) close();
    if (connection.usable) idle.push(connection);
    const next = waiting.shift();
    if (next) next();
    else busy--;
    return answer;
  }

  /** Closes the idle connections. */
  function close(): void {
    for (const connection of idle.splice(0)) connection.close();
  }

  return { request, close };
}
