/** A CommonJS authorizer with a callback, as they were written for Node 8. */
exports.check = (event, _context, callback) => {
  const { badge } = event.queryStringParameters;
  if (badge === 'lost') return callback('Unauthorized');
  callback(null, {
    principalId: badge,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Action: 'execute-api:Invoke', Effect: badge === 'stolen' ? 'Deny' : 'Allow', Resource: event.methodArn },
      ],
    },
    context: { driver: badge },
  });
};
