// Run by runtimes.test.mjs: the package where Web Crypto is no global, as in Node 18.
import { createRequire } from 'node:module';
import * as esm from '@yourapp/sdk';

delete globalThis.crypto;
if (globalThis.crypto) throw new Error('Web Crypto is still there');
for (const { Client, webhooks } of [esm, createRequire(import.meta.url)('@yourapp/sdk')]) {
  await new Client('key', { baseUrl: process.argv[2] }).workflows.create({ name: 'x' });
  console.log(await webhooks.sign('{}', 'evt_1', 1, 'secret'));
}
