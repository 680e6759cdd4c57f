import { failure, type Answer } from './answers.js';
import { ApiPromise } from './api-promise.js';
import { settle, type ClientOptions, type Settings } from './options.js';
import type { ApiRequest } from './request.js';
import { AccountResource } from './resources/account.js';
import { ApiKeys } from './resources/api-keys.js';
import { Credentials } from './resources/credentials.js';
import { Executions } from './resources/executions.js';
import { Expressions } from './resources/expressions.js';
import { Forms } from './resources/forms.js';
import { Integrations } from './resources/integrations.js';
import { NodeTypes } from './resources/node-types.js';
import type { Submissions } from './resources/submissions.js';
import { Webhooks } from './resources/webhooks.js';
import { Workflows } from './resources/workflows.js';
import { Transport } from './transport.js';

/**
 * A client of the YourApp API.
 *
 *     const client = new Client('YOUR_API_KEY');
 *     const workflows = await client.workflows.list();
 */
export class Client {
  readonly account: AccountResource;
  readonly apiKeys: ApiKeys;
  readonly credentials: Credentials;
  readonly executions: Executions;
  readonly expressions: Expressions;
  readonly forms: Forms;
  readonly integrations: Integrations;
  readonly nodeTypes: NodeTypes;
  readonly submissions: Submissions;
  readonly webhooks: Webhooks;
  readonly workflows: Workflows;
  readonly #transport: Transport;
  readonly #settings: Settings;

  /**
   * @param apiKey - default: the environment variable YOURAPP_API_KEY. Keep it on servers: whoever has it is you.
   * @param options - base URL, time limits, retries, your own fetch.
   * @throws ConfigurationError - there is no API key, or something is not what it should be.
   */
  constructor(apiKey?: string, options?: ClientOptions);
  constructor(options: ClientOptions);
  constructor(first?: string | ClientOptions, second?: ClientOptions) {
    this.#settings = settle(typeof first === 'object' ? first : { ...second, apiKey: first ?? second?.apiKey });
    this.#transport = new Transport(this.#settings);
    this.account = new AccountResource(this.#transport);
    this.apiKeys = new ApiKeys(this.#transport);
    this.credentials = new Credentials(this.#transport);
    this.executions = new Executions(this.#transport);
    this.expressions = new Expressions(this.#transport);
    this.forms = new Forms(this.#transport);
    this.integrations = new Integrations(this.#transport);
    this.nodeTypes = new NodeTypes(this.#transport);
    this.submissions = this.forms.submissions;
    this.webhooks = new Webhooks(this.#transport);
    this.workflows = new Workflows(this.#transport);
  }

  /** Where requests go. */
  get baseUrl(): string {
    return this.#settings.baseUrl;
  }

  /** A client like this one with other options: `client.withOptions({ timeout: 5_000 })`. Headers are added to these. */
  withOptions(options: ClientOptions): Client {
    const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
    return new Client({ ...this.#settings, ...given, headers: { ...this.#settings.headers, ...options.headers } });
  }

  /**
   * Sends any request, with authentication, retries and errors as the others have them.
   *
   * @param request - `path` is below the base URL and escaped, such as `/workflows`; `body` is sent as JSON.
   */
  request<Data = unknown>(request: Pick<ApiRequest, 'method' | 'path' | 'query' | 'body' | 'options'>): ApiPromise<Data> {
    return new ApiPromise(this.#transport.send(request) as Promise<Answer<Data>>);
  }

  /** The OpenAPI document of the API that the client talks to. */
  async openapi(): Promise<Record<string, unknown>> {
    const exchange = await this.#transport.exchange({ method: 'GET', path: '/openapi.json' });
    if (!exchange.response.ok) throw failure(exchange);
    return exchange.json as Record<string, unknown>;
  }
}
