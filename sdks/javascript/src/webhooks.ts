/**
 * Checking that a webhook comes from YourApp: Standard Webhooks (https://www.standardwebhooks.com).
 *
 *     import { verify } from '@yourapp/sdk/webhooks';
 *     const event = await verify(await request.text(), request.headers, 'whsec_...');
 */
import { ConfigurationError, WebhookVerificationError } from './errors.js';
import type { WebhookEvent } from './types.js';
import { webCrypto } from './web-crypto.js';

export { WebhookVerificationError } from './errors.js';
export type { WebhookEvent } from './types.js';

/** A body as it came: parsed and written again it may differ. */
export type Payload = string | Uint8Array | ArrayBuffer;

/** Headers as fetch has them, or as Node's http module has them. */
export type WebhookHeaders = Pick<Headers, 'get'> | Record<string, string | string[] | undefined>;

export interface VerifyOptions {
  /** Seconds that the webhook's time may be off, before or after now. Default: 300. */
  toleranceSeconds?: number;
}

const PREFIX = 'whsec_';
const ALGORITHM = { name: 'HMAC', hash: 'SHA-256' };

/**
 * Checks a webhook and takes it apart.
 *
 * @param payload - the request's body, exactly as it came.
 * @param headers - the request's headers, their names in any case.
 * @param secret - the endpoint's: `whsec_` and base64, or any other text, of which the UTF-8 bytes are the key.
 * @returns the event.
 * @throws WebhookVerificationError - do not act on it; answer 400.
 * @throws ConfigurationError - the secret is none.
 */
export async function verify<Data = Record<string, unknown>>(
  payload: Payload,
  headers: WebhookHeaders,
  secret: string,
  { toleranceSeconds = 300 }: VerifyOptions = {},
): Promise<WebhookEvent<Data>> {
  const body = bytesOf(payload);
  const id = header(headers, 'webhook-id');
  const timestamp = header(headers, 'webhook-timestamp');
  const signatures = header(headers, 'webhook-signature');
  checkTime(timestamp, toleranceSeconds);
  const { subtle } = await webCrypto();
  const key = await subtle.importKey('raw', keyBytes(secret), ALGORITHM, false, ['verify']);
  const content = signed(id, timestamp, body);
  // There are two signatures while a secret is rotated. `subtle.verify` compares in constant time, and all are tried.
  const results = await Promise.all(
    signatures.split(' ').map(async (signature) => {
      const digest = signature.startsWith('v1,') ? fromBase64(signature.slice(3)) : undefined;
      return digest !== undefined && (await subtle.verify('HMAC', key, digest, content));
    }),
  );
  if (!results.includes(true)) {
    throw new WebhookVerificationError('No signature matches: another secret, or the body was changed');
  }
  return parse(body) as WebhookEvent<Data>;
}

/**
 * Signs a message as the API does: what tests of your own endpoint need.
 *
 * @returns the value of `webhook-signature`, `v1,<base64>`.
 * @throws ConfigurationError - the secret is none.
 */
export async function sign(payload: Payload, id: string, timestamp: number | Date, secret: string): Promise<string> {
  const seconds = timestamp instanceof Date ? Math.floor(timestamp.getTime() / 1000) : timestamp;
  const { subtle } = await webCrypto();
  const key = await subtle.importKey('raw', keyBytes(secret), ALGORITHM, false, ['sign']);
  const digest = await subtle.sign('HMAC', key, signed(id, String(seconds), bytesOf(payload)));
  return `v1,${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
}

type Bytes = Uint8Array<ArrayBuffer>;

function bytesOf(payload: Payload): Bytes {
  if (typeof payload === 'string') return new TextEncoder().encode(payload);
  if (payload instanceof Uint8Array) return new Uint8Array(payload);
  if (payload instanceof ArrayBuffer) return new Uint8Array(payload);
  throw new WebhookVerificationError('Give the body as it came, as text or bytes, and not what was parsed from it');
}

function header(headers: WebhookHeaders, name: string): string {
  const found =
    typeof headers.get === 'function'
      ? headers.get(name)
      : Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  const value = Array.isArray(found) ? found.join(' ') : found;
  if (typeof value !== 'string' || !value) throw new WebhookVerificationError(`There is no ${name} header`);
  return value;
}

function checkTime(timestamp: string, tolerance: number): void {
  if (!/^\d{1,15}$/.test(timestamp)) throw new WebhookVerificationError('webhook-timestamp is no time');
  const age = Date.now() / 1000 - Number(timestamp);
  if (age > tolerance) throw new WebhookVerificationError(`The webhook is ${Math.round(age)} s old: it may be a replay`);
  if (age < -tolerance) {
    throw new WebhookVerificationError(`The webhook is ${Math.round(-age)} s ahead of this machine's clock`);
  }
}

function signed(id: string, timestamp: string, body: Bytes): Bytes {
  const head = new TextEncoder().encode(`${id}.${timestamp}.`);
  const content = new Uint8Array(head.length + body.length);
  content.set(head);
  content.set(body, head.length);
  return content;
}

function keyBytes(secret: string): Bytes {
  if (typeof secret !== 'string' || !secret) throw new ConfigurationError('The secret is empty');
  if (!secret.startsWith(PREFIX)) return new TextEncoder().encode(secret);
  const key = fromBase64(secret.slice(PREFIX.length));
  if (!key?.length) throw new ConfigurationError('What follows whsec_ in the secret is no base64');
  return key;
}

function fromBase64(text: string): Bytes | undefined {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return undefined; // no base64: it is no signature, and no key
  }
}

function parse(body: Bytes): unknown {
  try {
    const event: unknown = JSON.parse(new TextDecoder().decode(body));
    if (typeof event === 'object' && event !== null && 'type' in event) return event;
  } catch (cause) {
    throw new WebhookVerificationError('The signature is right, but the body is no JSON', { cause });
  }
  throw new WebhookVerificationError('The signature is right, but the body is no event');
}
