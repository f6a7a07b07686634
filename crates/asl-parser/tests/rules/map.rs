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
                "SCHEMA_VALIDATION_FAILED: There should only be one of the following fields: [ItemSelector, Parameters] at /States/A",
            ],
        ),
        (
            "items path null",
            inline,
            r#""ItemsPath":null"#,
            &["SCHEMA_VALIDATION_FAILED: Expected value of type [STRING] at /States/A/ItemsPath"],
        ),
        ("half a percent", distributed, r#""ToleratedFailurePercentage":0.5"#, &[]),
        (
            "105 percent",
            distributed,
            r#""ToleratedFailurePercentage":105"#,
            &["SCHEMA_VALIDATION_FAILED: Maximum value is 100.0 at /States/A/ToleratedFailurePercentage"],
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
                "SCHEMA_VALIDATION_FAILED: There should only be one of the following fields: [MaxItems, MaxItemsPath] at /States/A/ItemReader/ReaderConfig",
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
            "execution type inline",
            r#""ItemProcessor":{"ProcessorConfig":{"Mode":"INLINE","ExecutionType":"STANDARD"},"StartAt":"I","States":{"I":{"Type":"Succeed"}}}"#,
            r#""Comment":"c""#,
            &[
                "SCHEMA_VALIDATION_FAILED: Field 'ExecutionType' is not supported at /States/A/ItemProcessor/ProcessorConfig",
            ],
        ),
        (
            "processor with a language",
            r#""ItemProcessor":{"QueryLanguage":"JSONata","StartAt":"I","States":{"I":{"Type":"Succeed"}}}"#,
            r#""Comment":"c""#,
            &["SCHEMA_VALIDATION_FAILED: Field 'QueryLanguage' is not supported at /States/A/ItemProcessor"],
        ),
        (
            "iterator with a language",
            r#""Iterator":{"QueryLanguage":"JSONata","StartAt":"I","States":{"I":{"Type":"Succeed"}}}"#,
            r#""Comment":"c""#,
            &["SCHEMA_VALIDATION_FAILED: Field 'QueryLanguage' is not supported at /States/A/Iterator"],
        ),
        (
            "its language is not its processor's",
            r#""ItemProcessor":{"StartAt":"I","States":{"I":{"Type":"Succeed","Output":1}}}"#,
            r#""QueryLanguage":"JSONata""#,
            &[
                "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' QueryLanguage at /States/A/ItemProcessor/States/I",
            ],
        ),
        (
            "concurrency below 0",
            inline,
            r#""MaxConcurrency":-1"#,
            &["SCHEMA_VALIDATION_FAILED: Minimum value is 0 at /States/A/MaxConcurrency"],
        ),
        (
            "concurrency of a half",
            inline,
            r#""MaxConcurrency":0.5"#,
            &["SCHEMA_VALIDATION_FAILED: Expected value of type Integer at /States/A/MaxConcurrency"],
        ),
        (
            "concurrency path in jsonata",
            inline,
            r#""QueryLanguage":"JSONata","MaxConcurrencyPath":"$.m""#,
            &[
                "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONata', but field 'MaxConcurrencyPath' is only supported for the 'JSONPath' QueryLanguage at /States/A",
            ],
        ),
        (
            "concurrency from several values",
            inline,
            r#""MaxConcurrencyPath":"$.limits[*]""#,
            &["SCHEMA_VALIDATION_FAILED: Value is not a Reference Path at /States/A/MaxConcurrencyPath"],
        ),
        (
            "concurrency from the context",
            inline,
            r#""MaxConcurrencyPath":"$$.Execution.Input.n""#,
            &["SCHEMA_VALIDATION_FAILED: Value is not a Reference Path at /States/A/MaxConcurrencyPath"],
        ),
        (
            "batch path in jsonata",
            distributed,
            r#""QueryLanguage":"JSONata","ItemBatcher":{"MaxItemsPerBatch":1,"MaxItemsPerBatchPath":"$.m"}"#,
            &[
                "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONata', but field 'MaxItemsPerBatchPath' is only supported for the 'JSONPath' QueryLanguage at /States/A/ItemBatcher",
            ],
        ),
        (
            "too many items",
            distributed,
            r#""ItemReader":{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{"MaxItems":100000001}}"#,
            &[
                "SCHEMA_VALIDATION_FAILED: Maximum value is 100000000 at /States/A/ItemReader/ReaderConfig/MaxItems",
            ],
        ),
        (
            "csv without a place for headers",
            distributed,
            r#""ItemReader":{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{"InputType":"CSV"}}"#,
            &[
                "SCHEMA_VALIDATION_FAILED: The field 'CSVHeaderLocation' is required at /States/A/ItemReader/ReaderConfig",
            ],
        ),
        (
            "json with headers",
            distributed,
            r#""ItemReader":{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{"InputType":"JSON","CSVHeaderLocation":"FIRST_ROW"}}"#,
            &[
                "SCHEMA_VALIDATION_FAILED: Field 'CSVHeaderLocation' is not supported at /States/A/ItemReader/ReaderConfig",
            ],
        ),
        (
            "json with names of columns",
            distributed,
            r#""ItemReader":{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{"InputType":"JSONL","CSVHeaders":["a"],"CSVDelimiter":"TAB"}}"#,
            &[
                "SCHEMA_VALIDATION_FAILED: Field 'CSVHeaders' is not supported at /States/A/ItemReader/ReaderConfig",
                "SCHEMA_VALIDATION_FAILED: Field 'CSVDelimiter' is not supported at /States/A/ItemReader/ReaderConfig",
            ],
        ),
        (
            "given headers not given",
            distributed,
            r#""ItemReader":{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{"InputType":"CSV","CSVHeaderLocation":"GIVEN"}}"#,
            &[
                "SCHEMA_VALIDATION_FAILED: These fields are required: [CSVHeaders] at /States/A/ItemReader/ReaderConfig",
            ],
        ),
        (
            "reader of something else",
            distributed,
            r#""ItemReader":{"Resource":"arn:aws:states:::lambda:invoke"}"#,
            &[
                "SCHEMA_VALIDATION_FAILED: The field 'Resource' does not match any of the allowed values at /States/A/ItemReader/Resource",
            ],
        ),
        (
            "writer of something else",
            distributed,
            r#""ResultWriter":{"Resource":"arn:aws:states:::s3:getObject","Parameters":{"Bucket":"b"}}"#,
            &[
                "SCHEMA_VALIDATION_FAILED: The field 'Resource' does not match any of the allowed values at /States/A/ResultWriter/Resource",
            ],
        ),
        (
            "a writer's parameters are an object",
            distributed,
            r#""ResultWriter":{"Resource":"arn:aws:states:::s3:putObject","Parameters":"b"}"#,
            &[
                "SCHEMA_VALIDATION_FAILED: Expected value of type [OBJECT] at /States/A/ResultWriter/Parameters",
            ],
        ),
        (
            "a reader's arguments may be an expression",
            distributed,
            r#""QueryLanguage":"JSONata","ItemReader":{"Resource":"arn:aws:states:::s3:getObject","Arguments":"{% $states.input %}"}"#,
            &[],
        ),
        (
            "a reader's arguments are no list",
            distributed,
            r#""QueryLanguage":"JSONata","ItemReader":{"Resource":"arn:aws:states:::s3:getObject","Arguments":[]}"#,
            &["SCHEMA_VALIDATION_FAILED: Expected value of type [OBJECT] at /States/A/ItemReader/Arguments"],
        ),
        ("items from the context", inline, r#""ItemsPath":"$$.Execution.Input.items""#, &[]),
        (
            "headers are names, not expressions",
            distributed,
            r#""QueryLanguage":"JSONata","ItemReader":{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{"InputType":"CSV","CSVHeaderLocation":"GIVEN","CSVHeaders":["{% phone %}"]}}"#,
            &[],
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
