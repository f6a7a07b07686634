//! Why a bucket could not be used, in the words of the service where it has
//! words for it.

/// Why an object or a bucket could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum BucketError {
    /// The service refused. The form is that of its Java client.
    #[error(
        "{message} (Service: S3, Status Code: {status}, Request ID: {request_id}, \
         Extended Request ID: {extended_request_id})"
    )]
    Refused {
        /// HTTP status.
        status: u16,
        /// What the service says.
        message: String,
        /// `null` where none is known.
        request_id: String,
        /// `null` where none is known.
        extended_request_id: String,
    },
    /// There was no answer.
    #[error("Unable to execute HTTP request: {0}")]
    Unreachable(String),
    /// The answer broke off.
    #[error("Unable to execute HTTP request: the answer broke off")]
    Broken(#[from] hyper::Error),
    /// Nothing came for too long.
    #[error("Unable to execute HTTP request: no answer within {0} seconds")]
    Silent(u64),
    /// The answer makes no sense.
    #[error("the answer of the S3 endpoint is not understood: {0}")]
    NotUnderstood(String),
    /// More than may be held in memory.
    #[error("expected at most {0} bytes in an object that is read as a whole")]
    TooLarge(usize),
    /// No endpoint of S3 is configured.
    #[error("the bucket needs an endpoint of Amazon S3, and none is configured")]
    NoS3,
    /// No folder is configured for `file:` buckets.
    #[error("a bucket whose name begins with 'file:' needs a root folder, and none is configured")]
    NoFolders,
    /// A `file:` bucket or key leads out of the root folder.
    #[error("expected a name inside the root folder of 'file:' buckets, found '{0}'")]
    Outside(String),
    /// The file system refused.
    #[error("the file system refused: {0}")]
    File(#[from] std::io::Error),
}

impl BucketError {
    pub(crate) fn no_such_key() -> Self {
        Self::missing("The specified key does not exist.")
    }

    pub(crate) fn no_such_bucket() -> Self {
        Self::missing("The specified bucket does not exist")
    }

    fn missing(message: &str) -> Self {
        let null = || "null".to_owned();
        Self::Refused {
            status: 404,
            message: message.to_owned(),
            request_id: null(),
            extended_request_id: null(),
        }
    }
}
