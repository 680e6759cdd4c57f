// Writes what the reference implementation says about every case, for the tests of our expressions.
//
//   npm ci --ignore-scripts && node record.js            rewrite the recording
//   node record.js --stdout                              print it (a test compares it with the committed one)
//
// A result is {value}, {missing: true} for undefined, or {error: code}. Numbers that JSON cannot hold become null, as
// JSON.stringify has it. Each case has two seconds.

const fs = require('fs');
const path = require('path');
const jsonata = require('jsonata');

const folder = path.join(__dirname, '..', '..', 'unit', 'expressions');
const { documents, cases } = JSON.parse(fs.readFileSync(path.join(folder, 'reference_cases.json'), 'utf8'));

async function result(expression, document) {
  try {
    const value = await jsonata(expression, { timeout: 2000 }).evaluate(document);
    const text = JSON.stringify(value, (key, entry) =>
      entry && typeof entry === 'object' && (entry._jsonata_lambda || entry._jsonata_function) ? undefined : entry);
    return text === undefined ? { missing: true } : { value: JSON.parse(text) };
  } catch (error) {
    return { error: error.code || error.name || 'unknown' };
  }
}

async function main() {
  const results = {};
  for (const [name, expressions] of Object.entries(cases)) {
    results[name] = {};
    for (const expression of expressions) {
      results[name][expression] = await result(expression, JSON.parse(JSON.stringify(documents[name])));
    }
  }
  const text = JSON.stringify({ jsonata: require('jsonata/package.json').version, results }, null, 1) + '\n';
  if (process.argv.includes('--stdout')) process.stdout.write(text);
  else fs.writeFileSync(path.join(folder, 'reference_results.json'), text);
}

main();
