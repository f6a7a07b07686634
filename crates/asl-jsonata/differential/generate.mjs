// Makes JSONata expressions and the documents that they are evaluated over. The
// same seed makes the same cases. Expressions know the types they are after, so
// that most have a value; the rest mixes types on purpose, to reach the errors.

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

const WORDS = ["ß", "ıi", "ÀÉ", "e\u0301", "line\nbreak", "tab\there", "quote\"d", "back\\\\slash", "a/b?c=d&e", "100%", "%41", "=", "abc", "zz", "", "a", "blue", "Red", "Ärger", "日本語", "a😀b", "hello world", " spaced  out ", "10.5", "-3.5", "1e3", "true", "x,y,,z", "AbcABC"];
const NUMBERS = [1e-7, 123456789012, 0.1, 1e21, -0.0001, 1.005, 3.14159, 99.995, 4294967296, -1e10, 2e-10, 65, 0, 1, 2, 3, 7, 10, -1, -4, 0.5, 2.5, -2.5, 12.345, 1234.5678, 100, 1e6, 255];
const DATES = ["2020", "2020-05", "2020-05-06T07:08:09", "2020-05-06T07:08:09.1Z", "2020-05-06T07:08Z", "2020-13-01", "2020-02-30", "x", "", "2020-05-06T24:00:00Z", "2020-05-06T07:08:09-0130", "20200506", "2020-05-06 07:08:09", "2024-02-29T10:11:12.123Z", "1999-12-31T23:59:59Z", "2023-07-01", "2018-01-01T00:00:00.000+02:00", "1970-01-01T00:00:00.000Z"];
const MILLIS = [0, 1, 951782400000, 1521801216617, 1709201472123, -86400000, 1204405500000, 1735689599999];
const REGEXES = ["/a+?/", "/(a)|(b)/", "/(?=l)l+/", "/(?!a)[a-z]/i", "/[A-Z][a-z]*/", "/(.)\\1/", "/x*/", "/,/", "/ +$/", "/^ *|e/m", "/\\d/", "/[^\\w]+/", "/(l)(o)?|(d)$/", "/a{2,3}|b{1,}/", "/a/", "/[a-c]+/", "/b|d/i", "/(\\w)(\\w*)/", "/\\s+/", "/^.*$/", "/(\\d+)(x)?/", "/[^a-z]/", "/l{2}|o$/", "/(?:e|o)./", "/\\bw/"];
const PICTURES = ["#", "0.0", "#,##0.###", "#.00", "0000.0000", "#0%", "#0.00e00", "00.0#e0", "+0;-0", "0.0;", "#,###.##0", "0.000,0", "x0y", "0 ", "##0.##‰", "1", "#,##,##0.00", "0e0", "#e0", "9.9", "0;0;0", "0.0.0", "0%%", "#0#", "0.#0", ",0", "0,", "0.,0", "", "0", "#,##0.00", "000.0", "#0.###", "0.0e0", "00%", "#,#0", "0;(0)", "0.00‰", "$#", "#,##,#0.0#", "##", "0.#.0", "0,,0", "abc"];
const INTEGERS = ["#,##0,0", "0,000", "###0", "#,#,#0", "00;o", "Ww;c", "W;o", "a;o", "0;x", "", "#", "x", "0a", "#;0", "０", "0.00", "1,000;o", "٠١", "0٠", "0", "000", "#,##0", "w", "W", "Ww", "A", "a", "1;o", "w;o", "#0;o", "١", "Ww;o", "#:000"];
const DATE_PICTURES = ["[Y]", "[M]", "[MNn,3-3]", "[Mn]", "[MI]", "[Mw]", "[MWw]", "[D]", "[D01]", "[D1o] [d001]", "[F]", "[Fn,2-3]", "[FN,*-3]", "[F0]", "[H1]", "[h01]", "[Pn]", "[PN]", "[m]", "[m1]", "[s1]", "[f]", "[f1]", "[f01]", "[f0001]", "[Z0]", "[Z00]", "[Z000]", "[Z0000]", "[Z00:00]", "[Z0:00]", "[z0]", "[z00:00t]", "[Z00t]", "[Z00000]", "[C]", "[E]", "[Yw]", "[YWw]", "[Ya]", "[Y,4]", "[Y,2-2]", "[Y,*-4]", "[Y0001,2]", "[Y99]", "[D,2]", "[ M 01 ]", "]]", "[[]]", "x]y", "[Y", "[q]", "[]", "[W01]", "[w1o]", "[X0001]", "[xNn]", "[x]", "[YNn]", "[DN]", "[Y#,##0]", "[dw]", "[DWwo]", "[HIo]", 
  "[Y0001]-[M01]-[D01]", "[D1o] [MNn] [Y]", "[H01]:[m01]:[s01].[f001]", "[FNn], [D1] [MNn,*-3] [Y,2-2]", "[h]:[m] [P]", "[W]-[F1]", "[d] [w]",
  "[Y,*-2] [X] [x]", "[YI] [DW]", "[M01]/[D01] [Z]", "[Dwo] [MN] [z]", "[Z01:01t]", "[H] [[x]] [E]", "[yN]", "[X0001]-W[W01]-[F1]", "[Y9,999]",
];
const PARSED = [["5 Jan 2020", "[D] [MNn,3-3] [Y]"], ["MARCH 1 2001", "[MN] [D] [Y]"], ["january 2020", "[Mn] [Y]"], ["10:20:30.456 2000-1-1", "[H]:[m]:[s].[f] [Y]-[M]-[D]"], ["12 am 1999-05-06", "[h] [P] [Y]-[M]-[D]"], ["12 PM 1999-05-06", "[h] [PN] [Y]-[M]-[D]"], ["20200102", "[Y0001][M01][D01]"], ["2020-1-1 -0500", "[Y]-[M]-[D] [Z]"], ["2020-1-1 -05:30", "[Y]-[M]-[D] [Z00:00]"], ["2020-1-1 GMT+3", "[Y]-[M]-[D] [z]"], ["two thousand and twenty", "[Yw]"], ["XII/IV/MMXI", "[DI]/[MI]/[YI]"], ["1st 2000", "[M1o] [Y]"], ["2021-13-45", "[Y]-[M]-[D]"], ["2020-02-30", "[Y]-[M]-[D]"], ["99", "[Y,2-2]"], ["2000-W10", "[Y]-W[W]"], ["a b", "[Y] [M]"], ["[2000]", "[[[Y]]]"], ["2,020", "[Y9,999]"], ["b", "[Ya]"], ["2020", "[Y"], ["5", "[q]"], ["2020-01-01T10:20:30Z", "[Y]-[M]-[D]T[H]:[m]:[s]Z"], ["Tue 5 2020", "[FNn,3-3] [D] [Y]"], ["2020 5", "[Y] [D]"], ["2020-060", "[Y0001]-[d001]"], ["0099-1-1", "[Y]-[M]-[D]"], 
  ["2024-02-29", "[Y0001]-[M01]-[D01]"], ["12/31/1999", "[M]/[D]/[Y]"], ["3rd March 2008", "[D1o] [MNn] [Y]"], ["23:59:01 2020-1-1", "[H]:[m]:[s] [Y]-[M]-[D]"],
  ["2020-366", "[Y]-[d]"], ["Monday, 4 Aug 97", "[FNn], [D] [MNn,3-3] [Y,2-2]"], ["7:05 pm 2001-1-2", "[h]:[m] [P] [Y]-[M]-[D]"], ["MMXX", "[YI]"],
  ["twenty-first of June, 2001", "[Dw] of [MNn], [Y]"], ["2020-01-01T10:00:00+05:30", "[Y]-[M]-[D]T[H]:[m]:[s][Z]"], ["nothing", "[Y]"], ["2018-W05-3", "[X]-W[W]-[F1]"],
];

