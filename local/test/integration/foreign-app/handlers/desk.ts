import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { APIGatewayProxyEventV2, APIGatewayProxyResultV2 } from 'aws-lambda';
import { get, put } from './parcels.ts';

const s3 = new S3Client({});

/** PUT hands a parcel in, POST adds a photo, GET looks it up. */
export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyResultV2> {
  const id = event.pathParameters?.['id'] ?? '';
  switch (event.requestContext.http.method) {
    case 'PUT':
      await put(id, 'handed in');
      return { statusCode: 201, body: id };
    case 'POST':
      await s3.send(
        new PutObjectCommand({ Bucket: process.env['PHOTOS'], Key: `in/${id}.txt`, Body: event.body ?? '' }),
      );
      return { statusCode: 202 };
    default: {
      const state = await get(id);
      return state === undefined ? { statusCode: 404 } : { body: JSON.stringify({ id, state }), statusCode: 200 };
    }
  }
}
