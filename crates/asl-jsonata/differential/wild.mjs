// Expressions put together at random where `generate.mjs` has templates: steps
// of paths in any order, pictures letter by letter, patterns, matchers,
// functions applied in part and chained, numbers of all sizes, scopes, nesting.
import { DATES, FIELDS, MILLIS, NUMBERS, REGEXES, WORDS } from "./pools.mjs";

/** Words with characters of each plane, and such that order differently by units and by code points. */
const PLANES = ["a😀b", "😀", "ｆｕ", "\u{1d49e}\ue000", "é\u0301", "ÿ", "한글", "\u{10ffff}", "z\u00a0z", "\u2028", "𝒳𝒴"];

/** An expression at random. */
export function wild(g, depth) {
  return g.one(
    () => route(g, depth),
    () => route(g, depth),
    () => route(g, depth),
    () => numeral(g),
    () => picture(g),
    () => instant(g),
    () => matching(g),
    () => partly(g),
    () => chained(g),
    () => scoped(g, depth),
    () => changed(g, depth),
    () => nested(g),
    () => planes(g),
    () => ordered(g, depth),
    () => grouped(g, depth),
    () => keyed(g),
  );
}

const text = (value) => JSON.stringify(value);

/** A path of any steps. */
function route(g, depth) {
  let path = g.pick(["items", "items", "items", "$", "$$", "single", "first", "deep", "nums", "words", "mixed", "matrix", "[items, first]", "[1, [2, 3]]", "(items; single)", "{\"a\": items}", "*", "**", "$$.items", "items.parts", "[nums]", "$.items"]);
  let focus = 0;
  const bound = [];
  const inner = (make) => g.within(bound, make);
  for (const _ of g.list(1, 5, () => 0)) {
    path += g.one(
      () => `.${g.pick(FIELDS.any)}`,
      () => `.${g.pick(FIELDS.any)}`,
      () => `.${g.pick(["parts", "dims", "tags", "parts.qty"])}`,
      () => `[${inner(() => condition(g, depth))}]`,
      () => `^(${inner(() => terms(g))})`,
      () => `.(${inner(() => step(g))})`,
      () => `.[${inner(() => g.list(0, 2, () => step(g)).join(", "))}]`,
      () => `.{${inner(() => g.list(1, 2, () => `${g.pick(["\"a\"", "\"b\"", "sku", "color", "$string(qty)"])}: ${step(g)}`).join(", "))}}`,
      () => `.${g.pick(["*", "**", "%", "%.%", "$", "$$"])}`,
      () => "[]",
      () => `.$${g.pick(["string()", "count($)", "type($)", "keys()", "uppercase(sku)", "sum(parts.qty)", "exists(sku)", "spread()", "each(function($v, $k) { $k })", "sift(function($v) { $type($v) = \"number\" })", "length(sku)", "lookup(\"sku\")", "boolean()", "number(qty)", "distinct(tags)", "reverse(tags)", "append(tags, 1)", "merge($)", "zip(tags, parts)"])}`,
      () => {
        const name = `f${focus++}`;
        bound.push({ name, type: "any" });
        return `@$${name}`;
      },
      () => {
        const name = `f${focus++}`;
        bound.push({ name, type: "number" });
        return `#$${name}`;
      },
    );
  }
  if (g.chance(0.2)) path += `{${inner(() => g.list(1, 2, () => `${g.pick(["sku", "color", "$string(qty)", "$string($)", "\"one\""])}: ${step(g)}`).join(", "))}}`;
  return g.chance(0.15) ? `${g.pick(["$count", "$string", "$exists", "$type", "$append"])}(${path}${g.pick(["", "", ", 1"])})` : path;
}

function condition(g, depth) {
  return g.one(
    () => String(g.below(4) - 2),
    () => `[${g.pick(["0..2", "0, -1", "1"])}]`,
    () => `${g.pick(FIELDS.number)} ${g.pick([">", "<=", "=", "!="])} ${g.number(0)}`,
    () => g.pick(["qty > 1", "sku = \"p1\"", "%.qty > 1", "$ > 1", "parts", "tags", "$exists(rank)", "true", "false", "[]", "\"\"", "$string($) = \"1\"", "sku in [\"p1\", \"q9\"]", "$count($) = 1", "1.5", "-0.5", "qty", "null"]),
    () => g.any(0),
    () => g.boolean(Math.min(depth - 1, 1)),
  );
}

function step(g) {
  return g.one(
    () => g.pick(FIELDS.any),
    () => g.pick(["$", "%", "%.sku", "%.%.name", "qty * 2", "sku & color", "parts.id", "parts[0]", "[tags]", "{\"s\": sku}", "$count(parts)", "parts^(qty)", "parts{id: qty}", "$sum(parts.qty)", "tags[0]", "dims.w", "()", "$$.name", "parts.%.sku", "*", "parts[]", "[parts.qty]"]),
    () => g.any(0),
    () => g.variable("any") ?? "$",
    () => g.variable("number") ?? "qty",
  );
}

