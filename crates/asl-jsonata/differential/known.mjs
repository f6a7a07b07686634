// Where the two may differ, each with the reason. An entry applies to a request
// and its two answers, both with positions in UTF-16 units.

/** What JavaScript says when the reference trips over something. */
const CRASH = /^(Cannot (read|set|create) propert|.* is not (a function|iterable|defined)|Invalid (code point|array length|regular expression|flags|count value|time value)|Cannot convert|Maximum call stack|Unexpected token|Reduce of empty|.*toFixed|CreateListFromArrayLike|toString\(\) radix|URI malformed)/;

/** Whether both places are in members of one array, object or group, and in different ones. */
function concurrent(expr, one, other) {
  const [first, second] = [one, other].sort((a, b) => a - b);
  const open = [];
  let quote;
  for (let at = 0; at < expr.length; at += 1) {
    const c = expr[at];
    if (quote) {
      if (c === "\\") at += 1;
      else if (c === quote) quote = undefined;
    } else if ("\"'`".includes(c)) {
      quote = c;
    } else if ("([{".includes(c)) {
      open.push({ c, at, commas: [] });
    } else if (c === "," && open.length > 0) {
      open.at(-1).commas.push(at);
    } else if (")]}".includes(c)) {
      const pair = open.pop();
      if (!pair || pair.c === "(" || pair.at >= first || at < second) continue;
      // The groups of a group-by are evaluated at once, each with the same text.
      const group = pair.c === "{" && /[\w\]})$*]\s*$/.test(expr.slice(0, pair.at));
      if (group || pair.commas.some((comma) => first <= comma + 1 && comma < second)) return true;
    }
  }
  return false;
}

/** Whether two values differ in the last digits of numbers only. */
function close(one, other) {
  if (typeof one === "number" && typeof other === "number") return Math.abs(one - other) <= Math.abs(one) * 1e-13;
  if (one === null || other === null || typeof one !== "object" || typeof other !== "object") return one === other;
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => close(one[name], other[name]));
}

/** Whether two values are the same but for the order of what they are made of. */
function alike(one, other) {
  const sorted = (value) => [...JSON.stringify(value ?? null)].sort().join("");
  return one !== undefined && sorted(one) === sorted(other);
}

export const known = [
  {
    reason: "the last digit of a power, which letters are read with too, is the mathematical library's",
    applies: ({ expr }, want, got) => /\$(power|parseInteger)\(/.test(expr) && want.value !== undefined && close(want.value, got.value),
  },
  {
    reason: "the reference trips over an error of JavaScript's own, which has no code",
    applies: (_, want) => want.error?.code === null && CRASH.test(want.error.message),
  },
  {
    reason: "the reference has codes of its own for the limits that its caller sets",
    applies: (_, want, got) => ["D1011", "D1012"].includes(want.error?.code) && got.error?.code === "U1001",
  },
  {
    reason: "a parent operator without a step that answers it: the reference knows no place for paths, this one does",
    applies: (_, want, got) => want.error?.code === "S0217" && want.error.position === null && got.error?.code === "S0217",
  },
  {
    reason: "a function of the library that is applied in part checks no types in the reference: JavaScript makes something of them",
    applies: ({ expr }, want, got) => want.error?.code !== "T0410" && got.error?.code === "T0410" && /\$\w+\([^()]*\?/.test(expr),
  },
  {
    reason: "the reference writes a function that is applied in part down as text, and does not read the default of a parameter",
    applies: ({ expr }, want) => want.error?.code === "S0208" && /\$string\([^()]*\?/.test(expr),
  },
  {
    reason: "members have no order in JSONata: JavaScript puts names that are whole numbers first, this and AWS keep the order in which they came",
    applies: (_, want, got) => /"(0|[1-9]\d*)"/.test(JSON.stringify(want.value)) && alike(want.value, got.value),
  },
  {
    reason: "the reference puts a member without a value into the empty arrays of the document that it groups",
    applies: (_, want, got) => JSON.stringify(want.value ?? null).replaceAll("[null]", "[]") === JSON.stringify(got.value ?? null).replaceAll("[null]", "[]"),
  },
  {
    reason: "the reference lets out the rows of a join as it holds them itself",
    applies: (_, want) => JSON.stringify(want.value ?? null).includes("\"@\":"),
  },
  {
    reason: "text here is Unicode: a regular expression or a split does not cut a character in two, as it does in UTF-16",
    applies: ({ expr, data }) =>
      /[\u{10000}-\u{10ffff}]/u.test(expr + JSON.stringify(data ?? null)) && /\$split\(|\$(match|replace|contains)\(|\/[im]*\(|~>\s*\/|, \/.*\/[im]*\)/.test(expr),
  },
  {
    reason: "the reference evaluates the members of a constructor at once: which of their errors comes first is open",
    applies: ({ expr }, want, got) =>
      Boolean(want.error?.code && got.error?.code) && concurrent(expr, want.error.position, got.error.position),
  },
];
