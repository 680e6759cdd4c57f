import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { Client, ConfigurationError, webhooks, WebhookVerificationError } from '@yourapp/sdk';
import { sign, verify } from '@yourapp/sdk/webhooks';
import { Webhook } from 'standardwebhooks';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const EVENT = { id: 'evt_1', type: 'form.submitted', created_at: '2024-01-20T15:30:05Z', data: { name: 'Zoë ✓' } };
const BODY = JSON.stringify(EVENT);
const now = () => Math.floor(Date.now() / 1000);

async function headers({ body = BODY, id = 'evt_1', time = now(), secret = SECRET } = {}) {
  return { 'webhook-id': id, 'webhook-timestamp': String(time), 'webhook-signature': await sign(body, id, time, secret) };
}

const refused = (promise, message) =>
  assert.rejects(promise, (problem) => problem instanceof WebhookVerificationError && message.test(problem.message));

test("standardwebhooks' own signature is taken", async () => {
  const time = new Date();
  const signature = new Webhook(SECRET).sign('evt_1', time, BODY);
  const given = { 'webhook-id': 'evt_1', 'webhook-timestamp': String(Math.floor(time / 1000)), 'webhook-signature': signature };

  assert.deepEqual(await verify(BODY, given, SECRET), EVENT);
});

test('standardwebhooks takes our signature, of a whsec_ secret and of any other text', async () => {
  assert.deepEqual(new Webhook(SECRET).verify(BODY, await headers()), EVENT);
  const text = 'your-webhook-secret';
  const raw = new Webhook(text, { format: 'raw' });
  assert.deepEqual(raw.verify(BODY, await headers({ secret: text })), EVENT);
  assert.deepEqual(await verify(BODY, await headers({ secret: text }), text), EVENT);
});

test('the key of a text is its UTF-8 bytes, as the API takes it', async () => {
  const digest = createHmac('sha256', Buffer.from('Geheimnis ü', 'utf8')).update(`evt_1.5.${BODY}`).digest('base64');

  assert.equal(await sign(BODY, 'evt_1', 5, 'Geheimnis ü'), `v1,${digest}`);
});

test('a known answer', async () => {
  // What the specification's libraries are all tested with.
  const signature = await sign('{"test": 2432232314}', 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, SECRET);

  assert.equal(signature, 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test('text, bytes and an ArrayBuffer; plain headers in any case, lists, and Headers', async () => {
  const given = await headers();
  const bytes = new TextEncoder().encode(BODY);
  const upper = Object.fromEntries(Object.entries(given).map(([name, value]) => [name.toUpperCase(), value]));
  const lists = { ...given, 'webhook-signature': ['v1,AAAA', given['webhook-signature']] };

  for (const payload of [BODY, bytes, Buffer.from(bytes), bytes.buffer]) assert.deepEqual(await verify(payload, given, SECRET), EVENT);
  for (const some of [upper, lists, new Headers(given)]) assert.deepEqual(await verify(BODY, some, SECRET), EVENT);
  assert.deepEqual(await webhooks.verify(BODY, given, SECRET), EVENT);
  assert.deepEqual(await new Client('key').webhooks.verify(BODY, given, SECRET), EVENT);
});

test('while a secret is rotated there are two signatures, and either secret will do', async () => {
  const old = 'whsec_' + Buffer.from('the secret before that').toString('base64');
  const both = await headers();
  const of = { old: (await headers({ secret: old }))['webhook-signature'], new: both['webhook-signature'] };
  both['webhook-signature'] = `v1a,ed25519 ${of.new} ${of.old} garbage`;

  assert.deepEqual(await verify(BODY, both, SECRET), EVENT);
  assert.deepEqual(await verify(BODY, both, old), EVENT);
  await refused(verify(BODY, both, 'another'), /No signature matches/);
});

test('a changed body, id, time or secret is refused', async () => {
  const given = await headers();

  await refused(verify(BODY + ' ', given, SECRET), /No signature matches/);
  await refused(verify(BODY, { ...given, 'webhook-id': 'evt_2' }, SECRET), /No signature matches/);
  await refused(verify(BODY, { ...given, 'webhook-timestamp': String(now() - 1) }, SECRET), /No signature matches/);
  await refused(verify(BODY, given, 'whsec_AAAA'), /No signature matches/);
});

test('broken signatures are refused, and are no errors of another kind', async () => {
  const given = await headers();
  const other = createHmac('sha256', 'x').update('').digest('base64');

  for (const signature of ['v1', 'v1,', 'v1,%%%', 'v1,AA', `v2,${other}`, ',', 'v1,é', given['webhook-signature'].slice(0, -2)]) {
    await refused(verify(BODY, { ...given, 'webhook-signature': signature }, SECRET), /No signature matches/);
  }
});

test('a time too far from now is refused, in both directions', async () => {
  await refused(verify(BODY, await headers({ time: now() - 400 }), SECRET), /40\d s old/);
  await refused(verify(BODY, await headers({ time: now() + 400 }), SECRET), /ahead of this machine's clock/);
  assert.deepEqual(await verify(BODY, await headers({ time: now() - 250 }), SECRET), EVENT);
  assert.deepEqual(await verify(BODY, await headers({ time: now() + 250 }), SECRET), EVENT);
  assert.deepEqual(await verify(BODY, await headers({ time: now() - 400 }), SECRET, { toleranceSeconds: 600 }), EVENT);
  for (const time of ['soon', '1e9', '-5', '', '1'.repeat(16)]) {
    await refused(verify(BODY, { ...(await headers()), 'webhook-timestamp': time }, SECRET), /webhook-timestamp/);
  }
});

test('missing headers, a parsed body, a signed text that is no event', async () => {
  await refused(verify(BODY, {}, SECRET), /no webhook-id header/);
  await refused(verify(EVENT, await headers(), SECRET), /as it came/);
  await refused(verify('no JSON', await headers({ body: 'no JSON' }), SECRET), /no JSON/);
  await refused(verify('[1]', await headers({ body: '[1]' }), SECRET), /no event/);
});

test('a secret that is none is the setup that is wrong, not the webhook', async () => {
  for (const secret of ['', undefined, 'whsec_', 'whsec_%%%']) {
    await assert.rejects(verify(BODY, await headers(), secret), ConfigurationError);
  }
});
