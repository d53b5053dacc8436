//! The plan's graph: what comes before what, and why, as Mermaid and as DOT.

use std::collections::BTreeSet;

use model::{Action, Level, Plan, Verb};

use crate::put::putln;
use crate::{escape, words};

/// A flow chart for Mermaid. A thick arrow means that the first must be ready before the second
/// begins, a thin one that its call has returned.
pub fn graph_mermaid(plan: &Plan) -> String {
    if plan.is_empty() {
        return "flowchart LR\n".to_owned();
    }
    let mut text = String::from(
        "%% thick arrows: ready before the next; thin arrows: done before the next\nflowchart LR\n",
    );
    for (at, (domain, actions)) in by_domain(plan).into_iter().enumerate() {
        putln!(text, "  subgraph d{at}[\"{}\"]", mermaid(domain));
        for action in actions {
            let label = format!(
                "{}<br/>{}",
                mermaid(&first(action)),
                mermaid(&action.resource.name)
            );
            putln!(text, "    a{}[\"{label}\"]:::{}", action.id, action.verb());
        }
        text.push_str("  end\n");
    }
    for (action, edge) in edges(plan) {
        let arrow = match edge.level {
            Level::Done => "-->",
            Level::Ready => "==>",
        };
        putln!(
            text,
            "  a{} {arrow}|\"{}\"| a{}",
            edge.action,
            mermaid(&edge.reason),
            action.id
        );
    }
    let verbs = shown_verbs(plan);
    for (verb, colour) in COLOURS.iter().filter(|(verb, _)| verbs.contains(verb)) {
        putln!(text, "  classDef {verb} stroke:{colour},stroke-width:2px");
    }
    text
}

/// The most arrows and characters that Mermaid draws unless its configuration says otherwise, as
/// GitHub's does not (`maxEdges` and `maxTextSize`).
const MERMAID_EDGES_MAX: usize = 500;
const MERMAID_CHARACTERS_MAX: usize = 50_000;

/// The line for a person about a flow chart that is larger than what Mermaid draws.
pub fn graph_too_large(plan: &Plan, mermaid: &str) -> Option<String> {
    let edges = edges(plan).count();
    let characters = mermaid.chars().count();
    if edges <= MERMAID_EDGES_MAX && characters <= MERMAID_CHARACTERS_MAX {
        return None;
    }
    Some(format!(
        "Mermaid draws at most {} arrows and {} characters, and this graph has {} and {}: make it smaller \
         with `--target`, or print it with `--format dot`.",
        words::grouped(MERMAID_EDGES_MAX),
        words::grouped(MERMAID_CHARACTERS_MAX),
        words::grouped(edges),
        words::grouped(characters)
    ))
}

/// A graph for Graphviz. Bold edges are ready edges.
pub fn graph_dot(plan: &Plan) -> String {
    if plan.is_empty() {
        return "digraph plan {}\n".to_owned();
    }
    let mut text = String::from(
        "// bold edges: ready before the next; others: done before the next\n\
         digraph plan {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n  \
         edge [fontname=\"sans-serif\", fontsize=9];\n",
    );
    for (at, (domain, actions)) in by_domain(plan).into_iter().enumerate() {
        putln!(
            text,
            "  subgraph cluster_{at} {{\n    label=\"{}\";",
            dot(domain)
        );
        for action in actions {
            let colour = colour(action.verb());
            let label = format!("{}\\n{}", dot(&first(action)), dot(&action.resource.name));
            putln!(
                text,
                "    a{} [label=\"{label}\", color=\"{colour}\"];",
                action.id
            );
        }
        text.push_str("  }\n");
    }
    for (action, edge) in edges(plan) {
        let style = match edge.level {
            Level::Done => "",
            Level::Ready => ", style=bold",
        };
        putln!(
            text,
            "  a{} -> a{} [label=\"{}\"{style}];",
            edge.action,
            action.id,
            dot(&edge.reason)
        );
    }
    text.push_str("}\n");
    text
}