function terms(g) {
  return g.list(1, 3, () => `${g.pick(["", "<", ">"])}${g.pick(["price", "qty", "sku", "color", "dims.w", "rank", "$count(parts)", "$", "%.sku", "id", "$string($)", "-qty", "tags[0]", "missing", "qty % 2", g.variable("number") ?? "qty"])}`).join(", ");
}

/** Numbers of all sizes and ways of writing them. */
function numeral(g) {
  const literal = () => g.one(
    () => String(g.below(1e6)),
    () => `${g.below(1000)}.${g.below(1e6)}`,
    () => `${g.below(10)}${g.pick(["", ".5", ".125", ".1"])}${g.pick(["e", "E"])}${g.pick(["", "+", "-"])}${g.below(g.pick([5, 25, 320]))}`,
    () => String((g.random() - 0.5) * 10 ** (g.below(40) - 20)).replace(/^-/, ""),
    () => String(Math.floor(g.random() * 2 ** 53) * 2 ** g.below(20)),
    () => g.pick(["01", "1.", ".5", "1e", "0x10", "1_000", "-0", "0.0", "1E5", "00", "9007199254740993", "123456789012345678901234567890", "4.35", "1.005", "0.1", "5e-324", "1.7976931348623157e308", "2e308"]),
  );
  const number = () => `${g.chance(0.2) ? "-" : ""}${literal()}`;
  return g.one(
    () => number(),
    () => `$string(${number()})`,
    () => `${number()} & ""`,
    () => `(${number()} ${g.pick(["+", "-", "*", "/", "%"])} ${number()})`,
    () => `$string(${number()} ${g.pick(["+", "-", "*", "/", "%"])} ${number()})`,
    () => `$round(${number()}, ${g.below(12) - 5})`,
    () => `$${g.pick(["floor", "ceil", "abs", "sqrt", "round"])}(${number()})`,
    () => `$power(${number()}, ${g.pick(["2", "3", "-2", "0.5", "10", "0"])})`,
    () => `$number("${g.pick(["", "-", "+", " "])}${literal()}${g.pick(["", "", " ", "x"])}")`,
    () => `$number(${g.pick(["\"0b11\"", "\"0o17\"", "\"0XfF\"", "\"-0x1\"", "\"Infinity\"", "\"NaN\"", "\" 1 \"", "\"1e1000\"", "\"\\n\"", "\"1,000\"", "false", "null", "[1]", "{}", "\"٣\"", "\".5\"", "\"5.\"", "\"+5\"", "\"-.5e-3\""])})`,
    () => `$formatBase(${number()}, ${2 + g.below(35)})`,
    () => `$parseInteger($formatInteger(${g.below(1e6)}, "${integerPicture(g)}"), "${integerPicture(g)}")`,
    () => `${number()} ${g.pick(["=", "<", ">=", "!=", "in", ".."])} ${number()}`,
    () => `$${g.pick(["sum", "max", "min", "average", "sort", "distinct"])}([${g.list(0, 5, number).join(", ")}])`,
    () => `[${number()}, $string([${number()}, {"a": ${number()}}])]`,
    () => `{$string(${number()}): ${number()}}`,
  );
}

function integerPicture(g) {
  return g.one(
    () => g.pick(["0", "#0", "00", "#,##0", "w", "W", "Ww", "I", "i", "A", "a", "1;o", "w;o", "Ww;o", "#,##0;o", "0;o"]),
    () => g.list(1, 7, () => g.pick(["#", "#", "0", "0", ",", ".", "1", ":", " ", "x"])).join(""),
  );
}

