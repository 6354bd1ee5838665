// AWS: "Quotas for configuring and running a WebSocket API in API Gateway".
export const MAX_FRAME_BYTES = 32 * 1024;
export const MAX_MESSAGE_BYTES = 128 * 1024;

/** The close codes of RFC 6455 that the gateway uses for frames that it refuses. */
export type Violation = 1003 | 1009;

const CONTINUATION = 0;
const BINARY = 2;
const FIRST_CONTROL = 8;

/**
 * Inspects the bytes from a client for frames that API Gateway refuses: binary frames (1003), frames over 32 KB and messages over
 * 128 KB (1009). It reads only the frame headers, which `ws` doesn't expose, and leaves parsing and unmasking to `ws`.
 * AWS: "Binary media types for WebSocket APIs in API Gateway" and "Quotas for configuring and running a WebSocket API …".
 */
export function frameInspector(onViolation: (code: Violation) => void): (chunk: Buffer) => void {
  let header: number[] = [];
  let payloadLeft = 0;
  let messageBytes = 0;
  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (payloadLeft > 0) {
        const passed = Math.min(payloadLeft, chunk.length - at);
        payloadLeft -= passed;
        at += passed;
        continue;
      }
      header.push(chunk[at++] ?? 0);
      if (header.length < headerLength(header)) continue;
      const opcode = (header[0] ?? 0) & 0x0f;
      payloadLeft = payloadLength(header);
      header = [];
      if (opcode >= FIRST_CONTROL) continue;
      messageBytes = opcode === CONTINUATION ? messageBytes + payloadLeft : payloadLeft;
      if (opcode === BINARY) onViolation(1003);
      else if (payloadLeft > MAX_FRAME_BYTES || messageBytes > MAX_MESSAGE_BYTES) onViolation(1009);
    }
  };
}

/** RFC 6455, section 5.2: 2 bytes of flags and length, 2 or 8 bytes of extended length, and 4 bytes of mask. */
function headerLength([, second = 0]: readonly number[]): number {
  const length = second & 0x7f;
  return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + (second & 0x80 ? 4 : 0);
}

function payloadLength(header: readonly number[]): number {
  const length = (header[1] ?? 0) & 0x7f;
  if (length < 126) return length;
  return header.slice(2, length === 126 ? 4 : 10).reduce((value, byte) => value * 256 + byte, 0);
}
