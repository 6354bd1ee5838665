import type { Result } from '#client/index.ts';
import type { Export } from '#protocol/export.ts';
import type { Session } from '#web/session/session.ts';
import { saveFile } from '#web/ui/save-file.ts';

/** Fetches everything that the server stores about the person, page by page, and downloads it as one JSON file. The password has been confirmed. */
export async function downloadOwnData({ chat, user }: Session): Promise<Result<void>> {
  const pages: Export[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page: Result<Export> = await chat.api.exportPage(cursor);
    if ('ok' in page) {
      pages.push(page.ok);
      cursor = page.ok.nextCursor;
    } else if (page.error.code === 'rate_limited') {
      await new Promise((resolve) => setTimeout(resolve, page.error.retryAfterMs ?? 1000));
    } else return page;
  }
  const data = { ...pages[0]?.person, messages: pages.flatMap(({ messages }) => messages) };
  saveFile(`storm-${user.username}.json`, new Blob([JSON.stringify(data, null, 2)], { type: 'application/json' }));
  return { ok: undefined };
}
