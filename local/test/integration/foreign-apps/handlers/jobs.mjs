import { note } from './notes-table.mjs';

export async function begin({ fails }) {
  if (fails) throw new Error('no such job');
  return { job: 'wash' };
}

/** Does the job that a destination tells of, unless it is spoiled. */
export async function work({ Records }) {
  const batchItemFailures = [];
  for (const { body, messageId } of Records) {
    const { requestPayload, responsePayload } = JSON.parse(body);
    if (requestPayload.spoiled) batchItemFailures.push({ itemIdentifier: messageId });
    else await note(responsePayload.job, 'done');
  }
  return { batchItemFailures };
}

export const bury = ({ Records: [{ body }] }) => note('buried', JSON.parse(body).responsePayload.job);
export const failed = ({ errorMessage }) => note('failed', errorMessage);
