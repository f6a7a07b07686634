//! Records by ARN, or the error that says they are not there.

use sfn_store::id::{ExecutionArn, MapRunArn, QualifiedStateMachineArn, RevisionId};
use sfn_store::{ExecutionRecord, MachineType, MapRunRecord, StateMachineRecord};
use uuid::Uuid;

use crate::{Api, ApiError};

impl Api {
    /// The state machine of this ARN, which must name neither version nor alias.
    pub(crate) async fn state_machine(
        &self,
        arn: &QualifiedStateMachineArn,
    ) -> Result<StateMachineRecord, ApiError> {
        let machine = match arn.qualifier {
            None => self.store.state_machine(&arn.state_machine).await?,
            Some(_) => None,
        };
        machine.ok_or_else(|| ApiError::no_state_machine(arn))
    }

    /// The execution of this ARN.
    pub(crate) async fn execution(&self, arn: &ExecutionArn) -> Result<ExecutionRecord, ApiError> {
        self.store.execution(arn).await?.ok_or_else(|| ApiError::no_execution(arn))
    }

    /// The map run of this ARN.
    pub(crate) async fn map_run(&self, arn: &MapRunArn) -> Result<MapRunRecord, ApiError> {
        self.store.map_run(arn).await?.ok_or_else(|| ApiError::no_resource(arn.as_str()))
    }

    /// A UUID that nobody can guess.
    pub(crate) fn uuid(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.host.entropy().to_be_bytes()).into_uuid()
    }

    /// An id for a new revision.
    pub(crate) fn revision_id(&self) -> Result<RevisionId, ApiError> {
        RevisionId::new(self.uuid().to_string()).map_err(ApiError::fault)
    }
}

/// The same type in the parser's terms.
pub(crate) fn parser_type(machine_type: MachineType) -> asl_parser::MachineType {
    match machine_type {
        MachineType::Standard => asl_parser::MachineType::Standard,
        MachineType::Express => asl_parser::MachineType::Express,
    }
}
