/** What an HTTP answer means: the envelope's data, or an error of the right class. */
import {
  APIError,
  AuthenticationError,
  ConflictError,
  InvalidResponseError,
  NotFoundError,
  PayloadTooLargeError,
  PermissionDeniedError,
  RateLimitError,
  ServerError,
  UnsupportedMediaTypeError,
  ValidationError,
  type ErrorAnswer,
} from './errors.js';
import { retryAfter } from './retries.js';
import type { ErrorCode, PageMeta } from './types.js';

/** An HTTP answer, read to its end. */
export interface Exchange {
  /** Status and headers; its body has been read. */
  response: Response;
  /** The body as it came. */
  text: string;
  /** The body's JSON; undefined when it is none. */
  json: unknown;
}

/** A good answer. */
export interface Answer<Data = unknown> {
  /** The envelope's `data`. */
  data: Data;
  /** The envelope's `meta`. */
  meta: Partial<PageMeta>;
  /** Status and headers; its body has been read, see `text`. */
  response: Response;
  /** The body as it came. */
  text: string;
  /** Names the request; quote it when you ask for help. */
  requestId: string | undefined;
}

type ErrorClass = new (answer: ErrorAnswer) => APIError;

const BY_CODE: Partial<Record<ErrorCode, ErrorClass>> = {
  VALIDATION_ERROR: ValidationError,
  UNAUTHORIZED: AuthenticationError,
  FORBIDDEN: PermissionDeniedError,
  NOT_FOUND: NotFoundError,
  CONFLICT: ConflictError,
  PAYLOAD_TOO_LARGE: PayloadTooLargeError,
  UNSUPPORTED_MEDIA_TYPE: UnsupportedMediaTypeError,
};

const BY_STATUS: Record<number, ErrorClass> = {
  400: ValidationError,
  401: AuthenticationError,
  403: PermissionDeniedError,
  404: NotFoundError,
  409: ConflictError,
  413: PayloadTooLargeError,
  415: UnsupportedMediaTypeError,
};

/**
 * Takes an answer apart.
 *
 * @throws APIError - it tells of an error.
 * @throws InvalidResponseError - it is no JSON of the API.
 */
export function read(exchange: Exchange): Answer {
  const { response, text, json } = exchange;
  if (!response.ok) throw failure(exchange);
  if (!isObject(json) || !('data' in json)) {
    throw new InvalidResponseError("The answer is not the API's (is the base URL right, and no proxy in between?)", response);
  }
  const meta = isObject(json['meta']) ? json['meta'] : {};
  return { data: json['data'], meta, response, text, requestId: response.headers.get('x-request-id') ?? undefined };
}

/** The error that an answer tells of, whoever made it: the API, or a gateway on the way. */
export function failure({ response, json }: Exchange): Error {
  const { status, headers } = response;
  if (status < 400) {
    return new InvalidResponseError(`The API does not answer with ${status || 'redirects'}: is the base URL right?`, response);
  }
  const told = isObject(json) && isObject(json['error']) ? json['error'] : {};
  const code = typeof told['code'] === 'string' ? (told['code'] as ErrorCode) : undefined;
  const message = String(told['message'] || response.statusText || 'no reason given');
  const answer = { status, headers, code, message, details: told['details'] };
  if (code === 'RATE_LIMITED' || status === 429) return new RateLimitError(answer, retryAfter(headers));
  const Kind = (code && BY_CODE[code]) ?? BY_STATUS[status] ?? (status >= 500 ? ServerError : APIError);
  return new Kind(answer);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
