/**
 * Questions to the logs of all functions, as queries of CloudWatch Logs Insights, by their names. X stands for an id that whoever asks
 * puts in. `test/e2e/permissions.test.ts` asks them of lines that the functions write.
 */
export const questions: Readonly<Record<string, readonly string[]>> = {
  // X is the id that the client gave the message.
  'what-happened-to-message-X': [
    'filter correlationId like "X"',
    'fields @timestamp, function, level, message, userId, conversationId, seq, FanoutSockets, FramesDelivered, DeliveryTime',
    'sort @timestamp asc',
    'limit 1000',
  ],
  // X is the id of a user.
  'what-did-person-X-do': [
    'filter userId = "X" or security.userId = "X"',
    'fields @timestamp, function, message, action, reason, security.event, conversationId, seq',
    'sort @timestamp desc',
    'limit 1000',
  ],
  'who-was-throttled': [
    'filter RateLimited > 0',
    'stats sum(RateLimited) as refused by userId, action',
    'sort refused desc',
    'limit 100',
  ],
  'which-sends-were-slowest': [
    'filter ispresent(DeliveryTime)',
    'fields @timestamp, function, DeliveryTime, FanoutTime, FanoutSockets, conversationId, seq, correlationId',
    'sort DeliveryTime desc',
    'limit 100',
  ],
  'which-conversations-are-busiest': [
    'filter ispresent(MessagesAccepted)',
    'stats sum(MessagesAccepted) as messages, sum(FanoutSockets) as posts by conversationId',
    'sort messages desc',
    'limit 100',
  ],
  'what-was-not-delivered': [
    'filter FramesUndelivered > 0',
    'stats sum(FramesUndelivered) as frames, sum(Posts) as requests by function, bin(5m)',
    'sort frames desc',
    'limit 1000',
  ],
  'why-were-sockets-refused': [
    'filter ConnectsRefused > 0',
    'stats sum(ConnectsRefused) as sockets by reason, bin(5m)',
    'sort sockets desc',
    'limit 1000',
  ],
  'what-failed': [
    'filter level = "ERROR"',
    'stats count(*) as times, latest(requestId) as example by function, message, error.name, error.message',
    'sort times desc',
    'limit 100',
  ],
  'why-were-pushes-not-taken': [
    'filter message = "Push services did not take a notification"',
    'stats count(*) as times, latest(correlationId) as example by failures.0',
    'sort times desc',
    'limit 100',
  ],
  'why-were-uploads-rejected': [
    'filter message = "An upload was rejected"',
    'stats count(*) as times, latest(mediaId) as example by reason, contentType',
    'sort times desc',
    'limit 100',
  ],
  'security-events': [
    'filter ispresent(security.event)',
    'fields @timestamp, security.event, security.outcome, security.reason, security.userId, security.network, security.device, security.operation, security.familyId, security.connectionId',
    'sort @timestamp desc',
    'limit 1000',
  ],
};
