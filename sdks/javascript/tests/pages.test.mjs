import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidResponseError, NotFoundError, Page } from '@yourapp/sdk';
import { bad, good, serve } from './server.mjs';

const ITEMS = Array.from({ length: 5 }, (_, index) => ({ id: `wf_${index}` }));

/** A list as the API pages it: by number when asked so, else by cursor. */
function list({ query }) {
  const limit = Number(query.limit ?? 2);
  const start = query.cursor ? Number(query.cursor) : (Number(query.page ?? 1) - 1) * limit;
  const next = start + limit < ITEMS.length ? String(start + limit) : null;
  const byPage = { page: start / limit + 1, limit, total: ITEMS.length };
  const byCursor = { limit, next_cursor: next, has_more: next !== null };
  const meta = query.page ? byPage : query.cursor ? byCursor : { ...byPage, ...byCursor };
  return good(ITEMS.slice(start, start + limit), meta);
}

test('list() gives the first page, and says how many there are', async () => {
  const server = await serve(list);

  const page = await server.client().workflows.list({ status: 'published' });

  assert.ok(page instanceof Page);
  assert.deepEqual(page.data, ITEMS.slice(0, 2));
  assert.deepEqual([page.total, page.page, page.limit, page.nextCursor, page.hasMore], [5, 1, 2, '2', true]);
  assert.equal(server.requests.length, 1);
});

test('iterating goes over all pages, with the same filters', async () => {
  const server = await serve(list);
  const found = [];

  for await (const workflow of server.client().workflows.list({ status: 'draft' })) found.push(workflow);

  assert.deepEqual(found, ITEMS);
  assert.deepEqual(server.requests.map(({ query }) => query), [
    { status: 'draft' },
    { status: 'draft', cursor: '2' },
    { status: 'draft', cursor: '4' },
  ]);
});

test('a page that was awaited goes on from where it is, also by page number', async () => {
  const server = await serve(list);
  const page = await server.client().workflows.list({ page: 2 });
  const found = [];

  for await (const workflow of page) found.push(workflow);

  assert.deepEqual(found, ITEMS.slice(2));
  assert.deepEqual(server.requests.map(({ query }) => query), [{ page: '2' }, { page: '3' }]);
});

test('pages are fetched when they are needed, and not before', async () => {
  const server = await serve(list);

  for await (const workflow of server.client().workflows.list()) if (workflow.id === 'wf_1') break;

  assert.equal(server.requests.length, 1);
});

test('pages one by one, and all items in an array', async () => {
  const server = await serve(list);
  const client = server.client();
  const sizes = [];

  for await (const page of client.workflows.list().pages()) sizes.push(page.data.length);

  assert.deepEqual(sizes, [2, 2, 1]);
  assert.deepEqual(await client.workflows.list().toArray(), ITEMS);
  assert.deepEqual(await client.workflows.list().toArray({ max: 3 }), ITEMS.slice(0, 3));
  assert.deepEqual(await client.workflows.list().toArray({ max: 0 }), []);
  const last = await client.workflows.list({ page: 3 });
  assert.equal(await last.nextPage(), undefined);
});

test('an error on the way comes out of the loop', async () => {
  const server = await serve((request) => (request.query.cursor ? bad(404, 'NOT_FOUND') : list(request)));
  const found = [];

  await assert.rejects(async () => {
    for await (const workflow of server.client().workflows.list()) found.push(workflow);
  }, NotFoundError);

  assert.equal(found.length, 2);
});

test('the HTTP answer of a page, and an answer that is no list', async () => {
  const server = await serve([good([], { limit: 20, total: 0 }, { 'X-Request-Id': 'req_2' }), good({})]);

  const { data, requestId } = await server.client().workflows.list().withResponse();

  assert.deepEqual([data.total, data.hasMore, requestId], [0, false, 'req_2']);
  await assert.rejects(server.client().workflows.list(), InvalidResponseError);
});