/** Pictures of numbers, letter by letter, and integers in words and letters. */
function picture(g) {
  const letters = () => g.list(1, 8, () => g.pick(["#", "#", "0", "0", "0", ",", ".", "%", "‰", "e", ";", "-", "(", ")", "$", " ", "1", "x"])).join("");
  const neat = () => `${g.pick(["", "$", "~", "("])}${g.pick(["#", "#,##", "#,###,##", ""])}${g.pick(["0", "00", "000"])}${g.pick(["", ".0", ".00", ".0#", ".##", ".#"])}${g.pick(["", "", "e0", "e00", "%", "‰", " USD", ")"])}${g.pick(["", "", ";-0", ";(0.0)", ";0.0e0"])}`;
  const number = () => g.one(() => String(g.pick(NUMBERS)), () => String((g.random() - 0.3) * 10 ** (g.below(16) - 4)), () => String(g.below(10000)), () => g.pick(["0", "-0", "1e21", "1e-9", "0.5", "-0.05", "999.995", "1234567.891"]));
  const whole = () => String(Math.floor(g.random() * 10 ** g.below(17)) * g.pick([1, 1, 1, -1]));
  return g.one(
    () => `$formatNumber(${number()}, ${text(letters())})`,
    () => `$formatNumber(${number()}, ${text(neat())})`,
    () => `$formatNumber(${number()}, ${text(neat())}${g.pick(["", ", {\"decimal-separator\": \",\", \"grouping-separator\": \".\"}", ", {\"minus-sign\": \"−\"}", ", {\"percent\": \"pct\", \"per-mille\": \"pm\"}", ", {\"zero-digit\": \"०\"}", ", {\"digit\": \"?\"}", ", {\"exponent-separator\": \"E\"}", ", {\"pattern-separator\": \"|\"}"])})`,
    () => `$formatInteger(${whole()}, "${g.pick(["w", "W", "Ww", "w;o", "W;o", "Ww;o"])}")`,
    () => `$formatInteger(${whole()}, "${g.pick(["A", "a", "#,##0", "0;o", "#0:000", "000,000", "A;o"])}")`,
    () => `$formatInteger(${g.below(4000)}, "${g.pick(["I", "i", "w", "Ww;o", "1;o", "A", "a", "0001"])}")`,
    () => `$formatInteger(${whole()}, ${text(integerPicture(g))})`,
    () => `$parseInteger($formatInteger(${g.below(1e9)}, "${g.pick(["w", "Ww", "W", "w;o", "A", "#,##0", "0;o"])}"), "${g.pick(["w", "Ww", "W", "w;o", "A", "#,##0", "0;o"])}")`,
    () => `$parseInteger(${text(g.pick(["one thousand and five", "twenty-first", "two million", "hundredth", "MMXXIV", "iv", "AB", "zz", "1,234,567", "-5", "", "12th", "one hundred and one thousand", "three billion two", "thirty-three thousandth"]))}, ${text(g.pick(["w", "W", "w;o", "I", "i", "A", "a", "#,##0", "0", "0;o"]))})`,
  );
}

const COMPONENTS = ["Y", "M", "D", "d", "F", "W", "w", "X", "x", "H", "h", "P", "m", "s", "f", "Z", "z", "C", "E"];

function datePicture(g) {
  const marker = () => {
    const presentation = g.pick(["", "", "", "1", "01", "001", "0001", "N", "n", "Nn", "I", "i", "w", "W", "Ww", "A", "a", "1o", "wo", "9", "99", "#0", "01:01", "0", "00", "0000", "t", "01:01t"]);
    const width = g.pick(["", "", "", "", ",2", ",2-2", ",*-3", ",3-3", ",1-4", ",*", ",4"]);
    return `[${g.pick(COMPONENTS)}${presentation}${width}]`;
  };
  return g.list(1, 4, () => g.pick(["", "", "-", "/", " ", ":", "T", "[[", "]]", ", "]) + marker()).join("");
}

const usualDate = (g) => g.pick(["[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z]", "[D] [MNn] [Y]", "[M]/[D]/[Y] [h]:[m] [P]", "[Y]-[d001]", "[X0001]-W[W01]-[F1]", "[D1o] [MNn,3-3] [Y0001] [H]:[m]:[s]", "[FNn], [D] [MNn] [Y] [H]:[m] [z]", "[Dwo] [MNn] [Yw]", "[DI]-[MI]-[YI]", "[Y0001][M01][D01][H01][m01]", "[H]:[m]:[s]", "[Y,2-2]-[M]-[D]"]);

/** Dates to texts and back, with zones. */
function instant(g) {
  const millis = () => g.one(() => String(g.pick(MILLIS)), () => String(Math.floor((g.random() - 0.4) * 8e12)), () => "millis", () => String(Math.floor(g.random() * 4e12)));
  const zone = () => g.pick(["", "", ", \"+0530\"", ", \"-0800\"", ", \"+0000\"", ", \"-1130\"", ", \"+1400\"", ", \"0100\""]);
  const both = usualDate(g);
  return g.one(
    () => `$fromMillis(${millis()}, ${text(datePicture(g))}${zone()})`,
    () => `$fromMillis(${millis()}, ${text(usualDate(g))}${zone()})`,
    () => `$fromMillis(${millis()}${g.pick(["", ", undefined", ", missing"])}${zone()})`.replace(", undefined", ", missing"),
    () => `$toMillis($fromMillis(${millis()}, ${text(both)}${zone()}), ${text(both)})`,
    () => `$toMillis($fromMillis(${millis()}, ${text(usualDate(g))}), ${text(usualDate(g))})`,
    () => `$toMillis($fromMillis(${millis()}${zone() && ", missing"}))`,
    () => `$toMillis(${text(g.pick(DATES))}${g.pick(["", `, ${text(usualDate(g))}`])})`,
    () => `$toMillis(${text(`${g.below(3000)}-${g.below(14)}-${g.below(33)}`)}, "[Y]-[M]-[D]")`,
    () => `$toMillis(${text(`${1900 + g.below(200)}-${String(1 + g.below(12)).padStart(2, "0")}-${String(1 + g.below(31)).padStart(2, "0")}${g.pick(["", "T10:20", "T10:20:30", "T10:20:30.5", "T23:59:59.999"])}${g.pick(["", "Z", "+01:00", "-0530"])}`)})`,
    () => `$fromMillis($toMillis(${text(g.pick(DATES))}), ${text(usualDate(g))})`,
  );
}

