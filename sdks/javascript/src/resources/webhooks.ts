import type { ApiPromise } from '../api-promise.js';
import type { RequestOptions } from '../options.js';
import type { PagePromise } from '../page.js';
import { path } from '../request.js';
import { Resource } from '../resource.js';
import type { Transport } from '../transport.js';
import type {
  Body,
  CreatedWebhook,
  Deleted,
  Delivery,
  EventType,
  Query,
  Redelivered,
  RotatedSecret,
  Webhook,
  WebhookDetails,
} from '../types.js';
import { verify } from '../webhooks.js';
import { Deliveries } from './deliveries.js';

/** `client.webhooks`: endpoints that events are sent to. */
export class Webhooks extends Resource {
  readonly deliveries: Deliveries;
  /** Checks a webhook that your server received; also `webhooks.verify`, which needs no client. */
  readonly verify = verify;

  /** @internal */
  constructor(transport: Transport) {
    super(transport);
    this.deliveries = new Deliveries(transport);
  }

  /** The account's endpoints. */
  list(query?: Query<'list_webhooks'>, options?: RequestOptions): PagePromise<Webhook> {
    return this.paged({ method: 'GET', path: path`/webhooks`, query, options });
  }

  /** The kinds of events, each with its JSON Schema and an example. */
  events(query?: Query<'list_events'>, options?: RequestOptions): PagePromise<EventType> {
    return this.paged({ method: 'GET', path: path`/webhooks/events`, query, options });
  }

  /** One endpoint with its statistics. */
  get(webhookId: string, options?: RequestOptions): ApiPromise<WebhookDetails> {
    return this.one({ method: 'GET', path: path`/webhooks/${webhookId}`, options });
  }

  /** Makes an endpoint. Without a secret of yours one is made, and shown in this answer only. */
  create(body: Body<'create_webhook'>, options?: RequestOptions): ApiPromise<CreatedWebhook> {
    return this.one({ method: 'POST', path: path`/webhooks`, body, options });
  }

  /** Changes an endpoint; what is not given stays. */
  update(webhookId: string, body: Body<'update_webhook'>, options?: RequestOptions): ApiPromise<Webhook> {
    return this.one({ method: 'PATCH', path: path`/webhooks/${webhookId}`, body, options });
  }

  /** Deletes an endpoint. */
  delete(webhookId: string, options?: RequestOptions): ApiPromise<Deleted> {
    return this.one({ method: 'DELETE', path: path`/webhooks/${webhookId}`, options });
  }

  /** Sends an example event, signed and retried as all are. */
  test(webhookId: string, body: Body<'send_test_event'> = {}, options?: RequestOptions): ApiPromise<Delivery> {
    return this.one({ method: 'POST', path: path`/webhooks/${webhookId}/test`, body, options });
  }

  /** Changes the secret; for 24 hours the old one signs too. */
  rotateSecret(webhookId: string, body: Body<'rotate_secret'> = {}, options?: RequestOptions): ApiPromise<RotatedSecret> {
    return this.one({ method: 'POST', path: path`/webhooks/${webhookId}/rotate-secret`, body, options });
  }

  /** Sends again what failed since a moment. `has_more` of the answer: call once more. */
  redeliverFailed(webhookId: string, body: Body<'redeliver_failed'>, options?: RequestOptions): ApiPromise<Redelivered> {
    return this.one({ method: 'POST', path: path`/webhooks/${webhookId}/redeliver`, body, options });
  }
}
