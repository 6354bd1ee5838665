import { secretsManager } from './store.ts';

/** Creates a reader of a secret's text, which is read once and then kept. */
export function createSecretText(arn: string): () => Promise<string> {
  const secrets = secretsManager();
  let kept: Promise<string> | undefined;

  async function read(): Promise<string> {
    const text = await secrets.read(arn);
    if (text === undefined) throw new Error(`${arn} has no text`);
    return text;
  }

  return () => {
    kept ??= read().catch((error) => {
      // A failure is thrown to those who wait for this read. The next caller reads again.
      kept = undefined;
      throw error;
    });
    return kept;
  };
}
