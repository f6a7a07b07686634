//! One rule each.

use sfn_store::ExecutionRecord;
use sfn_store::id::{EventId, RevisionId};

use super::*;

/// A node whose first look for executions found nothing.
fn idle() -> Node {
    let mut node = Node::new(Pace::default());
    node.handle_time(at(0));
    assert_eq!(commands(&mut node), [Command::Claim { limit: 256 }]);
    node.handle_claimed(at(0), Some(Claims::default()));
    node
}

/// A node that holds one execution at rest.
fn holding(name: &str, wake_at: Option<i64>) -> Node {
    let mut node = idle();
    node.handle_created(at(0), lease(name), wake_at.map(time));
    assert_eq!(commands(&mut node), []);
    node
}

fn commands(node: &mut Node) -> Vec<Command> {
    std::iter::from_fn(|| node.poll_command()).collect()
}

fn turn(name: &str, incoming: Vec<Incoming>) -> Command {
    Command::Turn { execution: arn(name), incoming }
}

fn messages(sequences: impl IntoIterator<Item = u64>) -> Vec<Incoming> {
    sequences.into_iter().map(|sequence| Incoming::Message(message(sequence))).collect()
}

fn kept(consumed_through: u64) -> TurnEnd {
    TurnEnd::Kept { consumed_through: InboxSequence::new(consumed_through), wake_at: None }
}

fn claimed(name: &str, inbox: Vec<Message>) -> Claimed {
    Claimed {
        record: ExecutionRecord {
            arn: arn(name),
            revision: RevisionId::new("r").unwrap(),
            input: "{}".into(),
            started_on: None,
            trace_header: None,
            test_case: None,
            map_run: None,
            started_at: time(0),
            redrive_count: 0,
            redriven_at: None,
            last_event_id: EventId::NONE,
            closed: None,
        },
        snapshot: None,
        consumed_through: InboxSequence::NONE,
        inbox,
        lease: lease(name),
    }
}

fn claims(claimed: Claimed) -> Claims {
    Claims { claimed: vec![claimed], next_wake_at: None }
}

#[test]
fn a_message_gives_a_turn_and_waits_while_there_is_one() {
    let mut node = holding("a", None);
    node.handle_hint(at(1), hint("a", 1));
    assert_eq!(commands(&mut node), [turn("a", messages([1]))]);
    node.handle_hint(at(2), hint("a", 2));
    assert_eq!(commands(&mut node), [], "it has a turn");
    node.handle_turn(at(3), &arn("a"), kept(1));
    assert_eq!(commands(&mut node), [turn("a", messages([2]))]);
}

#[test]
fn what_a_turn_found_in_the_store_is_not_fed_again() {
    let mut node = holding("a", None);
    node.handle_hint(at(1), hint("a", 1));
    node.handle_hint(at(1), hint("a", 2));
    let _ = commands(&mut node);
    node.handle_turn(at(2), &arn("a"), kept(2));
    node.handle_hint(at(3), hint("a", 2));
    assert_eq!(commands(&mut node), []);
}

#[test]
fn a_gap_is_read_from_the_store() {
    let mut node = holding("a", None);
    node.handle_hint(at(1), hint("a", 2));
    let read = Command::ReadInbox { lease: lease("a"), after: InboxSequence::NONE };
    assert_eq!(commands(&mut node), [read]);
    node.handle_hint(at(1), hint("a", 3));
    assert_eq!(commands(&mut node), [], "it is being read");
    node.handle_inbox(&lease("a"), Some(vec![message(1), message(2)]));
    assert_eq!(commands(&mut node), [turn("a", messages([1, 2, 3]))]);
}

#[test]
fn a_renewal_tells_of_messages_without_a_hint() {
    let mut node = holding("a", None);
    node.handle_time(at(5_000));
    assert_eq!(commands(&mut node).first(), Some(&Command::Renew(vec![lease("a")])));
    node.handle_renewed(&[lease("a")], Some(&[Renewal::Held { last_message: InboxSequence::new(1) }]));
    let read = Command::ReadInbox { lease: lease("a"), after: InboxSequence::NONE };
    assert_eq!(commands(&mut node), [read]);
}

