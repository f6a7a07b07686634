//! What a person sees: findings in a definition, and a history.

use std::fmt::Write as _;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use asl_parser::Diagnostic;
use asl_runtime::Field;
use stepwell::{HistoryEvent, Payload, Problem, TaskReport};

/// The findings as a compiler shows them, and a line that sums them up.
pub(crate) fn findings(name: &str, text: &str, diagnostics: &[Diagnostic], valid: bool) -> String {
    let renderer = if std::io::IsTerminal::is_terminal(&std::io::stdout()) {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut out = String::new();
    for found in diagnostics {
        let level = if found.is_error() { Level::ERROR } else { Level::WARNING };
        // A message may go on over lines; the first says it.
        let title = found.message.lines().next().unwrap_or_default();
        let place = found.pointer.as_ref().map(ToString::to_string).unwrap_or_default();
        let label = if place.is_empty() { "here".to_owned() } else { format!("at {place}") };
        let snippet = Snippet::source(text)
            .path(name)
            .annotation(AnnotationKind::Primary.span(found.span.clone()).label(label));
        let mut group = level.primary_title(title).id(found.code.name()).element(snippet);
        for note in &found.notes {
            group = group.element(Level::NOTE.message(note.as_str()));
        }
        if let Some(help) = &found.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        let groups: &[Group<'_>] = &[group];
        // Writing to a string does not fail.
        let _ = writeln!(out, "{}\n", renderer.render(groups));
    }
    let errors = diagnostics.iter().filter(|found| found.is_error()).count();
    let warnings = diagnostics.len() - errors;
    let verdict = if valid { "valid" } else { "invalid" };
    let _ = writeln!(out, "{name}: {verdict}{}{}", counted(errors, "error"), counted(warnings, "warning"));
    out
}

/// An error in an expression, with a caret under its place.
pub(crate) fn expression_error(expression: &str, title: &str, place: Option<Range<usize>>) -> String {
    let group = Level::ERROR.primary_title(title);
    let group = match place {
        None => group.element(Level::NOTE.message(expression)),
        Some(place) => {
            let snippet = Snippet::source(expression).annotation(AnnotationKind::Primary.span(place));
            group.element(snippet)
        }
    };
    Renderer::plain().render(&[group])
}

fn counted(count: usize, noun: &str) -> String {
    match count {
        0 => String::new(),
        1 => format!(", 1 {noun}"),
        _ => format!(", {count} {noun}s"),
    }
}

/// One line of JSON.
pub(crate) fn findings_json(
    name: &str,
    diagnostics: &[Diagnostic],
    valid: bool,
) -> serde_json::Result<String> {
    serde_json::to_string(&serde_json::json!({ "file": name, "valid": valid, "diagnostics": diagnostics }))
}

/// The history, an event a line: number, previous, time, type, details.
pub(crate) fn history(events: &[HistoryEvent]) -> String {
    let mut out = String::new();
    for event in events {
        let time = event.timestamp.format("%Y-%m-%dT%H:%M:%S%.3fZ");
        let (id, previous, kind) = (event.id.0, event.previous_event_id.0, event.kind.name());
        let _ = write!(out, "{id:>5} {previous:>5}  {time}  {kind:<26}");
        for (name, field) in event.kind.details().map(|(_, fields)| fields).unwrap_or_default() {
            let _ = match field {
                Field::Text(text) | Field::Credentials(text) => write!(out, " {name}={text}"),
                Field::Document(document) | Field::Variables(document) => write!(out, " {name}={document}"),
                Field::Integer(number) => write!(out, " {name}={number}"),
            };
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
    }
    out
}

/// A handler's last report as the result of its task.
pub(crate) fn result_of(report: TaskReport) -> Result<Payload, Problem> {
    match report {
        TaskReport::Succeeded { output } => Ok(output),
        TaskReport::Failed(problem)
        | TaskReport::ScheduleFailed(problem)
        | TaskReport::StartFailed(problem)
        | TaskReport::SubmitFailed(problem)
        | TaskReport::TimedOut(problem) => Err(problem),
        TaskReport::Submitted { .. } | TaskReport::Started { .. } | TaskReport::Heartbeat => {
            Err(Problem::new(
                "States.Runtime",
                "the task waits for its token, which nobody can answer here; mock the state",
            ))
        }
    }
}
