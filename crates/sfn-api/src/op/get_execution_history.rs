//! `GetExecutionHistory`: events in either order, a page at a time.

use asl_runtime::{HistoryEvent, segment};
use serde::{Deserialize, Serialize};
use sfn_store::id::{EventId, ExecutionArn};
use sfn_store::{HistoryOrder, HistoryQuery, Segment};

use crate::history_view::EventView;
use crate::{Api, ApiError, Operation, arn_rules, json, model, paging};

/// Documents of so many bytes end a page early, so that an answer stays within
/// bounds whatever the events carry.
const PAGE_BYTES: usize = 4 << 20;

/// How many events are read from the store at a time, at the least.
const CHUNK_EVENTS: u32 = 256;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    execution_arn: String,
    max_results: Option<i64>,
    reverse_order: Option<bool>,
    next_token: Option<String>,
    include_execution_data: Option<bool>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    events: Vec<EventView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::GetExecutionHistory, body)?;
    let text = request.execution_arn.as_str();
    let arn = arn_rules::execution(text)?;
    let (order, order_name) = match request.reverse_order {
        Some(true) => (HistoryOrder::Reverse, "reverse"),
        Some(false) | None => (HistoryOrder::Forward, "forward"),
    };
    let arguments = ["GetExecutionHistory", text, order_name];
    let token = request.next_token.as_deref();
    let from = token.map(|token| api.place_of(&arguments, token)).transpose()?.map(EventId::new);
    let part = read(api, &arn, from, order, paging::limit(request.max_results)).await?;
    let include_execution_data = request.include_execution_data.unwrap_or(true);
    json::write(&Response {
        events: part.events.iter().map(|event| EventView { event, include_execution_data }).collect(),
        next_token: part.next.map(|next| api.token_to(&arguments, next.0)),
    })
}

/// What one answer holds of a history.
#[derive(Default)]
struct Part {
    events: Vec<HistoryEvent>,
    /// Where the next part begins.
    next: Option<asl_runtime::EventId>,
}

/// Reads so much of a history as one answer holds, at least one event if there
/// are any. A chunk at a time, so that no more is in memory than is answered.
async fn read(
    api: &Api,
    arn: &ExecutionArn,
    mut from: Option<EventId>,
    order: HistoryOrder,
    limit: u32,
) -> Result<Part, ApiError> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut part = Part::default();
    let mut bytes = 0_usize;
    loop {
        let query = HistoryQuery { execution: arn.clone(), from, limit: CHUNK_EVENTS, order };
        let segments = api.store.history(query).await?.ok_or_else(|| ApiError::no_execution(arn))?;
        let chunk = in_order(&segments, from, order)?;
        let Some(last) = chunk.last().map(|event| event.id) else { return Ok(part) };
        // The store gives as many as are wanted, if there are as many.
        let is_last = chunk.len() < CHUNK_EVENTS as usize;
        for event in chunk {
            let view = EventView { event: &event, include_execution_data: true };
            bytes = bytes.saturating_add(view.document_bytes());
            if part.events.len() >= limit || (bytes > PAGE_BYTES && !part.events.is_empty()) {
                part.next = Some(event.id);
                return Ok(part);
            }
            part.events.push(event);
        }
        from = match order {
            HistoryOrder::Forward => last.0.checked_add(1).map(EventId::new),
            HistoryOrder::Reverse => last.0.checked_sub(1).filter(|id| *id > 0).map(EventId::new),
        };
        if is_last || from.is_none() {
            return Ok(part);
        }
    }
}

/// The events of the segments from `from` on, in the order of reading.
fn in_order(
    segments: &[Segment],
    from: Option<EventId>,
    order: HistoryOrder,
) -> Result<Vec<HistoryEvent>, ApiError> {
    let mut events = Vec::new();
    for segment in segments {
        let mut decoded = segment::decode(&segment.events).map_err(ApiError::fault)?;
        if order == HistoryOrder::Reverse {
            decoded.reverse();
        }
        events.append(&mut decoded);
    }
    if let Some(from) = from {
        events.retain(|event| match order {
            HistoryOrder::Forward => event.id.0 >= from.get(),
            HistoryOrder::Reverse => event.id.0 <= from.get(),
        });
    }
    Ok(events)
}
