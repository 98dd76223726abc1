//! Makes all changes that cargo-mutants would make one after the other at once, each behind a switch, so that they
//! are compiled together.
//!
//! Usage: `switch CHANGES FROM TO [LEFT_OUT]`: the list of `cargo mutants --list --json`, the folders of the
//! sources as they are and of those to be written, and a file with the numbers of changes to leave out; changes
//! are numbered from 1. Prints the numbers of those for which it knows no switch. What belongs to a change stands
//! between `/*<number*/` and `/*number>*/`, for whoever reads the compiler's complaints.

use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::ops::Range;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// A change: its number, and what it puts there.
type Change = (u32, String);

/// A place of the source that is written otherwise. Of two that overlap, one lies in the other and is written with
/// it, in each of its copies.
struct Place {
    range: Range<usize>,
    kind: Kind,
}

enum Kind {
    /// Before the first statement of a function: it returns a value instead.
    Body(Vec<Change>),
    /// Another operator.
    Binary {
        left: Range<usize>,
        operator: Range<usize>,
        right: Range<usize>,
        changes: Vec<Change>,
    },
    /// No operator.
    Unary { operand: Range<usize>, change: u32 },
    /// Another guard of a match arm.
    Guard(Vec<Change>),
    /// A match arm, with a guard (the place) or without, is not there.
    Arm { change: u32, guarded: bool },
    /// A field (the place is its value) is as in the rest of the struct: a flag that is not set.
    Flag(u32),
}

struct Finder<'a> {
    /// Where each line begins.
    lines: Vec<usize>,
    source: &'a str,
    /// By genre and place.
    changes: HashMap<(String, usize), Vec<Change>>,
    places: Vec<Place>,
    found: HashSet<u32>,
}

impl Finder<'_> {
    /// Lines count from 1, columns, which are characters, from 0.
    fn offset(&self, line: usize, column: usize) -> usize {
        let start = self.lines[line - 1];
        let before = self.source[start..].chars().take(column);
        start + before.map(char::len_utf8).sum::<usize>()
    }

    fn range(&self, of: &impl Spanned) -> Range<usize> {
        let (start, end) = (of.span().start(), of.span().end());
        self.offset(start.line, start.column)..self.offset(end.line, end.column)
    }

    fn take(&mut self, genre: &str, start: usize) -> Option<Vec<Change>> {
        let changes = self.changes.remove(&(genre.into(), start))?;
        self.found.extend(changes.iter().map(|change| change.0));
        Some(changes)
    }

    fn add(&mut self, range: Range<usize>, kind: Kind) {
        self.places.push(Place { range, kind });
    }
}

impl<'a> Visit<'a> for Finder<'_> {
    fn visit_block(&mut self, block: &'a syn::Block) {
        if let Some(first) = block.stmts.first() {
            let start = self.range(first).start;
            if let Some(changes) = self.take("FnValue", start) {
                self.add(start..start, Kind::Body(changes));
            }
        }
        visit::visit_block(self, block);
    }

    fn visit_expr_binary(&mut self, binary: &'a syn::ExprBinary) {
        let operator = self.range(&binary.op);
        if let Some(changes) = self.take("BinaryOperator", operator.start) {
            let kind = Kind::Binary {
                left: self.range(&binary.left),
                operator,
                right: self.range(&binary.right),
                changes,
            };
            self.add(self.range(binary), kind);
        }
        visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_unary(&mut self, unary: &'a syn::ExprUnary) {
        let range = self.range(unary);
        if let Some(changes) = self.take("UnaryOperator", range.start) {
            let operand = self.range(&unary.expr);
            self.add(
                range,
                Kind::Unary {
                    operand,
                    change: changes[0].0,
                },
            );
        }
        visit::visit_expr_unary(self, unary);
    }

    fn visit_field_value(&mut self, field: &'a syn::FieldValue) {
        let start = self.range(field).start;
        if let Some(changes) = self.take("StructField", start) {
            self.add(self.range(&field.expr), Kind::Flag(changes[0].0));
        }
        visit::visit_field_value(self, field);
    }

    fn visit_arm(&mut self, arm: &'a syn::Arm) {
        let start = self.range(arm).start;
        let change = self.take("MatchArm", start).map(|changes| changes[0].0);
        if let Some((_, guard)) = &arm.guard {
            let range = self.range(guard.as_ref());
            if let Some(change) = change {
                self.add(
                    range.clone(),
                    Kind::Arm {
                        change,
                        guarded: true,
                    },
                );
            }
            if let Some(changes) = self.take("MatchArmGuard", range.start) {
                self.add(range, Kind::Guard(changes));
            }
        } else if let Some(change) = change {
            let end = self.range(&arm.pat).end;
            self.add(
                end..end,
                Kind::Arm {
                    change,
                    guarded: false,
                },
            );
        }
        visit::visit_arm(self, arm);
    }
}