const COLOURS: [(Verb, &str); 7] = [
    (Verb::Create, "#1a7f37"),
    (Verb::Update, "#9a6700"),
    (Verb::Replace, "#bc4c00"),
    (Verb::Delete, "#cf222e"),
    (Verb::Adopt, "#0969da"),
    (Verb::Forget, "#6e7781"),
    (Verb::None, "#afb8c1"),
];

fn colour(verb: Verb) -> &'static str {
    COLOURS
        .iter()
        .find(|(other, _)| *other == verb)
        .map_or("black", |(_, colour)| colour)
}

/// The first line of a node: `create s3_bucket`. A sign would begin a list in Mermaid's Markdown.
fn first(action: &Action) -> String {
    match action.verb() {
        Verb::None => action.resource.kind.clone(),
        verb => format!("{verb} {}", action.resource.kind),
    }
}

/// The actions that change something, and those that they wait for.
pub(crate) fn shown(plan: &Plan) -> BTreeSet<usize> {
    let changing = plan.actions.iter().filter(|action| action.changes());
    changing
        .flat_map(|action| {
            let before = action.after.iter().map(|edge| edge.action);
            before.chain([action.id])
        })
        .collect()
}

fn shown_verbs(plan: &Plan) -> Vec<Verb> {
    let shown = shown(plan);
    let actions = plan.actions.iter();
    let actions = actions.filter(|action| shown.contains(&action.id));
    actions.map(Action::verb).collect()
}

fn by_domain(plan: &Plan) -> Vec<(&str, Vec<&Action>)> {
    let shown = shown(plan);
    let actions = plan
        .actions
        .iter()
        .filter(|action| shown.contains(&action.id));
    crate::grouping::grouped(actions, |action| &action.resource.domain)
}

pub(crate) fn edges(plan: &Plan) -> impl Iterator<Item = (&Action, &model::Edge)> {
    let changing = plan.actions.iter().filter(|action| action.changes());
    changing.flat_map(|action| action.after.iter().map(move |edge| (action, edge)))
}

/// Text between quotes in Mermaid, which knows entities without `&`. In a label it also reads `%%{` as a
/// directive, `\n` as the end of a line, `$$` as mathematics, and `:fa-` as a picture.
fn mermaid(text: &str) -> String {
    let mut shown = String::new();
    for character in escape(text).replace(":fa-", "\u{0}fa-").chars() {
        match character {
            '\u{0}' => shown.push_str("#58;"),
            '#' => shown.push_str("#35;"),
            '$' => shown.push_str("#36;"),
            '%' => shown.push_str("#37;"),
            '&' => shown.push_str("#38;"),
            '\\' => shown.push_str("#92;"),
            '"' => shown.push_str("#quot;"),
            '<' => shown.push_str("#lt;"),
            '>' => shown.push_str("#gt;"),
            '`' => shown.push_str("#96;"),
            character => shown.push(character),
        }
    }
    shown
}