/** The fields of the rows of a document, by the type that most rows have there. */
const FIELDS = {
  number: ["price", "qty", "dims.w", "parts.qty", "rank"],
  string: ["sku", "color", "tags", "dims.unit", "parts.id", "`odd name`"],
  any: ["price", "qty", "sku", "color", "tags", "dims", "parts", "active", "missing", "rank", "*", "$"],
};

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
      case "program": return this.program(depth);
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
   */
  expression() {
    for (;;) {
      const text = this.attempt();
      if (!(/\?[?:]/.test(text) && /[(,]\s*\/[^*]|^\//.test(text))) return text;
    }
  }

  attempt() {
    const depth = 1 + this.below(3);
    const text = this.of(this.pick(["number", "string", "boolean", "array", "array", "object", "any", "special", "loose", "program"]), depth);
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

  /** Several statements: bindings, functions, recursion, scopes. */
  program(depth) {
    const d = Math.min(depth, 2);
    return this.one(
      () => `($a := ${this.number(d)}; $b := ($a := ${this.number(d)}; $a + 1); [$a, $b])`,
      () => `($f := function($x, $y) { $x & "/" & $string($y) }; [$f(${this.string(d)}), $f(${this.string(d)}, ${this.any(d)}), $f(1, 2, 3)])`,
      () => `($twice := function($g) { function($x) { $g($g($x)) } }; $twice(${this.pick(["$uppercase", "function($v) { $v & \"!\" }", "$string", "$substring(?, 1)", "$trim ~> $lowercase"])})(${this.string(d)}))`,
      () => `($compose := function($f, $g) { function($x) { $g($f($x)) } }; $h := $compose(${this.pick(["$abs", "$sum", "$string"])}, ${this.pick(["$sqrt", "$length", "$string"])}); $h(${this.any(d)}))`,
      () => `(${this.array(d, "number")}) ~> $map(function($v, $i, $a) { ${this.pick(["$v * $i", "$count($a) - $i", "$a[$i] = $v", "[$v, $i]", "$i % 2 = 0 ? $v"])} })`,
      () => `$reduce(${this.array(d, "any")}, function($acc, $v${this.pick(["", ", $i", ", $i, $a"])}) { ${this.pick(["$append($acc, [$v])", "$acc & $string($v)", "[$acc, $v]", "$v", "$count($acc) + 1"])} }${this.pick(["", ", []", ", \"\"", ", missing", ", 0"])})`,
      () => `$map(${this.array(d, "any")}, ${this.pick(["$string", "$boolean", "$exists", "$type", "$keys", "$number", "$not", "$length", "$uppercase", "$append(?, 1)", "$formatBase(?, 2)", "$substring(?, 1)", "$join(?, \"\")", "$contains(?, /a/)", "$round(?, 1)", "$pad(?, 5, \"*\")", "$lookup(?, \"sku\")", "/a/", "$string ~> $length"])})`,
      () => `$filter(${this.array(d, "any")}, ${this.pick(["$boolean", "$exists", "$contains(?, \"a\")", "function($v, $i, $a) { $i = $count($a) - 1 }", "function($v) { $v }"])})`,
      () => `$sort(${this.array(d, "any")}, function($l, $r) { ${this.pick(["$string($l) > $string($r)", "$l.price > $r.price", "$l.sku > $r.sku", "true", "false", "$l", "$length($l) > $length($r)"])} })`,
      () => `$each(${this.object(d)}, ${this.pick(["function($v) { $v }", "function($v, $k, $o) { $count($keys($o)) & $k }", "$string", "function($v, $k) { $exists($v) ? $k }"])})`,
      () => `$sift(${this.object(d)}, ${this.pick(["$exists", "function($v, $k) { $k in [\"a\", \"sku\", \"qty\"] }", "function($v) { $type($v) = \"number\" }", "$boolean"])})`,
      () => `${this.object(d)} ~> |${this.pick(["$", "*", "**", "items[qty > 1]", "items.parts", "dims", "parts[0]", "missing", "items^(qty)"])}|${this.pick(["{\"n\": $count(*)}", "{\"sku\": null}", "{}", "{\"qty\": qty * 2, \"new\": sku}", "{\"dims\": {}}", "$sift($, function($v) { $type($v) = \"string\" })", "missing", "5"])}${this.pick(["", ", \"sku\"", ", [\"price\", \"none\"]", ", $keys($)[0]", ", []", ", 5", ", missing"])}|`,
      () => `$$ ~> |${this.pick(["items", "first", "items.parts", "**[qty]"])}|{${this.pick(["\"qty\": qty + 1", "\"rank\": 0", "\"id\": id & id"])}}${this.pick(["", ", \"tags\""])}| ~> ${this.pick(["$lookup(\"items\")", "$keys()", "$type()", "|first|{\"x\": 1}|"])}`,
      () => `items${this.pick(["", "[qty > 1]", "^(sku)", "@$i", "#$n"])}{${this.list(1, 3, () => `${this.pick(["sku", "color", "\"k\" & qty", "dims.unit", "\"all\""])}: ${this.pick(["$", "price", "$sum(qty)", "$count($)", "{\"p\": price}", "[parts.id]", "$[0].sku", "$i.sku", "$n"])}`).join(", ")}}${this.pick(["", "", ".*", ".p1", " ~> $keys()", " ~> $each(function($v, $k) { $k })"])}`,
      () => `items.{"s": sku, "t": [tags], "p": parts${this.pick(["", "[0]", ".id", "{id: qty}", "[]", "^(>qty).id", "[-1].qty"])}, "u": %.${this.pick(["name", "count", "first.sku"])}}`,
      () => `items.parts.${this.pick(["(%.sku & id)", "{%.sku: qty}", "[%.price, qty]", "%.%.name", "%.parts.id", "(qty > %.qty ? id)", "$.%.sku", "id[%.%.active]"])}`,
      () => `items@$a.${this.pick(["parts", "dims", "tags"])}@$b.{"a": $a.${this.pick(["sku", "qty"])}, "b": $b${this.pick(["", ".id", ".w"])}}`,
      () => `items#$i@$x.parts#$j.{"i": $i, "j": $j, "k": $x.sku & id}`,
      () => `items@$x^(${this.pick(["$x.price", ">$x.sku", "$x.qty, >$x.price"])})#$n.{"n": $n, "s": $x.sku}`,
      () => `${this.pick(["items", "single", "items.parts", "words", "nums"])}#$i[${this.pick(["$i = 0", "$i > 0", "$i in [0, 2]", "0", "[0..1]", "-1"])}].${this.pick(["$i", "$", "(sku & $i)", "[$i]", "{\"i\": $i}"])}`,
      () => `(${this.pick(["items", "nums", "words", "mixed"])})[${this.predicate(d)}]${this.pick(["", "[0]", "[]", ".$string()"])}`,
      () => `$string(${this.pick(["1e21", "1e-7", "0.1 + 0.2", "1/3", "123456789.123456789", "-0", "100", "1e100", "2 * 1e15", "0.000001", "12345678901234567890"])})`,
      () => `${this.pick(["1/3", "1e21", "123456789 * 987654321", "0.1 * 3", "-7 % 3", "7 % -3", "5.5 % 2", "1e308 * 10", "2 - 1e400", "-(0)", "$power(2, 53) + 1", "1/0", "0/0", "-1/0", "[1/0]", "$sqrt(-1)", "$power(0, -1)", "$round(2.5)", "$round(-2.5)", "$round(1.005, 2)", "$round(15, -1)", "$round(1234.5, -2)", "$floor(-0.5)", "$abs(-0)"])}`,
      () => `"${this.pick(["\\u00e9", "\\n\\t", "\\\\", "\\/", "\\ud83d\\ude00", "\\x", "\\u12", "'"])}" & ${this.string(0)}`,
      () => `'${this.pick(["it\\'s", "a\"b", "\\u0041", ""])}' = ${this.string(0)}`,
      () => `function($x)<${this.pick(["n", "s-", "n-", "a<n>", "a<s>", "x", "j", "(ns)", "(sn)-", "o", "b", "f", "n+", "s?n", "a<a<n>>", "l", "nn?", "s-n?", "f<n:n>"])}:${this.pick(["n", "s", "x", ""])}>{ ${this.pick(["$x", "$type($x)", "$count($x)", "[$x]"])} }(${this.list(0, 2, () => this.any(d)).join(", ")})`,
      () => `${this.pick(["name", "count", "items[0]", "nums"])}.${this.pick(["$uppercase()", "$length()", "$string()", "$number()", "$contains(\"a\")", "$substring(1, 2)", "$pad(-8)", "$split(\"\")", "$keys()", "$each(function($v, $k) { $k })", "$sift(function($v) { $v })", "$spread()", "$lookup(\"sku\")", "$abs()", "$floor()", "$formatNumber(\"0.0\")", "$not()", "$exists()", "$toMillis()", "$fromMillis()", "$round(1)", "$base64encode()", "$match(/a/)", "$replace(\"a\", \"b\")", "$type()", "$boolean()", "$sqrt()", "$power(2)"])}`,
      () => `$match(${this.string(d)}, ${this.pick(REGEXES)})${this.pick(["[0]", ".groups[0]", ".(match & index)", "{match: $count($)}", ".$keys()", "[-1].index"])}`,
      () => `${this.pick(REGEXES)}(${this.string(0)})${this.pick(["", ".match", ".start", ".end", ".groups", ".next()", ".next().match"])}`,
      () => `$split(${this.string(d)}, ${this.pick(REGEXES)}${this.pick(["", ", 1", ", 1.5", ", -1"])})`,
      () => `$replace(${this.string(d)}, ${this.pick(REGEXES)}, ${this.pick(["\"<$0>\"", "\"$1-$2\"", "\"$$\"", "\"$10\"", "\"$\"", "function($m) { $m.match & $string($m.start) }", "function($m) { $uppercase($m.groups[0]) }", "function() { \"x\" }", "function($m) { 5 }", "$uppercase"])}${this.pick(["", ", 2", ", 0.5"])})`,
      () => `$${this.pick(["encodeUrl", "encodeUrlComponent", "decodeUrl", "decodeUrlComponent", "base64encode", "base64decode"])}(${this.string(0)})`,
      () => `$${this.pick(["zip", "append", "merge", "spread", "distinct", "reverse", "shuffle ~> $count", "sort", "keys", "sum", "max", "min", "average", "count", "join", "string", "boolean", "not", "exists", "type"])}(${this.list(1, 2, () => this.pick(["[1, [2]]", "[]", "[[]]", "[null]", "{}", "missing", "null", "\"a\"", "5", "[\"a\", 1]", "[{\"a\": 1}, {\"a\": 2}]", "[[1], [1]]", "nums", "items", "function($x) { $x }", "[true, true]", "[1, \"1\"]"])).join(", ")})`,
    );
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