function pattern(g) {
  const atom = () => g.pick(["a", "b", "l", ".", "\\d", "\\w", "\\s", "[a-z]", "[^a]", "(a|b)", "(l)", "(?:x|y)", "\\b", "o", "e", " ", "([A-Z])", "\\.", "[\\w ]", "(?=a)", "\\D", "(.)(.)"]);
  const body = g.list(1, 4, () => atom() + g.pick(["", "", "", "+", "*", "?", "{2}", "+?", "*?", "{1,2}"])).join("");
  return `/${g.pick(["", "", "^"])}${body}${g.pick(["", "", "$"])}/${g.pick(["", "", "i", "m", "im"])}`;
}

/** Patterns at random, replacement functions, and matchers of one's own. */
function matching(g) {
  const subject = () => g.one(() => text(g.pick(WORDS)), () => text(g.pick(PLANES)), () => text(g.list(1, 4, () => g.pick(["a", "b", "l", "lo", " ", "x1", "A", "ab", ".", "yy"])).join("")), () => "name");
  const regex = () => (g.chance(0.6) ? pattern(g) : g.pick(REGEXES));
  const matcher = () => g.pick([
    "function($s) { $contains($s, \"a\") ? {\"match\": \"a\", \"start\": $length($substringBefore($s, \"a\")), \"end\": $length($substringBefore($s, \"a\")) + 1, \"groups\": [], \"next\": function() { missing }} }",
    "function($s) { missing }",
    "function($s) { {\"match\": \"a\"} }",
    "function($s) { \"a\" }",
    "function() { {\"match\": \"a\", \"start\": 0, \"end\": 1, \"groups\": [\"g\"], \"next\": function() { missing }} }",
  ]);
  return g.one(
    () => `$match(${subject()}, ${regex()}${g.pick(["", ", 1", ", 0", ", 2"])})`,
    () => `$match(${subject()}, ${regex()}).{"m": match, "i": index, "g": groups}`,
    () => `$contains(${subject()}, ${regex()})`,
    () => `$split(${subject()}, ${regex()}${g.pick(["", ", 2", ", 0"])})`,
    () => `$replace(${subject()}, ${regex()}, ${g.pick(["\"-\"", "\"[$0]\"", "\"$1\"", "\"$2$1\"", "\"$$\"", "\"$11\"", "\"$3\"", "\"\\\\$0\""])}${g.pick(["", "", ", 1", ", 2"])})`,
    () => `$replace(${subject()}, ${regex()}, function($m) { ${g.pick(["$uppercase($m.match)", "$m.groups[0]", "$string($m.index)", "\"<\" & $m.match & \">\"", "$join($m.groups)", "$string($count($m.groups))", "$string($keys($m))", "$string($m.start) & $string($m.end)"])} })`,
    () => `$match(${subject()}, ${matcher()})`,
    () => `$${g.pick(["contains", "split"])}(${subject()}, ${matcher()})`,
    () => `$replace(${subject()}, ${matcher()}, ${g.pick(["\"-\"", "\"$0\"", "\"$1\"", "function($m) { \"x\" }"])})`,
    () => `(${regex()})(${subject()})${g.pick(["", ".match", ".groups", ".next()", ".{\"s\": start, \"e\": end}"])}`,
    () => `words[${regex()}]`,
    () => `$map(words, ${regex()}).match`,
    () => `$filter(words, ${regex()})`,
    () => `$map(words, $replace(?, ${regex()}, "-"))`,
    () => `(${subject()} ~> $replace(${regex()}, "_") ~> $uppercase)`,
    () => `(${subject()} ~> ${regex()}).match`,
    () => `${subject()} in $match("a b c", ${regex()}).match`,
  );
}

