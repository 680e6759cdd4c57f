/** The standard Web Crypto, wherever it is. */
import { ConfigurationError } from './errors.js';

/**
 * Gives Web Crypto: a global, but for Node 18, which has it in a module.
 *
 * @throws ConfigurationError - there is none: browsers have `subtle` on https pages only.
 */
export async function webCrypto(): Promise<Crypto> {
  const present = globalThis.crypto as Crypto | undefined;
  if (present?.subtle) return present;
  try {
    // The name is no literal, so that bundlers for browsers do not look for the module.
    const node = 'node:crypto';
    const module = (await import(/* webpackIgnore: true */ /* @vite-ignore */ node)) as { webcrypto: Crypto };
    return module.webcrypto;
  } catch (cause) {
    throw new ConfigurationError('There is no Web Crypto here', { cause });
  }
}

/** A random UUID (version 4). Made by hand: `crypto.randomUUID` is missing on pages without https. */
export async function randomUuid(): Promise<string> {
  const source = (globalThis.crypto as Crypto | undefined) ?? (await webCrypto());
  const bytes = source.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
