/**
 * The filters of the functions that read the tables' streams ("Filter rule syntax" of the Lambda developer guide). A function
 * isn't invoked for records that match none of its filters, and they cost nothing.
 */
export const streamFilters = {
  /** New changes of large rooms. */
  fanout: [{ eventName: ['INSERT'], dynamodb: { NewImage: { fanout: { BOOL: [true] } } } }],
  messageStream: [
    /**
     * New messages and deletions, for push notifications, but no messages that nobody can be notified of. The operator `exists` needs
     * the leaf ("Using the Exists operator" of the same guide).
     */
    {
      eventName: ['INSERT'],
      dynamodb: { NewImage: { type: { S: ['message', 'deleted'] }, quiet: { BOOL: [{ exists: false }] } } },
    },
    /** Receipts. */
    { eventName: ['MODIFY'], dynamodb: { NewImage: { w: { N: ['1'] } } } },
    /** The last change of each segment of the search index, and revisions of messages in a complete segment. */
    { eventName: ['INSERT'], dynamodb: { NewImage: { endsSegment: { BOOL: [true] } } } },
    { eventName: ['INSERT', 'MODIFY'], dynamodb: { Keys: { sk: { S: [{ suffix: '#revised' }] } } } },
  ],
  /** Every write to a row of the table Connections but its creation, since a new row has no connections. */
  presence: [{ eventName: ['MODIFY', 'REMOVE'] }],
  /** Deleted rows of files, but not those of their uses. */
  sweep: [{ eventName: ['REMOVE'], dynamodb: { Keys: { sk: { S: ['media'] } } } }],
};