/** Functions of the library and lambdas with some of their arguments. */
function partly(g) {
  const value = () => g.pick(["name", "\"hello world\"", "\"a,b,c\"", "count", "12.345", "nums", "words", "items", "first", "[3, 1, 2]", "\"2020-01-02\"", "255", "missing", "[\"x\", \"y\"]"]);
  const part = () => g.pick([
    "$substring(?, 1)", "$substring(\"abcdef\", ?)", "$substring(\"abcdef\", ?, 2)", "$substringBefore(?, \"l\")", "$substringAfter(\"a-b\", ?)", "$pad(?, 8)", "$pad(\"x\", ?, \"-\")", "$contains(?, \"a\")", "$contains(?, /l/)", "$contains(\"banana\", ?)",
    "$replace(?, \"l\", \"L\")", "$replace(\"hello\", \"l\", ?)", "$replace(?, /o/, \"0\")", "$split(?, \",\")", "$split(?, \"\", 2)", "$join(?, \"-\")", "$join([\"a\", \"b\"], ?)", "$match(?, /l+/)", "$formatNumber(?, \"0.0\")", "$formatNumber(1.5, ?)", "$formatBase(?, 16)", "$formatBase(255, ?)",
    "$formatInteger(?, \"w\")", "$formatInteger(12, ?)", "$parseInteger(?, \"0\")", "$round(?, 1)", "$round(1.2345, ?)", "$power(?, 2)", "$power(2, ?)", "$append(?, 9)", "$append([1], ?)", "$lookup(?, \"sku\")", "$lookup({\"a\": 1}, ?)", "$map(?, $string)", "$map([1, 2], ?)", "$filter(?, $boolean)", "$reduce(?, function($a, $b) { $b })", "$sort(?, function($a, $b) { $a > $b })",
    "$zip(?, [1, 2])", "$fromMillis(?, \"[Y]\")", "$toMillis(?)", "$merge(?)", "$sum(?)", "$count(?)", "$string(?)", "$string(?, true)", "$each(?, function($v, $k) { $k })", "$sift(?, function($v) { $v })", "$single(?, function($v) { $v = 1 })", "$abs(?)", "$not(?)", "$exists(?)", "$keys(?)", "$uppercase(?)", "$trim(?)", "$length(?)", "$number(?)", "$max(?)",
    "$distinct(?)", "$reverse(?)", "$spread(?)", "$type(?)", "$boolean(?)", "$floor(?)", "$sqrt(?)", "$average(?)", "$base64encode(?)", "$encodeUrlComponent(?)", "$error(?)",
  ]);
  return g.one(
    () => `(${part()})(${value()})`,
    () => `($f := ${part()}; $f(${value()}))`,
    () => `$map(${g.pick(["words", "nums", "items", "items.sku", "[[1, 2], [3]]", "[1..3]", "[first]", "items.tags"])}, ${part()})`,
    () => `(${value()} ~> ${part()})`,
    () => `($f := function($a, $b, $c) { [$a, $b, $c] }; $g := $f(${g.pick(["?, 2, ?", "1, ?, 3", "?, ?, ?", "?", "?, 2", "1, ?"])}); $g(${g.list(0, 3, () => g.number(0)).join(", ")}))`,
    () => `($f := function($a, $b, $c) { $a & $b & $c }; $g := $f(?, "y", ?); $h := $g("x", ?); $h(${g.list(0, 2, () => g.string(0)).join(", ")}))`,
    () => `($f := ${part()}; $g := $f(?); $g(${value()}))`,
    () => `$filter(${g.pick(["words", "nums", "items"])}, ${part()})`,
  );
}

/** `~>` over functions, lambdas, compositions, transforms. */
function chained(g) {
  const link = () => g.pick(["$string", "$uppercase", "$trim", "$length", "$count", "$sum", "$keys()", "$join(\"-\")", "$map($string)", "$filter(function($v) { $v })", "$reverse", "$sort", "$distinct", "$append(1)", "$split(\"\")", "$substring(1)", "$contains(\"a\")", "$type", "$exists", "$not", "$boolean", "$abs", "$sqrt", "$number", "$lookup(\"sku\")", "$spread", "$merge", "function($x) { [$x, $x] }", "function($x) { $x & \"!\" }", "$replace(\"a\", \"b\")", "$pad(5, \"*\")", "|$|{\"z\": 1}|", "$each(function($v, $k) { $k })", "$zip([1, 2])", "$formatNumber(\"0.0\")", "$round(1)", "$power(2)", "$match(/a/)", "$base64encode", "$encodeUrl", "$reduce(function($a, $b) { $a & $b })", "($uppercase ~> $trim)", "$substring(?, 1)", "5", "missing"]);
  const value = () => g.pick(["name", "count", "nums", "words", "items", "first", "\"a,b\"", "[3, 1, 2]", "missing", "items.sku", "null", "true", "deep", "{\"sku\": 1}"]);
  return g.one(
    () => `${value()} ~> ${g.list(1, 4, link).join(" ~> ")}`,
    () => `($f := ${g.list(2, 3, link).join(" ~> ")}; $f(${value()}))`,
    () => `$map(${g.pick(["words", "nums", "items"])}, ${g.list(2, 3, link).join(" ~> ")})`,
    () => `(${value()} ~> ${link()}) ~> ${link()}`,
    () => `${value()} ~> (${link()} ~> ${link()})`,
    () => `${value()}.(${g.pick(["$", "sku", "qty"])} ~> ${link()})`,
  );
}

