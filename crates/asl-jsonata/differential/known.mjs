// Where the two may differ, each with the reason. An entry applies to a request
// and its two answers; `unprintable` says that the reference's value has no JSON.

/** The same value if the order of members and elements does not count. */
function unordered(value) {
  if (Array.isArray(value)) return value.map(unordered).sort().join();
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return Object.entries(value).map(([key, member]) => `${key}:${unordered(member)}`).sort().join();
}

export const known = [
  {
    reason: "the reference fails inside with an error of JavaScript's own, without a code",
    applies: (_, want) => want.error && want.error.code === null,
  },
  {
    reason: "JSON has no NaN and no infinity: an error here, in the reference a value that prints as null",
    applies: (_, want, got) => (want.unprintable === "number" || want.error) && got.error?.code === "D1001",
  },
  {
    reason: "a picture filled in with NaN, which $parseInteger returns for what is no number: NaN here, something else there",
    applies: ({ expr }, _, got) => /\$format(Number|Integer)\(\$parseInteger\(/.test(expr) && JSON.stringify(got).includes("NaN"),
  },
  {
    reason: "a list of indexes on a missing value: the reference makes a sequence of an undefined element",
    applies: ({ expr }, want) => want.unprintable === "undefined" || /\[\[(0\.\.1|0, 2)\]\]/.test(expr),
  },
  {
    reason: "text here is Unicode and cannot be cut within a character, as UTF-16 can",
    applies: ({ expr, data }) => /😀/.test(expr + JSON.stringify(data)) && /\$(split|match|replace|contains)\(/.test(expr),
  },
  {
    reason: "the reference evaluates the members of a constructor at once: which of several errors comes first is open",
    applies: ({ expr }, want, got) => want.error?.code && got.error?.code && /[[{][^]*,/.test(expr),
  },
  {
    reason: "JavaScript orders members whose names are integers before all others",
    applies: ({ expr }, want, got) => /[{,]\s*(\$string\()?(qty|\$string)/.test(expr) && unordered(want) === unordered(got),
  },
  {
    reason: "a year's name: an error here, the text `undefined` in the reference",
    applies: ({ expr }) => expr.includes("[yN]"),
  },
];
