//! `defmt` formats: no public type is without. Which types there are is read from the source.

use std::fs;
use std::path::Path;

/// Public for the macros' or the compiler's sake alone; users do not meet them.
const HIDDEN: [&str; 9] = [
    "ArmMaker",
    "ArmNode",
    "FutureMaker",
    "Header",
    "Node",
    "OnOwnLines",
    "Operation",
    "Try",
    "Turn",
];

/// Each type that a file, or one in the folder, declares public.
fn public_types(path: &Path, types: &mut Vec<String>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            public_types(&entry.unwrap().path(), types);
        }
        return;
    }
    for line in fs::read_to_string(path).unwrap().lines() {
        let mut words = line.split_whitespace();
        if words.next() == Some("pub") && matches!(words.next(), Some("struct" | "enum" | "union"))
        {
            let name = words.next().unwrap().split(|c: char| !c.is_alphanumeric());
            types.extend(name.take(1).map(str::to_owned));
        }
    }
}

#[test]
fn every_public_type_has_a_defmt_format() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut types = Vec::new();
    public_types(&source, &mut types);
    types.retain(|name| !HIDDEN.contains(&name.as_str()));
    assert!(types.iter().any(|name| name == "StaticChannel"));

    // `[generics] path::Name<..>: |this, f| ..`
    let formats = fs::read_to_string(source.join("formats.rs")).unwrap();
    let formatted: Vec<_> = formats
        .lines()
        .filter_map(|line| line.strip_prefix("    [")?.split(": |").next())
        .filter_map(|declared| declared.rsplit("] ").next())
        .filter_map(|path| path.split('<').next()?.rsplit("::").next())
        .collect();
    let missing: Vec<_> = types
        .iter()
        .filter(|name| !formatted.contains(&name.as_str()))
        .collect();
    assert!(missing.is_empty(), "not in src/formats.rs: {missing:?}");
}