/** Variables that hide one another, closures, recursion, contexts of functions. */
function scoped(g, depth) {
  const n = () => g.number(0);
  return g.one(
    () => `($x := ${n()}; $f := function() { $x }; $x := ${n()}; [$f(), $x])`,
    () => `($x := ${n()}; ($x := ${n()}; $y := $x); [$x, $y])`,
    () => `($f := function($x) { ($x := $x & "1"; $g := function($y) { $x & $y }; $g) }; $f(${n()})(${n()}))`,
    () => `($even := function($n) { $n = 0 ? true : $odd($n - 1) }; $odd := function($n) { $n = 0 ? false : $even($n - 1) }; $even(${g.below(9)}))`,
    () => `($fib := function($n) { $n < 2 ? $n : $fib($n - 1) + $fib($n - 2) }; $map([0..${g.below(8)}], $fib))`,
    () => `items.($x := ${g.pick(["sku", "qty", "$"])}; parts.($y := ${g.pick(["id", "qty"])}; [$x, $y]))`,
    () => `($y := function($f) { (function($x) { $x($x) })(function($h) { $f(function($a) { $h($h)($a) }) }) }; $y(function($s) { function($n) { $n = 0 ? 1 : $n * $s($n - 1) } })(${g.below(6)}))`,
    () => `(${g.list(1, 3, () => `$${g.pick(["x", "y", "sum"])} := ${g.any(Math.min(depth, 1))}`).join("; ")}; [$x, $y, $type($sum)])`,
    () => `($f := function($x, $x) { $x }; $f(1, 2))`,
    () => `items.(function($x) { $x & sku }(qty))`,
    () => `($f := function($s)<${g.pick(["s-", "x-", "o-", "n-", "s-n?", "a-", "(so)-"])}:s>{ $string($s) }; ${g.pick(["name", "items", "first", "nums", "count", "words"])}.$f())`,
    () => `($f := function($a)<${g.pick(["a", "a<n>", "a<s>", "a<o>", "o", "f", "j", "x+", "s+", "n?n", "a?s"])}>{ $string($a) }; $f(${g.list(0, 2, () => g.any(0)).join(", ")}))`,
    () => `$map(${g.pick(["nums", "words"])}, function($v, $i, $a) { ($k := $v; function() { [$k, $i, $count($a)] }) })[${g.below(3)}]()`,
    () => `($sum := function($a) { "mine" }; $sum(nums))`,
    () => `(($x := 1) + ($x := 2)) & $string($x)`,
    () => `($x := items; $x[0].sku & $x[-1].sku & $count($x.parts))`,
    () => `($o := {"f": function($x) { $x + 1 }, "g": $uppercase}; [$o.f(${n()}), $o.g(name), $type($o.f)])`,
    () => `[1, 2].($v := $; [3, 4].($v * $))`,
    () => `$each({"a": 1, "b": 2}, function($v, $k) { $k & $v }) ~> $join(${g.pick(["\",\"", "\"\""])})`,
  );
}

/** Transforms of parts of documents. */
function changed(g, depth) {
  const where = () => g.pick(["$", "items", "items[0]", "items[qty > 1]", "items.parts", "items.parts[qty > 2]", "first", "first.dims", "**[qty]", "items.dims", "single", "items[sku = \"p1\"].parts[0]", "(items; first)", "[items, first]", "items^(price)", "missing", "deep.a.b"]);
  const update = () => g.pick(["{\"qty\": qty * 2}", "{\"total\": price * qty}", "{\"sku\": $uppercase(sku)}", "{\"n\": $count($keys($))}", "{\"parts\": parts[0]}", "{\"x\": {\"y\": [1, 2]}}", "{}", "missing", "{\"dims\": $merge([dims, {\"h\": 1}])}", "{\"tags\": [tags]}", "{\"a\": missing}", "{sku: qty}", "{\"root\": $$.name}"]);
  const drop = () => g.pick(["", "", ", \"qty\"", ", [\"sku\", \"price\"]", ", $keys()[0]", ", sku", ", \"none\"", ", []", ", 5"]);
  const transform = () => `|${where()}|${update()}${drop()}|`;
  return g.one(
    () => `$ ~> ${transform()}`,
    () => `$$ ~> ${transform()} ~> ${transform()}`,
    () => `(${g.pick(["items", "first", "single", "deep"])} ~> ${transform()})`,
    () => `items.($ ~> |$|${update()}${drop()}|)`,
    () => `$map(items, |$|${update()}${drop()}|)`,
    () => `($t := ${transform()}; [$t($), $t(first)])`,
    () => `(${transform()})(${g.pick(["$", "items", "first", "5", "missing", "\"a\"", "[]"])})`,
    () => `($ ~> |items|${update()}|).items.${g.pick(FIELDS.any)}`,
    () => `($u := ${g.number(0)}; $ ~> |items|{"u": $u, "qty": qty + $u}|)`,
    () => `(${g.object(Math.min(depth, 1))} ~> |$|{"z": 1}${drop()}|)`,
  );
}

