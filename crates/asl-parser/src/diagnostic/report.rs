//! Where the findings of one parse are gathered.

use std::ops::Range;

use super::{At, Diagnostic, Reason, Severity};

/// The findings so far, at most as many as asked for.
#[derive(Debug)]
pub(crate) struct Reports {
    diagnostics: Vec<Diagnostic>,
    diagnostics_max: usize,
    failed: bool,
}

impl Reports {
    pub(crate) fn new(diagnostics_max: usize) -> Self {
        Self { diagnostics: Vec::new(), diagnostics_max, failed: false }
    }

    /// Notes a finding about the value at `at` and the bytes of `span`.
    pub(crate) fn add(
        &mut self,
        reason: Reason,
        at: &At<'_>,
        span: &Range<usize>,
        message: impl Into<String>,
    ) {
        self.push(reason, span, message.into(), Some(at));
    }

    /// Notes a finding about the text as a whole.
    pub(crate) fn add_unlocated(&mut self, reason: Reason, span: &Range<usize>, message: impl Into<String>) {
        self.push(reason, span, message.into(), None);
    }

    /// Adds a note to the latest finding.
    pub(crate) fn note(&mut self, note: impl Into<String>) {
        if let Some(latest) = self.diagnostics.last_mut().filter(|latest| latest.notes.is_empty()) {
            latest.notes.push(note.into());
        }
    }

    /// Says where the JSON reader stopped.
    pub(crate) fn source(&mut self, source: String) {
        if let Some(latest) = self.diagnostics.last_mut() {
            latest.source = Some(source);
        }
    }

    fn push(&mut self, reason: Reason, span: &Range<usize>, message: String, at: Option<&At<'_>>) {
        self.failed |= reason.severity() == Severity::Error;
        if self.diagnostics.len() < self.diagnostics_max {
            self.diagnostics.push(Diagnostic {
                code: reason.code(),
                reason,
                severity: reason.severity(),
                message,
                pointer: at.map(At::pointer),
                span: span.clone(),
                line: 1,
                column: 1,
                notes: Vec::new(),
                help: reason.help().map(str::to_owned),
                source: None,
            });
        }
    }

    /// Moves the findings to where they are in a text that begins `prefix`
    /// bytes later and is `len` bytes long.
    pub(crate) fn shift(&mut self, prefix: usize, len: usize) {
        for diagnostic in &mut self.diagnostics {
            let shifted = |at: usize| at.saturating_sub(prefix).min(len);
            diagnostic.span = shifted(diagnostic.span.start)..shifted(diagnostic.span.end);
        }
    }

    /// Whether an error was found, kept or not.
    pub(crate) fn failed(&self) -> bool {
        self.failed
    }

    /// The findings in the order in which they were made, with lines and columns.
    pub(crate) fn finish(mut self, text: &str) -> Vec<Diagnostic> {
        // One walk over the text for all of them, however long its lines are.
        let mut in_order: Vec<&mut Diagnostic> = self.diagnostics.iter_mut().collect();
        in_order.sort_by_key(|diagnostic| diagnostic.span.start);
        let (mut line, mut column) = (1, 1);
        let mut characters = text.char_indices().peekable();
        for diagnostic in in_order {
            while let Some((_, character)) = characters.next_if(|(at, _)| *at < diagnostic.span.start) {
                if character == '\n' {
                    (line, column) = (line + 1, 1);
                } else {
                    column += 1;
                }
            }
            (diagnostic.line, diagnostic.column) = (line, column);
        }
        self.diagnostics
    }
}
