/**
 * Which writes to a table a function is told of ("Filter rule syntax" of the Lambda developer guide); the others
 * cost nothing.
 */
export const streamFilters = {
  /** Changes of large rooms. */
  fanout: [{ eventName: ['INSERT'], dynamodb: { NewImage: { fanout: { BOOL: [true] } } } }],
  messageStream: [
    /** Messages, for those who are to be notified. */
    { eventName: ['INSERT'], dynamodb: { NewImage: { type: { S: ['message'] } } } },
    /** Receipts. */
    { eventName: ['MODIFY'], dynamodb: { NewImage: { w: { N: ['1'] } } } },
    /** The last changes of segments of the search index, and revisions of what is in one. */
    { eventName: ['INSERT'], dynamodb: { NewImage: { endsSegment: { BOOL: [true] } } } },
    { eventName: ['INSERT', 'MODIFY'], dynamodb: { Keys: { sk: { S: [{ suffix: '#revised' }] } } } },
  ],
  /** All of a row of connections but its making: it has none yet then. */
  presence: [{ eventName: ['MODIFY', 'REMOVE'] }],
  /** Files, not what uses them. */
  sweep: [{ eventName: ['REMOVE'], dynamodb: { Keys: { sk: { S: ['media'] } } } }],
};