/** The same around itself many times. */
function nested(g) {
  let made = g.pick(["1", "\"a\"", "count", "nums", "items", "missing", "first.sku", "name"]);
  const around = g.pick([
    (inner) => `(${inner})`, (inner) => `[${inner}]`, (inner) => `{"a": ${inner}}`, (inner) => `$string(${inner})`, (inner) => `-(${inner})`, (inner) => `(true ? ${inner} : 0)`, (inner) => `(${inner}).$`, (inner) => `[${inner}, 1]`,
    (inner) => `$not(${inner})`, (inner) => `(function($x) { $x })(${inner})`, (inner) => `($v := ${inner}; $v)`, (inner) => `(${inner})[0]`, (inner) => `[[${inner}]]`, (inner) => `(${inner} & "x")`, (inner) => `(${inner} ~> $string)`, (inner) => `$append(${inner}, 1)`, (inner) => `{"a": [${inner}]}.a`, (inner) => `(${inner}){"k": $}`, (inner) => `(${inner})^($)`,
  ]);
  for (const _ of g.list(2, 14, () => 0)) made = around(made);
  return made + g.pick(["", "", ".a", "[0]", ".a.a.a", "[]", "^($)", ".**", ".*"]);
}

/** Texts with characters that UTF-16 writes as two units, and their order. */
function planes(g) {
  const word = () => text(g.pick(PLANES));
  return g.one(
    () => `$length(${word()})`,
    () => `$substring(${word()}, ${g.below(5) - 2}${g.pick(["", ", 1", ", 2"])})`,
    () => `$pad(${word()}, ${g.below(12) - 6}, ${word()})`,
    () => `$sort([${g.list(2, 4, word).join(", ")}])`,
    () => `[${g.list(2, 4, word).join(", ")}]^(${g.pick(["$", ">$", "<$"])})`,
    () => `${word()} ${g.pick(["<", ">", "<=", ">=", "=", "!="])} ${word()}`,
    () => `$${g.pick(["uppercase", "lowercase", "trim", "encodeUrl", "encodeUrlComponent", "base64encode", "string", "length"])}(${word()})`,
    () => `$replace(${word()}, ${word()}, "-")`,
    () => `$contains(${word()}, ${word()})`,
    () => `$substringBefore(${word()} & ${word()}, ${word()})`,
    () => `$substringAfter(${word()} & ${word()}, ${word()})`,
    () => `$split(${word()} & "," & ${word()}, ",")`,
    () => `{${word()}: ${word()}}`,
    () => `$join([${g.list(1, 3, word).join(", ")}], ${word()})`,
    () => `$distinct([${g.list(1, 4, word).join(", ")}])`,
    () => `$decodeUrlComponent($encodeUrlComponent(${word()}))`,
    () => `$base64decode(${g.one(word, () => text(g.list(0, 8, () => g.pick(["A", "b", "Q", "=", "+", "-", " ", "é", "9"])).join("")))})`,
  );
}

/** Sorting by several keys, of anything, before and after other steps. */
function ordered(g, depth) {
  return g.one(
    () => `items^(${terms(g)}).${g.pick(FIELDS.any)}`,
    () => `items[${condition(g, depth)}]^(${terms(g)})[${g.below(3) - 1}]${g.pick(["", ".sku"])}`,
    () => `items.parts^(${terms(g)}).{"i": id, "q": qty, "s": %.sku}`,
    () => `[${g.list(2, 6, () => g.pick(["1", "2", "\"a\"", "\"B\"", "null", "true", "[1]", "{\"a\": 1}", "10", "-1", "missing", "\"10\""])).join(", ")}]^(${g.pick(["$", ">$", "$string($)", "$type($)", "a", "$type($), >$string($)"])})`,
    () => `$sort(${g.array(Math.min(depth, 1), "any")}, function($a, $b) { ${g.pick(["$string($a) > $string($b)", "$a.qty > $b.qty", "$a < $b", "$count($a) > $count($b)", "$a.sku & $a.qty > $b.sku & $b.qty", "$type($a) > $type($b)"])} })`,
    () => `items@$x^($x.${g.pick(["sku", "qty", "price"])}, >$x.${g.pick(["sku", "qty", "rank"])}).$x.${g.pick(["sku", "qty"])}`,
    () => `items#$i^(${terms(g)}).{"i": $i, "s": sku}`,
    () => `(items.${g.pick(["sku", "qty", "price", "color"])})^(${g.pick(["$", ">$", "-$", "$string($)"])})`,
    () => `words^($length($), $)`,
    () => `nums^(${g.pick(["$ % 3", "-$", "$abs($)", "$string($)"])}, $)`,
  );
}

