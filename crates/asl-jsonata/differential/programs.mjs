// Expressions of several statements, and the corners of single functions.
import { REGEXES } from "./pools.mjs";

/** Several statements: bindings, functions, recursion, scopes; and one function after another. */
export function program(g, depth) {
  const d = Math.min(depth, 2);
  return g.one(
    () => `($a := ${g.number(d)}; $b := ($a := ${g.number(d)}; $a + 1); [$a, $b])`,
    () => `($f := function($x, $y) { $x & "/" & $string($y) }; [$f(${g.string(d)}), $f(${g.string(d)}, ${g.any(d)}), $f(1, 2, 3)])`,
    () => `($twice := function($g) { function($x) { $g($g($x)) } }; $twice(${g.pick(["$uppercase", "function($v) { $v & \"!\" }", "$string", "$substring(?, 1)", "$trim ~> $lowercase"])})(${g.string(d)}))`,
    () => `($compose := function($f, $g) { function($x) { $g($f($x)) } }; $h := $compose(${g.pick(["$abs", "$sum", "$string"])}, ${g.pick(["$sqrt", "$length", "$string"])}); $h(${g.any(d)}))`,
    () => `(${g.array(d, "number")}) ~> $map(function($v, $i, $a) { ${g.pick(["$v * $i", "$count($a) - $i", "$a[$i] = $v", "[$v, $i]", "$i % 2 = 0 ? $v"])} })`,
    () => `$reduce(${g.array(d, "any")}, function($acc, $v${g.pick(["", ", $i", ", $i, $a"])}) { ${g.pick(["$append($acc, [$v])", "$acc & $string($v)", "[$acc, $v]", "$v", "$count($acc) + 1"])} }${g.pick(["", ", []", ", \"\"", ", missing", ", 0"])})`,
    () => `$map(${g.array(d, "any")}, ${g.pick(["$string", "$boolean", "$exists", "$type", "$keys", "$number", "$not", "$length", "$uppercase", "$append(?, 1)", "$formatBase(?, 2)", "$substring(?, 1)", "$join(?, \"\")", "$contains(?, /a/)", "$round(?, 1)", "$pad(?, 5, \"*\")", "$lookup(?, \"sku\")", "/a/", "$string ~> $length"])})`,
    () => `$filter(${g.array(d, "any")}, ${g.pick(["$boolean", "$exists", "$contains(?, \"a\")", "function($v, $i, $a) { $i = $count($a) - 1 }", "function($v) { $v }"])})`,
    () => `$sort(${g.array(d, "any")}, function($l, $r) { ${g.pick(["$string($l) > $string($r)", "$l.price > $r.price", "$l.sku > $r.sku", "true", "false", "$l", "$length($l) > $length($r)"])} })`,
    () => `$each(${g.object(d)}, ${g.pick(["function($v) { $v }", "function($v, $k, $o) { $count($keys($o)) & $k }", "$string", "function($v, $k) { $exists($v) ? $k }"])})`,
    () => `$sift(${g.object(d)}, ${g.pick(["$exists", "function($v, $k) { $k in [\"a\", \"sku\", \"qty\"] }", "function($v) { $type($v) = \"number\" }", "$boolean"])})`,
    () => `${g.object(d)} ~> |${g.pick(["$", "*", "**", "items[qty > 1]", "items.parts", "dims", "parts[0]", "missing", "items^(qty)"])}|${g.pick(["{\"n\": $count(*)}", "{\"sku\": null}", "{}", "{\"qty\": qty * 2, \"new\": sku}", "{\"dims\": {}}", "$sift($, function($v) { $type($v) = \"string\" })", "missing", "5"])}${g.pick(["", ", \"sku\"", ", [\"price\", \"none\"]", ", $keys($)[0]", ", []", ", 5", ", missing"])}|`,
    () => `$$ ~> |${g.pick(["items", "first", "items.parts", "**[qty]"])}|{${g.pick(["\"qty\": qty + 1", "\"rank\": 0", "\"id\": id & id"])}}${g.pick(["", ", \"tags\""])}| ~> ${g.pick(["$lookup(\"items\")", "$keys()", "$type()", "|first|{\"x\": 1}|"])}`,
    () => `items${g.pick(["", "[qty > 1]", "^(sku)", "@$i", "#$n"])}{${g.list(1, 3, () => `${g.pick(["sku", "color", "\"k\" & qty", "dims.unit", "\"all\""])}: ${g.pick(["$", "price", "$sum(qty)", "$count($)", "{\"p\": price}", "[parts.id]", "$[0].sku", "$i.sku", "$n"])}`).join(", ")}}${g.pick(["", "", ".*", ".p1", " ~> $keys()", " ~> $each(function($v, $k) { $k })"])}`,
    () => `items.{"s": sku, "t": [tags], "p": parts${g.pick(["", "[0]", ".id", "{id: qty}", "[]", "^(>qty).id", "[-1].qty"])}, "u": %.${g.pick(["name", "count", "first.sku"])}}`,
    () => `items.parts.${g.pick(["(%.sku & id)", "{%.sku: qty}", "[%.price, qty]", "%.%.name", "%.parts.id", "(qty > %.qty ? id)", "$.%.sku", "id[%.%.active]"])}`,
    () => `items@$a.${g.pick(["parts", "dims", "tags"])}@$b.{"a": $a.${g.pick(["sku", "qty"])}, "b": $b${g.pick(["", ".id", ".w"])}}`,
    () => `items#$i@$x.parts#$j.{"i": $i, "j": $j, "k": $x.sku & id}`,
    () => `items@$x^(${g.pick(["$x.price", ">$x.sku", "$x.qty, >$x.price"])})#$n.{"n": $n, "s": $x.sku}`,
    () => `${g.pick(["items", "single", "items.parts", "words", "nums"])}#$i[${g.pick(["$i = 0", "$i > 0", "$i in [0, 2]", "0", "[0..1]", "-1"])}].${g.pick(["$i", "$", "(sku & $i)", "[$i]", "{\"i\": $i}"])}`,
    () => `(${g.pick(["items", "nums", "words", "mixed"])})[${g.predicate(d)}]${g.pick(["", "[0]", "[]", ".$string()"])}`,
    () => `$string(${g.pick(["1e21", "1e-7", "0.1 + 0.2", "1/3", "123456789.123456789", "-0", "100", "1e100", "2 * 1e15", "0.000001", "12345678901234567890"])})`,
    () => `${g.pick(["1/3", "1e21", "123456789 * 987654321", "0.1 * 3", "-7 % 3", "7 % -3", "5.5 % 2", "1e308 * 10", "2 - 1e400", "-(0)", "$power(2, 53) + 1", "1/0", "0/0", "-1/0", "[1/0]", "$sqrt(-1)", "$power(0, -1)", "$round(2.5)", "$round(-2.5)", "$round(1.005, 2)", "$round(15, -1)", "$round(1234.5, -2)", "$floor(-0.5)", "$abs(-0)"])}`,
    () => `"${g.pick(["\\u00e9", "\\n\\t", "\\\\", "\\/", "\\ud83d\\ude00", "\\x", "\\u12", "'"])}" & ${g.string(0)}`,
    () => `'${g.pick(["it\\'s", "a\"b", "\\u0041", ""])}' = ${g.string(0)}`,
    () => `function($x)<${g.pick(["n", "s-", "n-", "a<n>", "a<s>", "x", "j", "(ns)", "(sn)-", "o", "b", "f", "n+", "s?n", "a<a<n>>", "l", "nn?", "s-n?", "f<n:n>"])}:${g.pick(["n", "s", "x", ""])}>{ ${g.pick(["$x", "$type($x)", "$count($x)", "[$x]"])} }(${g.list(0, 2, () => g.any(d)).join(", ")})`,
    () => `${g.pick(["name", "count", "items[0]", "nums"])}.${g.pick(["$uppercase()", "$length()", "$string()", "$number()", "$contains(\"a\")", "$substring(1, 2)", "$pad(-8)", "$split(\"\")", "$keys()", "$each(function($v, $k) { $k })", "$sift(function($v) { $v })", "$spread()", "$lookup(\"sku\")", "$abs()", "$floor()", "$formatNumber(\"0.0\")", "$not()", "$exists()", "$toMillis()", "$fromMillis()", "$round(1)", "$base64encode()", "$match(/a/)", "$replace(\"a\", \"b\")", "$type()", "$boolean()", "$sqrt()", "$power(2)"])}`,
    () => `$match(${g.string(d)}, ${g.pick(REGEXES)})${g.pick(["[0]", ".groups[0]", ".(match & index)", "{match: $count($)}", ".$keys()", "[-1].index"])}`,
    () => `${g.pick(REGEXES)}(${g.string(0)})${g.pick(["", ".match", ".start", ".end", ".groups", ".next()", ".next().match"])}`,
    () => `$split(${g.string(d)}, ${g.pick(REGEXES)}${g.pick(["", ", 1", ", 1.5", ", -1"])})`,
    () => `$replace(${g.string(d)}, ${g.pick(REGEXES)}, ${g.pick(["\"<$0>\"", "\"$1-$2\"", "\"$$\"", "\"$10\"", "\"$\"", "function($m) { $m.match & $string($m.start) }", "function($m) { $uppercase($m.groups[0]) }", "function() { \"x\" }", "function($m) { 5 }", "$uppercase"])}${g.pick(["", ", 2", ", 0.5"])})`,
    () => `$${g.pick(["encodeUrl", "encodeUrlComponent", "decodeUrl", "decodeUrlComponent", "base64encode", "base64decode"])}(${g.string(0)})`,
    () => `$${g.pick(["zip", "append", "merge", "spread", "distinct", "reverse", "shuffle ~> $count", "sort", "keys", "sum", "max", "min", "average", "count", "join", "string", "boolean", "not", "exists", "type"])}(${g.list(1, 2, () => g.pick(["[1, [2]]", "[]", "[[]]", "[null]", "{}", "missing", "null", "\"a\"", "5", "[\"a\", 1]", "[{\"a\": 1}, {\"a\": 2}]", "[[1], [1]]", "nums", "items", "function($x) { $x }", "[true, true]", "[1, \"1\"]"])).join(", ")})`,
  );
}