#[test]
fn a_lost_lease_drops_the_execution() {
    let mut node = holding("a", Some(9_000));
    node.handle_time(at(5_000));
    let _ = commands(&mut node);
    node.handle_renewed(&[lease("a")], Some(&[Renewal::Lost]));
    assert_eq!(commands(&mut node), [Command::Forget(arn("a"))]);
    assert_eq!((node.held(), node.alarm().time), (0, None));
}

#[test]
fn the_next_wake_up_is_the_alarm() {
    let mut node = holding("a", Some(300));
    node.handle_created(at(0), lease("b"), Some(time(200)));
    assert_eq!(node.alarm().time, Some(time(200)));
    node.handle_time(at(199));
    assert_eq!(commands(&mut node), []);
    node.handle_time(at(200));
    assert_eq!(commands(&mut node), [turn("b", vec![Incoming::Tick])]);
    assert_eq!(node.alarm().time, Some(time(300)));
}

#[test]
fn an_execution_that_wants_to_go_on_gets_another_turn() {
    let mut node = holding("a", None);
    node.handle_hint(at(1), hint("a", 1));
    let _ = commands(&mut node);
    let end = TurnEnd::Kept { consumed_through: InboxSequence::new(1), wake_at: Some(time(1)) };
    node.handle_turn(at(1), &arn("a"), end);
    assert_eq!(commands(&mut node), [turn("a", vec![Incoming::Tick])]);
}

#[test]
fn claims_are_paced() {
    let mut node = idle();
    node.handle_hint(at(1), Hint::Due { at: None });
    assert_eq!(commands(&mut node), [Command::Claim { limit: 256 }]);
    node.handle_hint(at(1), Hint::Due { at: None });
    node.handle_hint(at(1), hint("a", 1));
    assert_eq!(commands(&mut node), [], "one at a time");
    node.handle_claimed(at(2), Some(Claims::default()));
    assert_eq!(commands(&mut node), [Command::Claim { limit: 256 }], "for what came meanwhile");
    node.handle_claimed(at(3), Some(Claims { claimed: vec![], next_wake_at: Some(time(700)) }));
    node.handle_time(at(699));
    assert_eq!(commands(&mut node), []);
    assert_eq!(node.alarm().time, Some(time(700)));
    node.handle_time(at(700));
    assert_eq!(commands(&mut node), [Command::Claim { limit: 256 }], "something is due");
    node.handle_claimed(at(700), Some(Claims::default()));
    node.handle_time(at(1_700));
    assert_eq!(commands(&mut node), [Command::Claim { limit: 256 }], "it looks from time to time");
}

#[test]
fn a_store_that_fails_is_given_longer_and_longer_pauses() {
    let mut node = idle();
    node.handle_hint(at(0), Hint::Due { at: None });
    for (now, pause) in [(0, 100), (100, 200), (300, 400)] {
        assert_eq!(commands(&mut node), [Command::Claim { limit: 256 }], "at {now}");
        node.handle_claimed(at(now), None);
        node.handle_time(at(now + pause - 1));
        node.handle_hint(at(now + pause - 1), Hint::Due { at: None });
        assert_eq!(commands(&mut node), [], "at {now}");
        node.handle_time(at(now + pause));
    }
}

#[test]
fn no_more_is_claimed_than_there_is_room() {
    let mut node = Node::new(Pace { held_max: 2, ..Pace::default() });
    node.handle_time(at(0));
    assert_eq!(commands(&mut node), [Command::Claim { limit: 2 }]);
    node.handle_claimed(at(0), Some(claims(claimed("a", vec![]))));
    assert_eq!(commands(&mut node), [Command::Resume(Box::new(claimed("a", vec![])))]);
    node.handle_created(at(0), lease("b"), None);
    node.handle_hint(at(0), Hint::Due { at: None });
    assert_eq!(commands(&mut node), [], "it is full");
    node.handle_turn(at(1), &arn("a"), TurnEnd::Closed);
    assert_eq!(commands(&mut node), [Command::Claim { limit: 1 }]);
}

#[test]
fn messages_that_overtake_a_claim_are_kept_for_it() {
    let mut node = idle();
    node.handle_hint(at(0), Hint::Due { at: None });
    let _ = commands(&mut node);
    node.handle_hint(at(0), hint("a", 2));
    node.handle_claimed(at(1), Some(claims(claimed("a", vec![message(1)]))));
    let want = claimed("a", vec![message(1), message(2)]);
    assert_eq!(commands(&mut node).first(), Some(&Command::Resume(Box::new(want))));
}

