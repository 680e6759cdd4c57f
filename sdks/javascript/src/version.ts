/** The version of this package; a test keeps package.json the same. */
export const VERSION = '0.1.0';
