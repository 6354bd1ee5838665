import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { note } from './notes-table.mjs';

const sns = new SNSClient({});

export async function begin() {
  for (const Key of ['one.txt', 'two.png'])
    await new S3Client({}).send(new PutObjectCommand({ Bucket: process.env.BUCKET, Key, Body: Key }));
  await sns.send(new PublishCommand({ TopicArn: process.env.TOPIC, Message: 'it begins' }));
}

export async function arrive({ Records }) {
  for (const { body } of Records)
    for (const { s3 } of JSON.parse(JSON.parse(body).Message).Records ?? []) await note(s3.object.key);
}

export const hear = ({ Records: [{ Sns }] }) => note('heard', Sns.Message);