/// Text between quotes in DOT, which decodes the entities of HTML in a label.
fn dot(text: &str) -> String {
    escape(text)
        .replace('&', "&amp;")
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use serde_json::json;

    use super::*;
    use crate::test_support::{desired, example, first_plan, fleet};

    /// A part of the example with every kind of edge.
    fn plan() -> Plan {
        let (mut resources, _) = example();
        let ids = [
            "route53_hosted_zone/example.com/zone",
            "s3_bucket/example.com/assets",
            "s3_object/example.com/mta-sts-policy",
            "route53_record_set/example.com/mta-sts",
            "route53_record_set/example.com/tls-rpt",
        ];
        resources.retain(|resource| ids.contains(&resource.id.to_string().as_str()));
        first_plan(&resources)
    }

    #[test]
    fn mermaid_shows_every_edge_with_its_reason() {
        assert_snapshot!(graph_mermaid(&plan()), @r#"
        %% thick arrows: ready before the next; thin arrows: done before the next
        flowchart LR
          subgraph d0["example.com"]
            a0["adopt route53_hosted_zone<br/>zone"]:::adopt
            a1["create s3_bucket<br/>assets"]:::create
            a2["create s3_object<br/>mta-sts-policy"]:::create
            a3["create route53_record_set<br/>tls-rpt"]:::create
            a4["create route53_record_set<br/>mta-sts"]:::create
          end
          a1 -->|"an object is in a bucket"| a2
          a0 -->|"uses what it returns"| a3
          a2 -->|"senders fetch the policy when they see a new id (STS-O01)"| a4
          a3 ==>|"failures are reported from the first day (STS-O07)"| a4
          a0 -->|"uses what it returns"| a4
          classDef create stroke:#1a7f37,stroke-width:2px
          classDef adopt stroke:#0969da,stroke-width:2px
        "#);
    }

    #[test]
    fn dot_shows_every_edge_with_its_reason() {
        assert_snapshot!(graph_dot(&plan()), @r##"
        // bold edges: ready before the next; others: done before the next
        digraph plan {
          rankdir=LR;
          node [shape=box, fontname="sans-serif"];
          edge [fontname="sans-serif", fontsize=9];
          subgraph cluster_0 {
            label="example.com";
            a0 [label="adopt route53_hosted_zone\nzone", color="#0969da"];
            a1 [label="create s3_bucket\nassets", color="#1a7f37"];
            a2 [label="create s3_object\nmta-sts-policy", color="#1a7f37"];
            a3 [label="create route53_record_set\ntls-rpt", color="#1a7f37"];
            a4 [label="create route53_record_set\nmta-sts", color="#1a7f37"];
          }
          a1 -> a2 [label="an object is in a bucket"];
          a0 -> a3 [label="uses what it returns"];
          a2 -> a4 [label="senders fetch the policy when they see a new id (STS-O01)"];
          a3 -> a4 [label="failures are reported from the first day (STS-O07)", style=bold];
          a0 -> a4 [label="uses what it returns"];
        }
        "##);
    }

    #[test]
    fn json_has_every_edge_with_its_reason() {
        let graph = json!(crate::graph_json(&plan()));
        assert_eq!(graph["format"], "deploy.graph");
        assert_eq!(graph["nodes"].as_array().map(Vec::len), Some(5));
        let id = "route53_record_set/example.com/mta-sts";
        assert_eq!(
            graph["nodes"][4],
            json!({"id": 4, "verb": "create", "resource": id})
        );
        let edges = graph["edges"].as_array().expect("a list");
        assert_eq!(edges.len(), 5);
        let reported = json!({
            "from": 3,
            "to": 4,
            "level": "ready",
            "reason": "failures are reported from the first day (STS-O07)",
        });
        assert!(edges.contains(&reported), "{edges:?}");
    }

    /// It stays a document that both renderers take.
    #[test]
    fn a_graph_of_nothing_is_empty() {
        let nothing = first_plan(&[]);
        assert_eq!(graph_mermaid(&nothing), "flowchart LR\n");
        assert_eq!(graph_dot(&nothing), "digraph plan {}\n");
    }

    #[test]
    fn a_graph_that_mermaid_does_not_draw_is_told() {
        let told = |domains| {
            let (resources, _) = desired(&fleet(domains, "reject", ""));
            let plan = first_plan(&resources);
            graph_too_large(&plan, &graph_mermaid(&plan))
        };
        assert_eq!(told(1), None);
        assert_snapshot!(told(40).expect("a note"));
    }

    #[test]
    fn labels_stay_labels() {
        assert_eq!(mermaid("a\"]; <b> #x"), "a#quot;]; #lt;b#gt; #35;x");
        assert_eq!(
            mermaid("%%{a} $$b$$ c\\n &d; fa:fa-e"),
            "#37;#37;{a} #36;#36;b#36;#36; c#92;n #38;d; fa#58;fa-e"
        );
        assert_eq!(dot("a\"\\\u{7} &amp;"), "a\\\"\\\\\\\\u{7} &amp;amp;");
    }
}
