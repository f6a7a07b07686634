// Evaluates generated expressions with the reference implementation and with
// `stepwell eval --batch`: values, no value and error codes must be the same.
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
    cases: { type: "string", default: "8000" },
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

/** What JSON cannot say of a value: a number or an undefined element, if any. */
function unprintable(value) {
  if (typeof value === "number") return Number.isFinite(value) ? undefined : "number";
  if (value === undefined) return "undefined";
  if (value === null || typeof value !== "object") return undefined;
  return Object.values(value).map(unprintable).find((kind) => kind !== undefined);
}

async function reference({ expr, data }) {
  try {
    const value = await jsonata(expr, { stack: 1000, timeout: 5000 }).evaluate(data);
    if (value === undefined || hasFunction(value)) return { undefined: true };
    const kind = unprintable(value);
    return { value: JSON.parse(JSON.stringify(value)), ...(kind && { unprintable: kind }) };
  } catch (error) {
    return { error: { code: error.code ?? null, message: error.message } };
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

function same(want, got) {
  if (want.error || got.error) return want.error?.code === got.error?.code && want.error !== undefined;
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
  const [want, got] = [wanted[place], answers[place]];
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
