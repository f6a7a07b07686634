// Makes JSONata expressions and the documents that they are evaluated over. The
// same seed makes the same cases. Expressions know the types they are after, so
// that most have a value; the rest mixes types on purpose, to reach the errors.

import { WORDS, NUMBERS, DATES, MILLIS, REGEXES, PICTURES, INTEGERS, DATE_PICTURES, PARSED, FIELDS } from "./pools.mjs";
import { program } from "./programs.mjs";
import { wild } from "./wild.mjs";

/** Numbers from 0 to 1 that depend on the seed only. */
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

class Generator {
  constructor(seed) {
    this.random = randomFrom(seed);
    this.variables = [];
  }

  below(count) {
    return Math.floor(this.random() * count);
  }

  chance(share) {
    return this.random() < share;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  /** One of the makers, made. */
  one(...makers) {
    return this.pick(makers)();
  }

  list(least, most, make) {
    return Array.from({ length: least + this.below(most - least + 1) }, make);
  }

  // ---- documents

  row() {
    const row = {
      sku: this.pick(["p1", "p2", "p3", "q9"]),
      price: this.pick(NUMBERS),
      qty: this.below(6),
      color: this.pick(WORDS),
      tags: this.chance(0.5) ? this.list(0, 3, () => this.pick(WORDS)) : this.pick(WORDS),
      active: this.chance(0.5),
      dims: { w: this.pick(NUMBERS), unit: this.pick(["cm", "in"]) },
      parts: this.list(0, 3, () => ({ id: this.pick(["x", "y", "z"]), qty: this.below(9) })),
      rank: this.pick([1, 2, 3, null, "4", [1, 2], undefined]),
    };
    if (this.chance(0.3)) row["odd name"] = this.pick(WORDS);
    if (this.chance(0.15)) delete row[this.pick(Object.keys(row))];
    return row;
  }

  document() {
    if (this.chance(0.04)) return this.pick([undefined, null, 5, "text", [], [1, [2, 3]], true, {}]);
    return {
      name: this.pick(WORDS),
      count: this.pick(NUMBERS),
      on: this.chance(0.5),
      nothing: null,
      nums: this.list(0, 6, () => this.pick(NUMBERS)),
      words: this.list(0, 5, () => this.pick(WORDS)),
      mixed: [1, "a", null, true, [2, ["b"]], { a: 1 }],
      items: this.list(0, 5, () => this.row()),
      single: [this.row()],
      first: this.row(),
      matrix: [[1, 2], [3], []],
      deep: { a: { b: [{ c: 1 }, { c: [2, 3] }, { d: 4 }] }, b: "leaf" },
      empty: [],
      when: this.pick(DATES),
      millis: this.pick(MILLIS),
    };
  }

  // ---- expressions, by type; `depth` is what may still nest

  variable(type) {
    const fitting = this.variables.filter((variable) => variable.type === type);
    return fitting.length > 0 ? `$${this.pick(fitting).name}` : undefined;
  }

  /** Makes with variables in scope. */
  within(variables, make) {
    this.variables.push(...variables);
    const made = make();
    this.variables.length -= variables.length;
    return made;
  }

  number(depth) {
    const known = this.variable("number");
    if (known && this.chance(0.4)) return known;
    if (this.chance(0.02)) return this.any(depth - 1);
    if (depth <= 0) {
      return this.one(() => String(this.pick(NUMBERS)), () => "count", () => this.pick(["nums[0]", "nums[-1]", "first.qty", "millis", "$$.count"]));
    }
    const n = () => this.number(depth - 1);
    return this.one(
      () => `(${n()} ${this.pick(["+", "-", "*", "/", "%"])} ${n()})`,
      () => `-${this.number(0)}`,
      () => `$${this.pick(["sum", "max", "min", "average", "count"])}(${this.array(depth - 1, "number")})`,
      () => `$${this.pick(["abs", "floor", "ceil", "sqrt"])}(${n()})`,
      () => `$round(${n()}${this.pick(["", ", 1", ", 2", ", -1", ", 0"])})`,
      () => `$power(${n()}, ${this.pick(["2", "3", "0.5", "-1", "0"])})`,
      () => `$length(${this.string(depth - 1)})`,
      () => `$number(${this.pick(["\"12\"", "\"0x1F\"", "\"1e2\"", "\"x\"", "true", "\"\"", "\"0b101\"", this.string(depth - 1)])})`,
      () => `$parseInteger(${this.pick(["\"12\"", "\"XIV\"", "\"twelve\"", "\"1,234\"", "\"ab\"", "\"third\"", "\"007\""])}, "${this.pick(INTEGERS)}")`,
      () => `$toMillis(${this.chance(0.4) ? this.pick(["when", ...DATES.map((date) => `"${date}"`)]) : this.pick(PARSED).map((text) => JSON.stringify(text)).join(", ")})`,
      () => `$count(${this.array(depth - 1, "any")})`,
      () => `$reduce(${this.array(depth - 1, "number")}, function($p, $v${this.pick(["", ", $i"])}) { $p ${this.pick(["+", "*", "-"])} $v }${this.chance(0.4) ? `, ${n()}` : ""})`,
      () => `items[${this.below(4)}].${this.pick(FIELDS.number)}`,
      () => this.conditional(depth, "number"),
      () => this.block(depth, "number"),
      () => this.applied(depth, "number"),
      () => `${this.array(depth - 1, "number")}[${this.below(4) - 1}]`,
    );
  }

  string(depth) {
    const known = this.variable("string");
    if (known && this.chance(0.4)) return known;
    if (this.chance(0.02)) return this.any(depth - 1);
    if (depth <= 0) {
      return this.one(() => JSON.stringify(this.pick(WORDS)), () => this.pick(["name", "first.sku", "words[0]", "deep.b", "first.color", "when"]));
    }
    const s = () => this.string(depth - 1);
    const n = () => this.number(Math.min(depth - 1, 1));
    return this.one(
      () => `(${s()} & ${this.chance(0.5) ? s() : this.any(depth - 1)})`,
      () => `$${this.pick(["uppercase", "lowercase", "trim", "base64encode", "encodeUrl", "encodeUrlComponent", "decodeUrl", "decodeUrlComponent"])}(${s()})`,
      () => `$base64decode($base64encode(${this.pick(["\"abc\"", "\"Hi there\"", "name"])}))`,
      () => `$substring(${s()}, ${this.below(8) - 4}${this.chance(0.5) ? `, ${this.below(6) - 1}` : ""})`,
      () => `$${this.pick(["substringBefore", "substringAfter"])}(${s()}, ${this.pick(["\"a\"", "\" \"", "\"\"", "\"l\"", s()])})`,
      () => `$pad(${s()}, ${this.below(24) - 12}${this.pick(["", ", \"#\"", ", \"ab\"", ", \"\"", ", \"😀\""])})`,
      () => `$join(${this.array(depth - 1, "string")}${this.pick(["", ", \", \"", ", \"\""])})`,
      () => `$replace(${s()}, ${this.replacement(depth)}${this.pick(["", "", ", 1", ", 0", ", -1"])})`,
      () => `$string(${this.any(depth - 1)}${this.pick(["", "", ", true", ", false"])})`,
      () => `$type(${this.any(depth - 1)})`,
      () => `$formatNumber(${n()}, "${this.pick(PICTURES)}"${this.pick(["", "", "", ", {\"decimal-separator\": \",\", \"grouping-separator\": \".\"}", ", {\"minus-sign\": \"~\", \"zero-digit\": \"٠\"}"])})`,
      () => `$formatInteger(${n()}, "${this.pick(INTEGERS)}")`,
      // A letter for each thousand: the reference would write very long texts.
      () => `$formatInteger(${this.below(5000)}, "${this.pick(["I", "i", "I;o", "i;c"])}")`,
      () => `$formatNumber(${n()}, "${this.pick(["0.0#", "#,##0.00;(#)", "٠٫٠", "0,0|0", "0.0E0", "0m0"])}", ${this.pick(["{\"exponent-separator\": \"E\"}", "{\"decimal-separator\": \"٫\", \"zero-digit\": \"٠\"}", "{\"pattern-separator\": \"|\"}", "{\"digit\": \"m\"}", "{\"percent\": \"pc\"}", "{\"infinity\": \"oo\"}", "{\"NaN\": \"nix\"}", "{}"])})`,
      () => `$formatBase(${this.one(() => String(this.pick(NUMBERS.filter((number) => Math.abs(number) < 1e15))), () => "count % 1e9", () => this.any(0))}${this.pick(["", ", 2", ", 16", ", 36", ", 1", ", 8"])})`,
      () => `$fromMillis(${this.pick(["millis", ...MILLIS])}${this.chance(0.75) ? `, "${this.pick(DATE_PICTURES)}"${this.pick(["", "", ", \"+0530\"", ", \"-0800\"", ", \"0000\"", ", \"-0330\"", ", \"+1\"", ", \"x\"", ", \"\"", ", \"-0015\"", ", \"+1245\""])}` : ""})`,
      () => `items[${this.below(4)}].${this.pick(FIELDS.string)}`,
      () => this.conditional(depth, "string"),
      () => this.block(depth, "string"),
      () => this.applied(depth, "string"),
    );
  }

  replacement(depth) {
    return this.one(
      () => `${this.pick(["\"a\"", "\"l\"", "\"\"", "\" \""])}, ${this.pick(["\"-\"", "\"\"", "\"$0$1\"", "\"$$\""])}`,
      () => `${this.pick(REGEXES)}, ${this.pick(["\"-\"", "\"[$0]\"", "\"$1$2\"", "\"$$1\"", "\"$12\"", "\"$x\""])}`,
      () => `${this.pick(REGEXES)}, function($m) { ${this.pick(["$uppercase($m.match)", "$m.groups[0] & \"!\"", "$string($m.index)", "$m.start", "\"\""])} }`,
    );
  }

  boolean(depth) {
    const known = this.variable("boolean");
    if (known && this.chance(0.3)) return known;
    if (depth <= 0) return this.pick(["true", "false", "on", "first.active", "$exists(name)", "$boolean(nums)"]);
    const d = depth - 1;
    return this.one(
      () => `${this.number(d)} ${this.pick(["<", "<=", ">", ">=", "=", "!="])} ${this.number(d)}`,
      () => `${this.string(d)} ${this.pick(["<", "<=", ">", ">=", "=", "!="])} ${this.string(d)}`,
      () => `${this.any(d)} ${this.pick(["=", "!="])} ${this.any(d)}`,
      () => `${this.any(d)} in ${this.array(d, "any")}`,
      () => `(${this.boolean(d)} ${this.pick(["and", "or"])} ${this.boolean(d)})`,
      () => `(${this.any(d)} ${this.pick(["and", "or"])} ${this.any(d)})`,
      () => `$${this.pick(["not", "boolean", "exists"])}(${this.any(d)})`,
      () => `$contains(${this.string(d)}, ${this.chance(0.5) ? this.pick(REGEXES) : this.string(d)})`,
      () => `(${this.any(d)} ${this.pick(["<", ">="])} ${this.any(d)})`,
    );
  }

  /** Sequences and arrays; `type` is that of the elements. */
  array(depth, type) {
    const known = this.variable("array");
    if (known && this.chance(0.2)) return known;
    const number = type === "number" || (type === "any" && this.chance(0.4));
    if (depth <= 0) {
      if (number) return this.pick(["nums", "items.price", "items.qty", "[1..4]", "[3, 1, 2]", "matrix", "items.dims.w", "[]"]);
      if (type === "string") return this.pick(["words", "items.sku", "items.color", "[\"b\", \"a\", \"c\"]", "items.tags", "items.parts.id"]);
      return this.pick(["items", "mixed", "items.parts", "deep.a.b", "single", "empty", "matrix", "items.tags", "[[1, 2], [3]]", "deep.**.c"]);
    }
    const element = number ? "number" : type;
    const a = () => this.array(depth - 1, element);
    const lambda = (parameters, body) => this.lambda(parameters, element === "any" ? undefined : element, body);
    const test = () => lambda(this.pick([1, 1, 2]), () => this.boolean(Math.min(depth - 1, 2)));
    return this.one(
      () => `[${this.list(0, 4, () => this.of(element, depth - 1)).join(", ")}]`,
      () => `[${this.below(5) - 2}..${this.pick([String(this.below(6)), "$count(nums)", "$count(items)"])}]`,
      () => `$map(${a()}, ${this.chance(0.15) ? this.pick(["$uppercase", "$string", "$sum", "$type"]) : lambda(this.pick([1, 1, 2, 3]), () => this.of(element, depth - 1))})`,
      () => `$filter(${a()}, ${test()})`,
      () => `$single(${a()}, ${test()})`,
      () => `$sort(${a()}${this.chance(0.4) ? `, function($l, $r) { $l ${this.pick(["<", ">"])} $r }` : ""})`,
      () => `$${this.pick(["reverse", "distinct"])}(${a()})`,
      () => `$append(${a()}, ${a()})`,
      () => `$zip(${a()}, ${a()}${this.chance(0.3) ? `, ${a()}` : ""})`,
      () => `$split(${this.string(depth - 1)}, ${this.pick(["\"\"", "\",\"", "\" \"", ...REGEXES])}${this.pick(["", "", ", 2", ", 0"])})`,
      () => `$match(${this.string(depth - 1)}, ${this.pick(REGEXES)}${this.pick(["", ", 1", ", 2"])})${this.pick(["", ".match", ".index", ".groups"])}`,
      () => `$keys(${this.any(depth - 1)})`,
      () => `$spread(${this.object(depth - 1)})`,
      () => `$each(${this.object(depth - 1)}, function($v, $k) { ${this.pick(["$k", "$v", "$k & \"=\" & $string($v)", "{$k: $v}"])} })`,
      () => `$lookup(${this.pick(["items", "first", "deep", "mixed"])}, ${this.pick(["\"sku\"", "\"a\"", "\"missing\"", "\"parts\""])})`,
      () => this.path(depth),
      () => this.path(depth),
      () => this.joined(depth),
      () => `${a()}[${this.predicate(depth)}]`,
      () => `${a()}^(${this.sortTerms()})`,
      () => this.conditional(depth, "array"),
    );
  }

  predicate(depth) {
    return this.one(
      () => String(this.below(5) - 2),
      () => `[${this.pick(["0..1", "0, 2", "-1", "1, 1"])}]`,
      () => `${this.pick(FIELDS.number)} ${this.pick([">", "<=", "="])} ${this.number(0)}`,
      () => `${this.pick(FIELDS.any)} ${this.pick(["=", "!="])} ${this.string(0)}`,
      () => this.pick(["active", "$ > 1", "tags", "$exists(color)", "\"x\" in parts.id", "$type($) = \"object\"", "rank", "$contains(color, /e/)", "missing"]),
      () => this.boolean(Math.min(depth - 1, 1)),
    );
  }

  sortTerms() {
    return this.list(1, 2, () => `${this.pick(["", "<", ">"])}${this.pick(["price", "qty", "sku", "color", "$", "dims.w", "rank", "$count(parts)"])}`).join(", ");
  }

  /** Location paths, from the document down. */
  path(depth) {
    let path = this.pick(["items", "items", "single", "first", "deep.a.b", "$", "$$", "*", "**", "nums", "words", "mixed", "matrix", "$$.items"]);
    for (const _ of this.list(1, 4, () => 0)) {
      path += this.one(
        () => `.${this.pick(FIELDS.any)}`,
        () => `.${this.pick(FIELDS.any)}`,
        () => `[${this.predicate(depth)}]`,
        () => `^(${this.sortTerms()})`,
        () => ".**",
        () => ".*",
        () => "[]",
        () => `.(${this.pick(["price * qty", "$sum(parts.qty)", "sku & color", "tags", "$"])})`,
        () => `.{"s": sku, "n": ${this.pick(["qty", "price", "missing", "parts"])}}`,
        () => `.[${this.pick(["sku", "qty", "tags", "price, qty", ""])}]`,
        () => `.$${this.pick(["string", "type", "count", "exists", "keys"])}(${this.pick(["", "$", "sku", "tags"])})`,
        () => ".parts.%.sku",
        () => `.parts.%.${this.pick(["qty", "%.name", "price"])}`,
      );
    }
    return this.chance(0.15) ? `${path}${this.group()}` : path;
  }

  /** Focus, index and parent joins. */
  joined(depth) {
    const field = () => this.pick(["sku", "price", "qty"]);
    return this.one(
      () => `items#$i[${this.pick(["$i < 2", "$i % 2 = 0", `${this.below(3)}`, "qty > 1"])}].{"i": $i, "v": ${field()}}`,
      () => `items@$x.parts@$y[$y.qty ${this.pick([">", "=", "!="])} $x.qty].{"x": $x.${field()}, "y": $y.id}`,
      () => `items@$x.single@$y[$x.sku = $y.sku].{"x": $x.${field()}, "y": $y.${field()}}`,
      () => `items.parts.{"id": id, "of": %.${field()}, "top": %.%.${this.pick(["name", "count"])}}`,
      () => `items.parts[%.${this.pick(["qty > 2", "active", "sku = \"p1\""])}].id`,
      () => `items.parts#$i.(id & $string($i))`,
      () => `items@$x#$i.parts[$i > 0].(${this.pick(["$x.sku & id", "$i", "%.sku"])})`,
      () => `items.tags@$t.(%.sku & $t)`,
      () => `items^(${this.sortTerms()})#$i.[$i, ${field()}]`,
      () => `items.parts^(%.${field()}, id).${this.pick(["id", "qty", "%.sku"])}`,
      () => `items.dims.%.${field()}`,
      () => `items#$i.parts#$j.[$i, $j, ${this.pick(["id", "%.sku"])}]`,
      () => `nums#$i[$i ${this.pick(["=", ">", "<"])} ${this.below(3)}]`,
      () => `items@$x${this.group()}`,
    ).concat(depth > 2 && this.chance(0.2) ? this.pick(["[0]", "[]", "[-1]", ".$string()"]) : "");
  }

  group() {
    return `{${this.pick(["sku", "color", "\"q\" & qty", "dims.unit", "\"all\"", "qty"])}: ${this.pick(["price", "$sum(price)", "$count($)", "$", "parts.id", "{\"n\": qty}", "[$.sku]", "missing"])}}`;
  }

  object(depth) {
    const known = this.variable("object");
    if (known && this.chance(0.3)) return known;
    if (depth <= 0) return this.pick(["first", "deep", "items[0]", "{}", "{\"a\": 1, \"b\": \"x\"}", "first.dims"]);
    const d = depth - 1;
    return this.one(
      () => `{${this.list(0, 3, () => `${this.chance(0.8) ? JSON.stringify(this.pick(["a", "b", "c", "d", "e"])) : this.string(0)}: ${this.any(d)}`).join(", ")}}`,
      () => `${this.pick(["items", "items.parts", "single", "first"])}${this.group()}`,
      () => `$merge(${this.pick(["items", "items.dims", "[first, deep]", `[${this.object(d)}, ${this.object(d)}]`])})`,
      () => `$sift(${this.object(d)}, function($v${this.pick(["", ", $k", ", $k, $o"])}) { ${this.pick(["$v", "$type($v) = \"string\"", "$exists($v)", "$v > 1"])} })`,
      () => `$${this.object(0)} ~> |${this.pick(["$", "items", "parts", "**[sku]", "a"])}|{${this.pick(["\"new\": 1", "\"qty\": qty + 1", "\"sku\": \"s\" & sku", ""])}}${this.pick(["", ", \"price\"", ", [\"qty\", \"sku\"]"])}|`.replace(/^\$(?=[a-z{])/, ""),
      () => `$match(${this.string(d)}, ${this.pick(REGEXES)})`,
      () => this.conditional(depth, "object"),
    );
  }

  any(depth) {
    const known = this.pick([undefined, this.variable("any")]);
    if (known && this.chance(0.5)) return known;
    if (depth <= 0) {
      return this.one(
        () => this.pick(["null", "true", "missing", "$", "nothing", "first.rank", "mixed[2]", "items", "empty", "mixed", "items.missing", "$missing", "deep"]),
        () => this.number(0),
        () => this.string(0),
      );
    }
    return this.of(this.pick(["number", "string", "boolean", "array", "array", "object", "special", "program"]), depth);
  }

  of(type, depth) {
    switch (type) {
      case "number": return this.number(depth);
      case "string": return this.string(depth);
      case "boolean": return this.boolean(depth);
      case "array": return this.array(depth, "any");
      case "object": return this.object(depth);
      case "special": return this.special(depth);
      case "loose": return this.loose(depth);
      case "program": return program(this, depth);
      case "wild": return wild(this, depth);
      default: return this.any(depth);
    }
  }

  conditional(depth, type) {
    const d = depth - 1;
    return this.one(
      () => `(${this.boolean(d)} ? ${this.of(type, d)} : ${this.of(type, d)})`,
      () => `(${this.any(d)} ? ${this.of(type, d)})`,
      () => `(${this.pick(["missing", "nothing", "empty", "name"])} ${this.pick(["??", "?:"])} ${this.of(type, d)})`,
    );
  }

  block(depth, type) {
    const name = this.pick(["u", "v", "w"]);
    const bound = this.pick(["number", "string", "array", "object", "any"]);
    const value = this.of(bound, depth - 1);
    return `($${name} := ${value}; ${this.within([{ name, type: bound }], () => this.of(type, depth - 1))})`;
  }

  lambda(parameters, type, body) {
    const names = ["e", "i", "all"].slice(0, parameters);
    const types = [type ?? "any", "number", "array"];
    const scope = names.map((name, place) => ({ name, type: types[place] }));
    return `${this.pick(["function", "λ"])}(${names.map((name) => `$${name}`).join(", ")}) { ${this.within(scope, body)} }`;
  }

  /** Chains, compositions, partial applications, closures, recursion. */
  applied(depth, type) {
    const d = depth - 1;
    if (type === "number") {
      return this.one(
        () => `(${this.array(d, "number")} ~> ${this.pick(["$sum", "$sum()", "$count", "$map($abs) ~> $max", "$max"])})`,
        () => `($f := function($n) { $n < 2 ? 1 : $n * $f($n - 1) }; $f(${this.below(8)}))`,
        () => `($add := function($a, $b) { $a + $b }; $plus := $add(?, ${this.number(0)}); $plus(${this.number(d)}))`,
        () => `(${this.number(d)} ~> $abs ~> $sqrt)`,
        () => `($g := $abs ~> $floor; $g(${this.number(d)}))`,
        () => `($k := function($a)<n:n>{ $a * 2 }; $k(${this.any(0)}))`,
        () => `($t := function($n, $a) { $n <= 0 ? $a : $t($n - 1, $a + $n) }; $t(${this.pick([3, 20, 150])}, 0))`,
      );
    }
    return this.one(
      () => `(${this.string(d)} ~> $${this.pick(["uppercase", "trim", "trim ~> $lowercase", "substring(1)", "split(\"\") ~> $reverse ~> $join"])})`,
      () => `($up := $uppercase ~> $trim; $up(${this.string(d)}))`,
      () => `($h := $substring(?, 0, ${this.below(4)}); $h(${this.string(d)}))`,
      () => `($j := function($s)<s-:s>{ $s & "." }; name.$j())`,
      () => `($c := function($a) { function($b) { $a & $b } }; $c(${this.string(0)})(${this.string(d)}))`,
      () => `($o := function($s, $n)<s${this.pick(["n?", "n"])}:s>{ $s & $string($n) }; $o(${this.string(0)}${this.chance(0.5) ? ", 3" : ""}))`,
    );
  }

  /** What has no type of its own: errors, signatures, syntax that is wrong. */
  special(depth) {
    const d = depth - 1;
    return this.one(
      () => `$error(${this.pick(["", "\"no\"", "name", "5"])})`,
      () => `$assert(${this.boolean(d)}${this.pick(["", ", \"no\""])})`,
      () => `$${this.pick(["sum", "uppercase", "length", "abs", "join", "keys", "map", "substring", "round", "zip", "merge"])}(${this.list(0, 3, () => this.any(d)).join(", ")})`,
      () => `${this.pick(["name", "count", "$nofn", "$name"])}(${this.any(d)})`,
      () => `(${this.any(d)} ${this.pick(["+", "-", "*", "..", "&", "<", "and", "in", "~>"])} ${this.any(d)})`,
      () => `/* note */ ${this.any(d)}`,
      () => `[${this.any(d)}..${this.any(d)}]`,
      () => `(${this.list(0, 3, () => this.any(d)).join("; ")})`,
      () => `$sort(${this.array(d, "any")})`,
    );
  }

  /**
   * Nothing with a regular expression on the left of `??` or `?:`: the reference
   * evaluates that twice, goes on where the first search ended, and may never return.
   * Nor a quotient, which may be infinite, in a picture with an exponent: the
   * reference looks for its digits forever.
   */
  expression() {
    for (;;) {
      const text = this.attempt();
      const searches = /\?[?:]/.test(text) && /[(,]\s*\/[^*]|^\//.test(text);
      const divides = /\$formatNumber\(.*\/.*"[^"]*e[^"]*"/s.test(text);
      if (!searches && !divides) return text;
    }
  }

  attempt() {
    const depth = 1 + this.below(3);
    const text = this.of(this.pick(["number", "string", "boolean", "array", "array", "object", "any", "special", "loose", "program", "wild", "wild", "wild"]), depth);
    return this.chance(0.03) ? this.broken(text) : text;
  }

  /** Operators side by side, without parentheses to tell what belongs together. */
  loose(depth) {
    const operand = () => this.one(
      () => this.pick(["count", "name", "items.qty", "items[0].price", "nums", "true", "null", "1", "2.5", "\"a\"", "missing", "on", "first", "-nums[0]", "`odd name`", "and", "or", "in", "items.`odd name`", "$", "$$.count", "[]", "{}", "[1..3]"]),
      () => this.any(Math.min(depth - 1, 1)),
    );
    let text = operand();
    for (const _ of this.list(1, 3, () => 0)) {
      const operator = this.pick(["+", "-", "*", "/", "%", "&", "=", "!=", "<", "<=", ">", ">=", "and", "or", "in", "??", "?:", "~>", ".", ".."]);
      const space = this.pick([" ", " ", "", "\n"]);
      const word = /[a-z]/.test(operator) ? " " : space;
      text += operator === "~>" ? `${space}~>${space}${this.pick(["$string", "$count", "$sum()", "$uppercase", "$append(1)", "$exists", "$sort", "$join(\"-\")", "$not", "$boolean", "$type()"])}` : `${word}${operator}${word}${operand()}`;
    }
    if (this.chance(0.2)) text += ` ? ${operand()}${this.chance(0.7) ? ` : ${operand()}` : ""}`;
    if (this.chance(0.15)) text = `-${text}`;
    return this.chance(0.1) ? `[${text}]` : text;
  }

  /** The text with one character gone, doubled or replaced: mostly errors of syntax. */
  broken(text) {
    const characters = [...text];
    const place = this.below(characters.length);
    characters.splice(place, 1, ...this.pick([[], [characters[place], characters[place]], [this.pick(["(", ")", "[", "\"", "!", "`", ":", "@", "#", "%", "?", ".", "{", "|", "~"])]]));
    return characters.join("");
  }
}

/** `count` cases of `{expr, data?}`. */
export function cases(seed, count) {
  const generator = new Generator(seed);
  return Array.from({ length: count }, () => {
    generator.variables.length = 0;
    const data = generator.document();
    // Through JSON, which drops the members that are undefined.
    return { expr: generator.expression(), data: data === undefined ? data : JSON.parse(JSON.stringify(data)) };
  });
}