#[test]
fn a_lease_that_ran_out_may_come_back() {
    let again = |inbox| {
        let mut claimed = claimed("a", inbox);
        claimed.lease.epoch = LeaseEpoch::new(2);
        claimed
    };
    // It rests: what is in memory is old.
    let mut node = holding("a", Some(9_000));
    node.handle_hint(at(0), Hint::Due { at: None });
    let _ = commands(&mut node);
    node.handle_claimed(at(1), Some(claims(again(vec![]))));
    let want = [Command::Forget(arn("a")), Command::Resume(Box::new(again(vec![])))];
    assert_eq!(commands(&mut node), want);
    assert_eq!(node.alarm().time, None);

    // It has a turn, which will find its lease lost.
    let mut node = holding("a", None);
    node.handle_hint(at(0), hint("a", 1));
    node.handle_hint(at(0), Hint::Due { at: None });
    let _ = commands(&mut node);
    node.handle_claimed(at(1), Some(claims(again(vec![message(1)]))));
    node.handle_hint(at(1), hint("a", 2));
    assert_eq!(commands(&mut node), []);
    node.handle_turn(at(2), &arn("a"), TurnEnd::LeaseLost);
    let want = again(vec![message(1), message(2)]);
    assert_eq!(commands(&mut node), [Command::Forget(arn("a")), Command::Resume(Box::new(want))]);
}

#[test]
fn what_fails_is_given_up_and_paused() {
    let mut node = holding("a", None);
    node.handle_hint(at(0), hint("a", 1));
    let _ = commands(&mut node);
    node.handle_turn(at(0), &arn("a"), TurnEnd::Failed);
    let release = Command::Release { lease: lease("a"), wake_at: Some(time(100)) };
    assert_eq!(commands(&mut node), [release]);

    // A message makes it due before its pause is over.
    node.handle_hint(at(10), Hint::Due { at: None });
    let _ = commands(&mut node);
    node.handle_claimed(at(10), Some(claims(claimed("a", vec![message(1)]))));
    assert_eq!(commands(&mut node), [], "it is paused");
    assert_eq!(node.alarm().uptime, Some(Duration::from_millis(100)));
    node.handle_hint(at(20), hint("a", 2));
    node.handle_time(at(100));
    let want = claimed("a", vec![message(1), message(2)]);
    assert_eq!(commands(&mut node), [Command::Resume(Box::new(want))]);
    node.handle_turn(at(100), &arn("a"), TurnEnd::Failed);
    let release = Command::Release { lease: lease("a"), wake_at: Some(time(300)) };
    assert_eq!(commands(&mut node).first(), Some(&release), "the pause doubles");
}

#[test]
fn a_message_between_commit_and_release_is_not_forgotten() {
    let mut node = holding("a", None);
    node.handle_hint(at(0), hint("a", 1));
    let _ = commands(&mut node);
    node.handle_hint(at(0), hint("a", 2));
    node.handle_turn(at(0), &arn("a"), TurnEnd::Released { consumed_through: InboxSequence::new(1) });
    assert_eq!(commands(&mut node), [Command::Claim { limit: 256 }]);
    assert_eq!(node.held(), 0);
}

#[test]
fn stopping_gives_everything_up() {
    let mut node = holding("a", Some(300));
    node.handle_created(at(0), lease("b"), None);
    node.handle_hint(at(0), hint("b", 1));
    let _ = commands(&mut node);
    node.handle_stop();
    assert_eq!(commands(&mut node), [Command::Release { lease: lease("a"), wake_at: None }]);
    assert!(!node.is_drained(), "b has a turn");
    node.handle_turn(at(1), &arn("b"), kept(1));
    assert_eq!(commands(&mut node), [Command::Release { lease: lease("b"), wake_at: None }]);
    node.handle_created(at(2), lease("c"), None);
    assert_eq!(commands(&mut node), [Command::Release { lease: lease("c"), wake_at: None }]);
    node.handle_hint(at(3), Hint::Due { at: None });
    node.handle_time(at(60_000));
    assert_eq!(commands(&mut node), []);
    assert!(node.is_drained());
}
