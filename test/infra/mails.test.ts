import { describe, expect, test } from 'vitest';
import { readSettings } from '#lib/settings.ts';
import { stageTemplate } from './synth.ts';

const mailFrom = 'storm@chat.example';
const read = (context: Record<string, unknown>) => readSettings((key) => context[key]);

describe('mails', () => {
  test('are off unless a sender is given: nothing of them is in the template', () => {
    const { json } = stageTemplate('prod');
    expect(JSON.stringify(json)).not.toMatch(/ses:|MAIL_FROM|MAILS_QUEUE_URL/);
  });

  const { ofType } = stageTemplate('prod', { mailFrom });

  test('are sent by one function, from this sender only', () => {
    const statements = ofType('AWS::IAM::Policy').flatMap(({ id, properties }) =>
      properties['PolicyDocument'].Statement.filter(({ Action }: { Action: unknown }) =>
        JSON.stringify(Action).includes('ses:'),
      ).map((statement: object) => ({ id, ...statement })),
    );
    expect(statements).toMatchObject([
      {
        id: expect.stringMatching(/^MailRole/),
        Action: 'ses:SendEmail',
        Condition: { StringEquals: { 'ses:FromAddress': mailFrom } },
      },
    ]);
  });

  test('need nothing of SES to be deployed, which may be in the sandbox', () => {
    expect(ofType('AWS::SES::EmailIdentity')).toEqual([]);
  });

  test('are queued by the functions that change what opens an account', () => {
    const queuing = ofType('AWS::Lambda::Function').filter(
      ({ properties }) => properties['Environment']?.Variables.MAILS_QUEUE_URL,
    );
    expect(queuing.map(({ properties }) => properties['Environment'].Variables.FUNCTION)).toEqual([
      'accounts',
      'security',
    ]);
  });
});

describe('verified addresses', () => {
  test('are asked for where there are mails, and required where that is said', () => {
    expect(read({}).verifiedEmail).toBe('off');
    expect(read({ mailFrom }).verifiedEmail).toBe('optional');
    expect(read({ mailFrom, verifiedEmail: 'required' }).verifiedEmail).toBe('required');
    expect(read({ mailFrom, verifiedEmail: 'off' }).verifiedEmail).toBe('off');
  });

  test.for(['required', 'optional'])('can’t be %s without mails', (verifiedEmail) => {
    expect(() => read({ verifiedEmail })).toThrow(/mailFrom/);
  });

  test('are of the local stack, which catches all mails', () => {
    expect(read({ 'cdk-local-stack': true })).toMatchObject({ mailFrom, verifiedEmail: 'optional' });
  });
});
