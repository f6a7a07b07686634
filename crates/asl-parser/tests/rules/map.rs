//! Map states: processors, readers, writers.

use crate::check_state;

#[test]
fn maps() {
    let inline = r#""ItemProcessor":{"StartAt":"I","States":{"I":{"Type":"Succeed"}}}"#;
    let distributed = r#""ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},"StartAt":"I","States":{"I":{"Type":"Succeed"}}}"#;
    for (name, processor, fields, want) in [
        (
            "iterator",
            r#""Iterator":{"StartAt":"I","States":{"I":{"Type":"Succeed"}}}"#,
            r#""ItemsPath":"$.a","Parameters":{"x.$":"$$.Map.Item.Value"}"#,
            &[][..],
        ),
        (
            "no processor",
            r#""Comment":"c""#,
            r#""MaxConcurrency":1"#,
            &["SCHEMA_VALIDATION_FAILED: These fields are required: [ItemProcessor] at /States/A"],
        ),
        (
            "both selectors",
            inline,
            r#""Parameters":{},"ItemSelector":{}"#,
            &[
                "SCHEMA_VALIDATION_FAILED: Only one of these fields is allowed: [ItemSelector, Parameters] at /States/A",
            ],
        ),
        (
            "items path null",
            inline,
            r#""ItemsPath":null"#,
            &[
                "SCHEMA_VALIDATION_FAILED: The field 'ItemsPath' must be a string, but is null at /States/A/ItemsPath",
            ],
        ),
        ("half a percent", distributed, r#""ToleratedFailurePercentage":0.5"#, &[]),
        (
            "105 percent",
            distributed,
            r#""ToleratedFailurePercentage":105"#,
            &[
                "SCHEMA_VALIDATION_FAILED: The field 'ToleratedFailurePercentage' must be a number from 0 to 100 at /States/A/ToleratedFailurePercentage",
            ],
        ),
        (
            "reader",
            distributed,
            r#""ItemReader":{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{"InputType":"CSV","CSVHeaderLocation":"FIRST_ROW","MaxItems":0},"Parameters":{"Bucket":"b","Key.$":"$.k"}}"#,
            &[],
        ),
        (
            "reader without resource",
            distributed,
            r#""ItemReader":{}"#,
            &["SCHEMA_VALIDATION_FAILED: These fields are required: [Resource] at /States/A/ItemReader"],
        ),
        (
            "reader in the wrong language",
            distributed,
            r#""ItemReader":{"Resource":"arn:aws:states:::s3:getObject","Arguments":{}}"#,
            &["SCHEMA_VALIDATION_FAILED: Field 'Arguments' is not supported at /States/A/ItemReader"],
        ),
        (
            "both limits",
            distributed,
            r#""ItemReader":{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{"MaxItems":1,"MaxItemsPath":"$.m"}}"#,
            &[
                "SCHEMA_VALIDATION_FAILED: Only one of these fields is allowed: [MaxItems, MaxItemsPath] at /States/A/ItemReader/ReaderConfig",
            ],
        ),
        (
            "batcher without size",
            distributed,
            r#""ItemBatcher":{"BatchInput":{}}"#,
            &[
                "SCHEMA_VALIDATION_FAILED: One of these fields is required: [MaxItemsPerBatch, MaxItemsPerBatchPath, MaxInputBytesPerBatch, MaxInputBytesPerBatchPath] at /States/A/ItemBatcher",
            ],
        ),
        (
            "writer config",
            distributed,
            r#""ResultWriter":{"WriterConfig":{}}"#,
            &[
                "SCHEMA_VALIDATION_FAILED: These fields are required: [OutputType] at /States/A/ResultWriter/WriterConfig",
            ],
        ),
        (
            "inline with label",
            inline,
            r#""Label":"l""#,
            &[
                "SCHEMA_VALIDATION_FAILED: Field 'Label' is supported only if the processor's Mode is DISTRIBUTED at /States/A",
            ],
        ),
        (
            "long label",
            distributed,
            r#""Label":"abcdefghijabcdefghijabcdefghijabcdefghijk""#,
            &[
                "INVALID_LABEL_NAME: Invalid Label name: abcdefghijabcdefghijabcdefghijabcdefghijk at /States/A/Label",
            ],
        ),
        (
            "jsonata items",
            inline,
            r#""QueryLanguage":"JSONata","Items":[1,"{% 2 %}"],"ItemSelector":{"a":"{% $states.context.Map.Item.Value %}"}"#,
            &[],
        ),
        (
            "jsonata items text",
            inline,
            r#""QueryLanguage":"JSONata","Items":"abc""#,
            &[
                "SCHEMA_VALIDATION_FAILED: The field 'Items' must be an array or a JSONata expression at /States/A/Items",
            ],
        ),
        (
            "no execution type",
            r#""ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED"},"StartAt":"I","States":{"I":{"Type":"Succeed"}}}"#,
            r#""Comment":"c""#,
            &[
                "SCHEMA_VALIDATION_FAILED: These fields are required: [ExecutionType] at /States/A/ItemProcessor/ProcessorConfig",
            ],
        ),
    ] {
        check_state(name, &format!(r#""Type":"Map",{processor},{fields},"End":true"#), want);
    }
}
