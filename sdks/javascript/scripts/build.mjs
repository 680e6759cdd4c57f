// Builds dist/esm and dist/cjs: the same sources twice, with types. `npm run build`.
import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const folder = fileURLToPath(new URL('..', import.meta.url));
const compiler = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
const run = promisify(execFile);

await rm(`${folder}/dist`, { recursive: true, force: true });

async function build(config, kind, type) {
  await run(process.execPath, [compiler, '-p', config], { cwd: folder });
  // Node takes a file's format, and bundlers its freedom from side effects, from the nearest package.json.
  await writeFile(`${folder}/dist/${kind}/package.json`, `${JSON.stringify({ type, sideEffects: false })}\n`);
}

try {
  await Promise.all([build('tsconfig.json', 'esm', 'module'), build('tsconfig.cjs.json', 'cjs', 'commonjs')]);
} catch (problem) {
  console.error(problem.stdout || problem);
  process.exitCode = 1;
}
