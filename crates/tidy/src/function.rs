//! Functions and their lengths, as rustfmt lays them out.

/// A function and how many lines it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Lines from its signature to its closing brace.
    pub lines: usize,
}

/// The functions of a source file. It relies on rustfmt: a body ends at the
/// first closing brace that is indented as its signature is.
pub fn functions(source: &str) -> Vec<Function> {
    let lines: Vec<&str> = source.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let Some(name) = declared(line) else { continue };
        let indent = line.len() - line.trim_start().len();
        let closing = format!("{}}}", " ".repeat(indent));
        let end = lines.iter().skip(start).position(|line| {
            let declaration_only = line.ends_with(';') && line.len() - line.trim_start().len() == indent;
            *line == closing || declaration_only
        });
        if let Some(end) = end {
            found.push(Function { name: name.to_owned(), lines: end + 1 });
        }
    }
    found
}

/// The name of the function that a line begins to declare.
fn declared(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace();
    loop {
        match words.next()? {
            "fn" => break,
            "const" | "async" | "unsafe" | "extern" | "pub" => {}
            word if word.starts_with("pub(") => {}
            _ => return None,
        }
    }
    let name = words.next()?;
    if line.trim_end().ends_with('}') {
        return None; // it fits on this line
    }
    name.split(['(', '<']).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_of_a_file() {
        let source = "fn one() {\n    1;\n}\n\nimpl T {\n    pub(crate) const fn two<A>(\n        a: A,\n    ) {\n        {\n        }\n    }\n\n    fn short() {}\n}\n\ntrait U {\n    fn only(&self);\n}\n";
        let lengths: Vec<_> =
            functions(source).into_iter().map(|function| (function.name, function.lines)).collect();
        assert_eq!(lengths, [("one".to_owned(), 3), ("two".to_owned(), 6), ("only".to_owned(), 1)]);
    }
}
