//! The function library: one table, one file per family.

#![expect(
    clippy::unnecessary_wraps,
    reason = "the functions of the table have one type, whether they can fail or not"
)]

mod aggregate;
mod array;
mod encoding;
mod higher_order;
mod numeric;
mod object;
mod pattern;
mod service;
mod string;
mod time;
mod unchecked;

pub(crate) use numeric::round_half_even;
pub(crate) use pattern::Place;
pub(crate) use unchecked::{Unchecked, unchecked};

use std::sync::LazyLock;

use crate::Dialect;
use crate::error::Res;
use crate::eval::Evaluator;
use crate::frame::Env;
use crate::item::Item;
use crate::signature::Signature;

/// What a native function is called with.
pub(crate) struct Arguments<'a> {
    pub(crate) values: Vec<Item>,
    /// The context of the call.
    pub(crate) input: &'a Item,
    pub(crate) env: &'a Env,
}

impl Arguments<'_> {
    /// The argument at that place, taken out; undefined where it was left out.
    fn take(&mut self, place: usize) -> Item {
        self.values.get_mut(place).map(std::mem::take).unwrap_or_default()
    }

    fn number(&self, place: usize) -> Option<f64> {
        self.values.get(place).and_then(Item::as_f64)
    }

    fn text(&self, place: usize) -> Option<&str> {
        self.values.get(place).and_then(Item::as_str)
    }
}

type Native = fn(&mut Evaluator<'_, '_>, &mut Arguments<'_>) -> Res<Item>;

struct Definition {
    name: &'static str,
    /// How many arguments higher-order functions hand to it.
    arity: usize,
    signature: &'static str,
    run: Native,
    only: Option<Dialect>,
}

const fn standard(name: &'static str, arity: usize, signature: &'static str, run: Native) -> Definition {
    Definition { name, arity, signature, run, only: None }
}

const fn service(name: &'static str, arity: usize, signature: &'static str, run: Native) -> Definition {
    Definition { name, arity, signature, run, only: Some(Dialect::StepFunctions) }
}

/// A function of the library, by its place in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Builtin(usize);

impl Builtin {
    pub(crate) const CLONE: Self = Self(0);

    pub(crate) fn find(name: &str, dialect: Dialect) -> Option<Self> {
        let known = |definition: &Definition| {
            definition.name == name && definition.only.is_none_or(|only| only == dialect)
        };
        TABLE.iter().position(known).map(Self)
    }

    fn definition(self) -> &'static Definition {
        static CLONE: Definition = standard("clone", 1, "<(oa)-:o>", object::clone);
        TABLE.get(self.0).unwrap_or(&CLONE)
    }

    pub(crate) fn name(self) -> &'static str {
        self.definition().name
    }

    pub(crate) fn arity(self) -> usize {
        self.definition().arity
    }

    pub(crate) fn signature(self) -> &'static Signature {
        static SIGNATURES: LazyLock<Vec<Signature>> = LazyLock::new(|| {
            TABLE
                .iter()
                .map(|definition| Signature::parse(definition.signature).unwrap_or_default())
                .collect()
        });
        static NONE: Signature = Signature::none();
        SIGNATURES.get(self.0).unwrap_or(&NONE)
    }

    pub(crate) fn run(self, evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
        (self.definition().run)(evaluator, arguments)
    }
}

