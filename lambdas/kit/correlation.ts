/** The ids of the request that an environment is working on. It handles one event at a time. */
let ids: { readonly requestId?: string; readonly correlationId?: string | undefined } = {};

/** Sets the ids that the log lines of the present request have. */
export function setRequestIds(changed: typeof ids): void {
  ids = changed;
}

export function requestIds(): typeof ids {
  return ids;
}
