"""Writes the tables in this folder: what the operations of AWS services answer.

    pip install botocore==1.41.5 && python3 generate.py

The facts come from the service models that botocore carries (Apache-2.0), as
of November 2025, which is what the recordings of TestState agree with: for
each operation its output shape, and of the shapes below it the members, which
of them are required, types, ranges, lengths and enumerations. Nothing else is
kept.
"""

import json
import pathlib
import sys

import botocore
import botocore.loaders

# By service: the operations to keep, or None for all of them.
SERVICES = {
    "athena": None,
    "batch": ["SubmitJob", "DescribeJobs", "TerminateJob", "CancelJob", "ListJobs"],
    "bedrock-runtime": ["InvokeModel"],
    "cloudwatch": ["DescribeAlarms", "GetMetricData", "GetMetricStatistics", "ListMetrics", "PutMetricData"],
    "codebuild": ["StartBuild", "StopBuild", "BatchGetBuilds"],
    "dynamodb": None,
    "ecs": ["RunTask", "StopTask", "DescribeTasks", "ListTasks", "UpdateService", "DescribeServices"],
    "events": None,
    "glue": ["StartJobRun", "GetJobRun", "GetJobRuns", "StartCrawler", "GetCrawler", "GetTable", "GetDatabase"],
    "kinesis": None,
    "kms": None,
    "lambda": None,
    "logs": ["CreateLogGroup", "CreateLogStream", "PutLogEvents", "GetLogEvents", "FilterLogEvents",
             "DescribeLogGroups", "DescribeLogStreams", "StartQuery", "GetQueryResults"],
    "s3": ["AbortMultipartUpload", "CompleteMultipartUpload", "CopyObject", "CreateBucket", "CreateMultipartUpload",
           "DeleteBucket", "DeleteObject", "DeleteObjects", "GetBucketLocation", "GetBucketPolicy", "GetBucketTagging",
           "GetObject", "GetObjectAttributes", "GetObjectTagging", "HeadBucket", "HeadObject", "ListBuckets",
           "ListMultipartUploads", "ListObjects", "ListObjectVersions", "ListObjectsV2", "ListParts", "PutObject",
           "PutObjectTagging", "RestoreObject", "UploadPart", "UploadPartCopy"],
    "sagemaker": ["CreateEndpoint", "CreateEndpointConfig", "CreateHyperParameterTuningJob", "CreateLabelingJob",
                  "CreateModel", "CreateProcessingJob", "CreateTrainingJob", "CreateTransformJob", "UpdateEndpoint"],
    "secretsmanager": None,
    "sns": None,
    "sqs": None,
    "ssm": ["GetParameter", "GetParameters", "GetParametersByPath", "GetParameterHistory", "PutParameter",
            "DeleteParameter", "DeleteParameters", "DescribeParameters", "SendCommand", "GetCommandInvocation",
            "StartAutomationExecution", "GetAutomationExecution"],
    "stepfunctions": None,
    "sts": None,
}

SCALARS = {
    "string": "string", "character": "string", "blob": "string", "timestamp": "string",
    "integer": "number", "long": "number", "float": "number", "double": "number",
    "boolean": "boolean",
}


class Table:
    """The shapes that one service's operations answer with."""

    def __init__(self, model):
        self.model = model
        self.shapes = {}

    def name_of(self, name):
        """How a table refers to a shape: by a scalar's kind if that is all, else by name."""
        shape = self.model["shapes"][name]
        kind = shape["type"]
        if kind == "structure" and shape.get("document"):
            return "any"
        if kind in SCALARS:
            limits = {key: shape[key] for key in ("min", "max") if key in shape}
            if kind in ("boolean", "timestamp"):
                limits = {}
            if "enum" in shape:
                limits = {"enum": shape["enum"]}
            if not limits:
                return SCALARS[kind]
            return self.add(name, {"kind": SCALARS[kind], **limits})
        if name not in self.shapes:
            self.shapes[name] = None  # stops the descent into a shape that holds itself
            self.shapes[name] = self.aggregate(shape)
        return name

    def add(self, name, entry):
        assert name not in ("string", "number", "boolean", "any"), name
        self.shapes[name] = entry
        return name

    def aggregate(self, shape):
        if shape["type"] == "list":
            return {"kind": "list", "item": self.name_of(shape["member"]["shape"])}
        if shape["type"] == "map":
            return {"kind": "map", "value": self.name_of(shape["value"]["shape"])}
        if shape.get("eventstream"):
            return {"kind": "structure", "members": {}}
        members = {name: self.name_of(member["shape"]) for name, member in shape["members"].items()}
        required = [name for name in shape.get("required", []) if name in members]
        entry = {"kind": "structure", "members": members}
        return {**entry, "required": required} if required else entry


def table(service, wanted):
    model = botocore.loaders.Loader().load_service_model(service, "service-2")
    found = Table(model)
    operations = {}
    for name, operation in sorted(model["operations"].items()):
        if "output" in operation and (wanted is None or name in wanted):
            operations[name] = found.name_of(operation["output"]["shape"])
    for name in wanted or []:
        assert name in model["operations"], (service, name)
    return {"operations": operations, "shapes": dict(sorted(found.shapes.items()))}


def main():
    folder = pathlib.Path(__file__).parent
    for service, wanted in SERVICES.items():
        entries = table(service, wanted)
        # One shape a line, so that a change of a model is a change of lines.
        parts = []
        for part in ("operations", "shapes"):
            lines = [f"{json.dumps(name)}: {json.dumps(entry, separators=(',', ':'))}"
                     for name, entry in entries[part].items()]
            parts.append(f'"{part}": {{\n' + ",\n".join(lines) + "\n}")
        (folder / f"{service}.json").write_text("{\n" + ",\n".join(parts) + "\n}\n")
    print(f"{len(SERVICES)} tables from botocore {botocore.__version__}", file=sys.stderr)


main()
