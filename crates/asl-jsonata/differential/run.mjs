// Evaluates generated expressions with the reference implementation and with
// `stepwell eval --batch`: values, no value, error codes and the positions of
// errors must be the same.
//
//   node run.mjs [--seed N] [--cases N] [--stepwell PROGRAM] [--all]
//
// Without `--seed` it is the same cases every time. `--all` prints every
// difference, known ones too.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { isDeepStrictEqual, parseArgs } from "node:util";
import jsonata from "jsonata";
import { cases } from "./generate.mjs";
import { known } from "./known.mjs";

const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    cases: { type: "string", default: "10000" },
    stepwell: { type: "string", default: "stepwell" },
    all: { type: "boolean", default: false },
  },
});

/** Whether a function is somewhere in the value: it then has no JSON. */
function hasFunction(value) {
  if (typeof value === "function") return true;
  if (value === null || typeof value !== "object") return false;
  return Boolean(value._jsonata_lambda || value._jsonata_function) || Object.values(value).some(hasFunction);
}

/**
 * The functions of the library, which the reference shares between expressions:
 * each remembers the place of its latest call, for errors.
 */
const library = await Promise.all(
  ["sum", "count", "max", "min", "average", "string", "substring", "substringBefore", "substringAfter", "lowercase",
    "uppercase", "length", "trim", "pad", "match", "contains", "replace", "split", "join", "formatNumber", "formatBase",
    "formatInteger", "parseInteger", "number", "floor", "ceil", "round", "abs", "sqrt", "power", "random", "boolean",
    "not", "map", "zip", "filter", "single", "reduce", "sift", "keys", "lookup", "append", "exists", "spread", "merge",
    "reverse", "each", "error", "assert", "type", "sort", "shuffle", "distinct", "base64encode", "base64decode",
    "encodeUrlComponent", "encodeUrl", "decodeUrlComponent", "decodeUrl", "eval", "toMillis", "fromMillis", "clone"]
    .map((name) => jsonata(`$${name}`).evaluate()),
);

/** What the reference makes of a request, its value as JSON prints it. */
async function reference({ expr, data }) {
  for (const native of library) {
    delete native.position;
    delete native.token;
  }
  try {
    const value = await jsonata(expr, { stack: 1000, timeout: 5000 }).evaluate(data);
    return value === undefined || hasFunction(value) ? { undefined: true } : { value: JSON.parse(JSON.stringify(value)) };
  } catch (error) {
    return { error: { code: error.code ?? null, position: error.position ?? null, message: error.message } };
  }
}

/** Answers to all requests, in their order. */
async function stepwell(requests) {
  const child = spawn(options.stepwell, ["eval", "--batch"], { stdio: ["pipe", "pipe", "inherit"] });
  const failed = new Promise((_, reject) => child.on("error", reject));
  child.stdin.on("error", () => {});
  child.stdin.end(requests.map(({ expr, data }) => `${JSON.stringify({ language: "jsonata", expr, data })}\n`).join(""));
  const answers = (async () => {
    const lines = [];
    for await (const line of createInterface({ input: child.stdout })) lines.push(JSON.parse(line));
    return lines;
  })();
  return Promise.race([answers, failed]);
}

/** An answer with the position of its error in UTF-16 units, as the reference counts. */
function counted({ expr }, answer) {
  if (!answer?.error) return answer;
  const bytes = Buffer.from(expr);
  const byte = answer.error.position ?? null;
  // A place behind the end is in a text of the language's own.
  const position = byte === null || byte > bytes.length ? byte : bytes.subarray(0, byte).toString().length;
  return { error: { ...answer.error, position } };
}

function same(want, got) {
  if (want.error && got.error) return want.error.code === got.error.code && want.error.position === got.error.position;
  return isDeepStrictEqual(want, got);
}

const brief = (answer) => JSON.stringify(answer)?.slice(0, 400);

const seed = Number(options.seed);
const requests = cases(seed, Number(options.cases));
const [answers, wanted] = await Promise.all([
  stepwell(requests),
  (async () => {
    const results = [];
    for (const request of requests) results.push(await reference(request));
    return results;
  })(),
]);

const counts = { values: 0, undefined: 0, errors: 0, known: 0, different: 0 };
for (const [place, request] of requests.entries()) {
  const [want, got] = [wanted[place], counted(request, answers[place])];
  if (got !== undefined && same(want, got)) {
    counts[want.error ? "errors" : want.undefined ? "undefined" : "values"] += 1;
    continue;
  }
  const reason = known.find((entry) => entry.applies(request, want, got ?? {}))?.reason;
  counts[reason ? "known" : "different"] += 1;
  if (!reason || options.all) {
    console.log(`${reason ? `known (${reason})` : "DIFFERENT"}: case ${place}\n  ${request.expr}\n  data      ${JSON.stringify(request.data)}`);
    console.log(`  reference ${brief(want)}\n  stepwell  ${brief(got)}`);
  }
}
const agreed = counts.values + counts.undefined + counts.errors;
console.log(
  `seed ${seed}: ${agreed} passed of ${requests.length} ` +
    `(${counts.values} values, ${counts.undefined} without a value, ${counts.errors} errors), ` +
    `${counts.known} known differences, ${counts.different} unexpected`,
);
process.exitCode = counts.different === 0 ? 0 : 1;
