/**
 * YourApp: workflows, runs, forms, credentials, integrations and webhooks.
 *
 *     import { Client } from '@yourapp/sdk';
 *
 *     const client = new Client('YOUR_API_KEY');
 *     const workflows = await client.workflows.list();
 *     await client.workflows.execute('wf_123', { input: { email: 'user@example.com' } });
 */
export { Client } from './client.js';
export { Client as default } from './client.js';
export type { Answer } from './answers.js';
export { ApiPromise } from './api-promise.js';
export {
  APIConnectionError,
  APIError,
  APITimeoutError,
  AuthenticationError,
  ConfigurationError,
  ConflictError,
  ExecutionCancelledError,
  ExecutionError,
  ExecutionFailedError,
  ExecutionTimeoutError,
  InvalidResponseError,
  NotFoundError,
  PayloadTooLargeError,
  PermissionDeniedError,
  RateLimitError,
  ServerError,
  UnsupportedMediaTypeError,
  ValidationError,
  WebhookVerificationError,
  YourAppError,
} from './errors.js';
export type { ClientOptions, Fetch, RequestOptions } from './options.js';
export { Page, PagePromise } from './page.js';
export type * from './types.js';
export { VERSION } from './version.js';
export type { WaitParameters, Waiting } from './waiting.js';
export * as webhooks from './webhooks.js';
