//! What cargo knows about the workspace.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use anyhow::{Context as _, ensure};
use serde_json::Value;

use crate::source;

/// The packages of the workspace and all that they are built from.
#[derive(Debug)]
pub struct Workspace {
    packages: Vec<Package>,
}

/// One package.
#[derive(Clone, Debug)]
pub struct Package {
    id: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its licence as an SPDX expression, where it states one.
    pub license: Option<String>,
    /// Whether it belongs to the workspace.
    pub is_ours: bool,
    /// Directory of its manifest from the root of the checkout, for ours.
    pub directory: String,
    /// What its manifest asks for.
    pub dependencies: Vec<Dependency>,
    /// Packages that its shipped code is built from, by id.
    normal: Vec<String>,
}

/// One dependency as a manifest states it.
#[derive(Clone, Debug)]
pub struct Dependency {
    /// The package's name.
    pub name: String,
    /// For shipped code, neither tests nor build scripts.
    pub is_normal: bool,
    /// Features asked for by name.
    pub features: Vec<String>,
    /// Whether the default features are asked for.
    pub default_features: bool,
}

impl Workspace {
    /// Asks cargo.
    pub fn load() -> anyhow::Result<Self> {
        let root = source::root();
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let mut command = Command::new(cargo);
        command.args(["metadata", "--format-version", "1", "--locked", "--all-features"]).current_dir(&root);
        let output = command.output().context("cannot run cargo metadata")?;
        ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
        Self::read(&serde_json::from_slice(&output.stdout)?, &root.to_string_lossy())
    }

    fn read(metadata: &Value, root: &str) -> anyhow::Result<Self> {
        let members: BTreeSet<String> = list(metadata, "workspace_members")
            .iter()
            .filter_map(|id| id.as_str().map(str::to_owned))
            .collect();
        ensure!(!members.is_empty(), "the workspace has no members");
        let resolve = metadata.get("resolve").context("no resolved dependencies")?;
        let mut normal: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for node in list(resolve, "nodes") {
            let deps = list(&node, "deps");
            let deps =
                deps.iter().filter(|dep| list(dep, "dep_kinds").iter().any(|kind| kind["kind"].is_null()));
            normal.insert(text(&node, "id"), deps.map(|dep| text(dep, "pkg")).collect());
        }
        let package = |package: &Value| {
            let id = text(package, "id");
            let manifest = text(package, "manifest_path").replace('\\', "/");
            let directory = manifest.strip_prefix(&format!("{}/", root.replace('\\', "/")));
            let directory = directory.and_then(|path| path.strip_suffix("/Cargo.toml")).unwrap_or_default();
            Package {
                name: text(package, "name"),
                version: text(package, "version"),
                license: package.get("license").and_then(Value::as_str).map(str::to_owned),
                is_ours: members.contains(&id),
                directory: directory.to_owned(),
                dependencies: list(package, "dependencies").iter().map(Dependency::read).collect(),
                normal: normal.get(&id).cloned().unwrap_or_default(),
                id,
            }
        };
        Ok(Self { packages: list(metadata, "packages").iter().map(package).collect() })
    }

    /// The packages of the workspace.
    pub fn ours(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.is_ours)
    }

    /// Packages from elsewhere.
    pub fn foreign(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| !package.is_ours)
    }

    /// Names of all packages that the shipped code of one is built from.
    pub fn built_from<'w>(&'w self, package: &'w Package) -> BTreeSet<&'w str> {
        let mut seen = BTreeSet::new();
        let mut open: Vec<&str> = package.normal.iter().map(String::as_str).collect();
        while let Some(id) = open.pop() {
            let Some(next) = self.packages.iter().find(|package| package.id == id) else { continue };
            if seen.insert(next.name.as_str()) {
                open.extend(next.normal.iter().map(String::as_str));
            }
        }
        seen
    }
}

impl Dependency {
    fn read(dependency: &Value) -> Self {
        let features = list(dependency, "features");
        Self {
            name: text(dependency, "name"),
            is_normal: dependency["kind"].is_null(),
            features: features.iter().filter_map(|feature| feature.as_str().map(str::to_owned)).collect(),
            default_features: dependency["uses_default_features"] == true,
        }
    }
}

fn list(value: &Value, name: &str) -> Vec<Value> {
    value.get(name).and_then(Value::as_array).cloned().unwrap_or_default()
}

fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}