/// What belongs to a change.
fn marked(change: u32, text: &str) -> String {
    format!("/*<{change}*/{text}/*{change}>*/")
}

/// A choice by the change that is made.
fn choice(changes: &[Change], text: impl Fn(&str) -> String, otherwise: &str) -> String {
    let numbers: Vec<_> = changes.iter().map(|change| change.0.to_string()).collect();
    let mut choice = format!(
        "(match crate::switches::which(&[{}]) {{ ",
        numbers.join(", ")
    );
    for (number, new) in changes {
        choice += &format!("{number} => {{{}}} ", marked(*number, &text(new)));
    }
    choice + &format!("_ => {{{otherwise}}} }})")
}

/// Writes a range of the source, with the places from one on that lie in it, which are in the order of their starts.
fn write(source: &str, places: &[Place], range: Range<usize>, from: usize) -> String {
    let mut out = String::new();
    let mut at = range.start;
    for (index, place) in places.iter().enumerate().skip(from) {
        if place.range.start < at || place.range.end > range.end {
            continue;
        }
        out += &source[at..place.range.start];
        at = place.range.end;
        let part = |range: &Range<usize>| write(source, places, range.clone(), index + 1);
        out += &match &place.kind {
            Kind::Body(changes) => changes
                .iter()
                .map(|(number, value)| {
                    let instead = format!("if crate::switches::on({number}) {{ return {value}; }}");
                    marked(*number, &instead) + " "
                })
                .collect(),
            Kind::Binary {
                left,
                operator,
                right,
                changes,
            } => {
                let (left, right) = (part(left), part(right));
                let binary = |operator: &str| format!("{left} {operator} {right}");
                choice(changes, binary, &binary(&source[operator.clone()]))
            }
            Kind::Unary { operand, change } => {
                let operator = &source[place.range.start..operand.start];
                let operand = part(operand);
                let changes = [(*change, String::new())];
                choice(
                    &changes,
                    |_| operand.clone(),
                    &format!("{operator}{operand}"),
                )
            }
            Kind::Guard(changes) => choice(changes, str::to_owned, &part(&place.range)),
            Kind::Arm { change, guarded } => {
                let there = marked(*change, &format!("!crate::switches::on({change})"));
                if *guarded {
                    format!("{there} && ({})", part(&place.range))
                } else {
                    format!(" if {there}")
                }
            }
            Kind::Flag(change) => {
                let value = part(&place.range);
                choice(&[(*change, "false".into())], str::to_owned, &value)
            }
        };
    }
    out + &source[at..range.end]
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let read =
        |path: &str| fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let list: Vec<Value> = serde_json::from_str(&read(&arguments[1])).expect("the list is JSON");
    let left_out = arguments.get(4).map(|path| read(path)).unwrap_or_default();
    let left_out: HashSet<u32> = left_out
        .split_whitespace()
        .map(|number| number.parse().expect("a number"))
        .collect();
    let mut files: BTreeMap<&str, Vec<(u32, &Value)>> = BTreeMap::new();
    for (number, change) in (1..).zip(&list) {
        let file = change["file"].as_str().expect("a file");
        files.entry(file).or_default().push((number, change));
    }
    for (file, changes) in files {
        let source = read(&format!("{}/{file}", arguments[2]));
        let starts = source.match_indices('\n').map(|(end, _)| end + 1);
        let mut finder = Finder {
            lines: [0].into_iter().chain(starts).collect(),
            source: &source,
            changes: HashMap::new(),
            places: Vec::new(),
            found: left_out.clone(),
        };
        for (number, change) in &changes {
            if left_out.contains(number) {
                continue;
            }
            let text = |value: &Value| value.as_str().expect("a text").to_owned();
            let start = &change["span"]["start"];
            let [line, column] =
                ["line", "column"].map(|of| start[of].as_u64().expect("a number") as usize);
            let at = finder.offset(line, column - 1);
            let of_place = finder
                .changes
                .entry((text(&change["genre"]), at))
                .or_default();
            of_place.push((*number, text(&change["replacement"])));
        }
        finder.visit_file(&syn::parse_file(&source).expect("the source is Rust"));
        for (number, _) in changes {
            if !finder.found.contains(&number) {
                println!("{number}");
            }
        }
        let written = write(&source, &finder.places, 0..source.len(), 0);
        fs::write(format!("{}/{file}", arguments[3]), written).expect("the source can be written");
    }
}