static TABLE: [Definition; 71] = [
    standard("clone", 1, "<(oa)-:o>", object::clone),
    standard("sum", 1, "<a<n>:n>", aggregate::sum),
    standard("count", 1, "<a:n>", aggregate::count),
    standard("max", 1, "<a<n>:n>", aggregate::max),
    standard("min", 1, "<a<n>:n>", aggregate::min),
    standard("average", 1, "<a<n>:n>", aggregate::average),
    standard("string", 1, "<x-b?:s>", string::string),
    standard("substring", 3, "<s-nn?:s>", string::substring),
    standard("substringBefore", 2, "<s-s:s>", string::substring_before),
    standard("substringAfter", 2, "<s-s:s>", string::substring_after),
    standard("lowercase", 1, "<s-:s>", string::lowercase),
    standard("uppercase", 1, "<s-:s>", string::uppercase),
    standard("length", 1, "<s-:n>", string::length),
    standard("trim", 1, "<s-:s>", string::trim),
    standard("pad", 3, "<s-ns?:s>", string::pad),
    standard("join", 2, "<a<s>s?:s>", string::join),
    standard("match", 3, "<s-f<s:o>n?:a<o>>", pattern::matches),
    standard("contains", 2, "<s-(sf):b>", pattern::contains),
    standard("replace", 4, "<s-(sf)(sf)n?:s>", pattern::replace),
    standard("split", 3, "<s-(sf)n?:a<s>>", pattern::split),
    standard("formatNumber", 3, "<n-so?:s>", numeric::format_number),
    standard("formatBase", 2, "<n-n?:s>", numeric::format_base),
    standard("formatInteger", 2, "<n-s:s>", numeric::format_integer),
    standard("parseInteger", 2, "<s-s:n>", numeric::parse_integer),
    standard("number", 1, "<(nsb)-:n>", numeric::number),
    standard("floor", 1, "<n-:n>", numeric::floor),
    standard("ceil", 1, "<n-:n>", numeric::ceil),
    standard("round", 2, "<n-n?:n>", numeric::round),
    standard("abs", 1, "<n-:n>", numeric::abs),
    standard("sqrt", 1, "<n-:n>", numeric::sqrt),
    standard("power", 2, "<n-n:n>", numeric::power),
    Definition { only: Some(Dialect::Standard), ..standard("random", 0, "<:n>", numeric::random) },
    standard("boolean", 1, "<x-:b>", object::boolean),
    standard("not", 1, "<x-:b>", object::not),
    standard("map", 2, "<af>", higher_order::map),
    standard("zip", 0, "<a+>", array::zip),
    standard("filter", 2, "<af>", higher_order::filter),
    standard("single", 2, "<af?>", higher_order::single),
    standard("reduce", 3, "<afj?:j>", higher_order::reduce),
    standard("sift", 2, "<o-f?:o>", higher_order::sift),
    standard("keys", 1, "<x-:a<s>>", object::keys),
    standard("lookup", 2, "<x-s:x>", object::lookup),
    standard("append", 2, "<xx:a>", array::append),
    standard("exists", 1, "<x:b>", object::exists),
    standard("spread", 1, "<x-:a<o>>", object::spread),
    standard("merge", 1, "<a<o>:o>", object::merge),
    standard("reverse", 1, "<a:a>", array::reverse),
    standard("each", 2, "<o-f:a>", higher_order::each),
    standard("error", 1, "<s?:x>", object::error),
    standard("assert", 2, "<bs?:x>", object::assert),
    standard("type", 1, "<x:s>", object::type_of),
    standard("sort", 2, "<af?:a>", higher_order::sort),
    standard("shuffle", 1, "<a:a>", array::shuffle),
    standard("distinct", 1, "<x:x>", array::distinct),
    standard("base64encode", 1, "<s-:s>", encoding::base64_encode),
    standard("base64decode", 1, "<s-:s>", encoding::base64_decode),
    standard("encodeUrlComponent", 1, "<s-:s>", encoding::encode_url_component),
    standard("encodeUrl", 1, "<s-:s>", encoding::encode_url),
    standard("decodeUrlComponent", 1, "<s-:s>", encoding::decode_url_component),
    standard("decodeUrl", 1, "<s-:s>", encoding::decode_url),
    standard("toMillis", 2, "<s-s?:n>", time::to_millis),
    standard("fromMillis", 3, "<n-s?s?:s>", time::from_millis),
    standard("now", 2, "<s?s?:s>", time::now),
    standard("millis", 0, "<:n>", time::millis),
    Definition { only: Some(Dialect::Standard), ..standard("eval", 2, "<sx?:x>", object::eval) },
    service("partition", 2, "<an:a>", service::partition),
    service("range", 3, "<nnn:a>", service::range),
    service("hash", 2, "<s-s:s>", service::hash),
    service("random", 1, "<n?:n>", service::random),
    service("uuid", 0, "<:s>", service::uuid),
    service("parse", 1, "<s-:x>", service::parse),
];