/** Grouping, with keys of all kinds. */
function grouped(g, depth) {
  const key = () => g.pick(["sku", "color", "$string(qty)", "dims.unit", "\"k\"", "$substring(sku, 0, 1)", "active ? \"yes\" : \"no\"", "qty > 2 ? \"big\"", "tags[0]", "%.name", "$uppercase(color)", "missing", "qty"]);
  const value = () => g.pick(["price", "$", "$sum(price)", "$count($)", "[price]", "{sku: qty}", "$.parts.id", "parts{id: qty}", "$^(price).sku", "$[0]", "$average(qty)", "$join(sku, \",\")", "[$.{\"q\": qty}]", "$sum($.(price * qty))", "$distinct(sku)", "$map($, function($v) { $v.qty })", "missing", "$[qty > 1].sku"]);
  const from = () => g.pick(["items", "items.parts", "items[qty > 1]", "items^(sku)", "single", "items@$x", "items#$i", "[items, first]", "(items)", "words", "$", "items.$", "items[0]", "missing", "empty"]);
  return g.one(
    () => `${from()}{${g.list(1, 3, () => `${key()}: ${value()}`).join(", ")}}`,
    () => `${from()}{${key()}: ${value()}} ~> ${g.pick(["$keys()", "$each(function($v, $k) { $k })", "$string()", "$spread()", "$count()", "$sift(function($v) { $v })", "$lookup(\"p1\")"])}`,
    () => `${from()}.{${g.list(1, 2, () => `${key()}: ${value()}`).join(", ")}}`,
    () => `$merge(${from()}.{${key()}: ${value()}})`,
    () => `${from()}{${key()}: ${value()}}.${g.pick(["*", "p1", "**", "k", "yes"])}`,
    () => `{${g.list(0, 3, () => `${key()}: ${g.any(Math.min(depth, 1))}`).join(", ")}}`,
    () => `${from()}{${key()}: ${value()}}{"again": $}`,
    () => `items.(parts{id: ${g.pick(["qty", "$sum(qty)", "$", "%.sku"])}})`,
  );
}

/** Names in quotes, words of the language as names, comments, kinds of texts. */
function keyed(g) {
  const name = () => g.pick(["`odd name`", "`sku`", "and", "or", "in", "`and`", "true", "null", "function", "`a.b`", "``", "items", "sku", "λ", "`λ`", "ünïcode", "_x", "x1", "a-b", "$a"]);
  return g.one(
    () => `${name()}`,
    () => `items.${name()}`,
    () => `{"and": 1, "or": {"in": 2}, "a.b": 3, "ünïcode": 4, "_x": 5, "": 6, "λ": 7}.${name()}${g.pick(["", `.${name()}`])}`,
    () => `/* ${g.pick(["c", "*", "**/ /*", "\n"])} */ ${name()} /**/`,
    () => `'${g.pick(["a", "\\\"", "it\\'s", "\\t", "\\u00e9", "\\b\\f\\r", "\"", "`", "/", "\n"])}' & "${g.pick(["a", "\\'", "\\u0041", "'", "\\/", "\\u00", "\\q", "\t"])}"`,
    () => `${g.pick(["true", "false", "null"])}${g.pick(["", ".a", "[0]", " = null", " and true", ".$string()", "()"])}`,
    () => `"${g.pick(["a", "sku"])}"${g.pick(["", ".a", "[0]", "{\"x\": $}", "^($)", ".$length()", "[true]", "()"])}`,
    () => `${g.pick(["items", "$"])}.${g.pick(["\"sku\"", "'sku'", "1", "(1)", "true", "-1", "[1]", "{\"a\": 1}", "function() { 1 }", "$string", "/a/", "(sku; qty)", "sku.1"])}`,
    () => `${g.pick(["$", "$$", "%", "*", "**", "?", "@", "#", "~>", ":="])}${g.pick(["", ".a", "[0]", " ~> $count", "{\"a\": 1}", "$", ".%"])}`,
    () => g.list(1, 7, () => g.pick(["items", ".", "sku", "[", "]", "(", ")", "0", "\"a\"", "+", "-", "$", "{", "}", ":", ",", "?", "~>", "%", "*", "and", "=", "^", "@$v", "#$i", "|", ";", ":=", "$x", "in", "..", "function", "??", "?:", "!="])).join(g.pick(["", " "])),
  );
}
