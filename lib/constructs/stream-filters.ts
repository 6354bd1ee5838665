/**
 * Which writes to the table of messages a function is told of ("Filter rule syntax" of the Lambda developer guide); the others
 * cost nothing.
 */
export const streamFilters = {
  /** Changes of large rooms. */
  fanout: [{ eventName: ['INSERT'], dynamodb: { NewImage: { lane: { S: ['stream'] } } } }],
  /** Receipts. */
  outbox: [{ eventName: ['MODIFY'], dynamodb: { NewImage: { w: { N: ['1'] } } } }],
};
