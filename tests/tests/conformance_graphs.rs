//! The plan's graph, drawn by Graphviz and by Mermaid: what they draw has the nodes and arrows of the
//! document for programs.

use std::fmt::Write as _;
use std::path::Path;

use model::Plan;
use serde_json::{Value, json};
use tests::place::Place;
use tests::repository::manifest;
use tests::tools::{ask_node, browse, node_file, title};

/// A graph in both forms, with how many nodes and arrows it has.
struct Graph {
    dot: String,
    mermaid: String,
    nodes: usize,
    edges: usize,
    /// A text that must be drawn as it is.
    label: String,
}

impl Graph {
    fn of(plan: &Plan, label: &str) -> Self {
        let document = json!(report::graph_json(plan));
        Self {
            dot: report::graph_dot(plan),
            mermaid: report::graph_mermaid(plan),
            nodes: count(&document, "nodes"),
            edges: count(&document, "edges"),
            label: label.to_owned(),
        }
    }

    fn printed(place: &Place, label: &str) -> Self {
        let graph = |options: &[&str]| place.run("graph", options).exits(0);
        let document = graph(&["--json"]).json();
        Self {
            dot: graph(&["--format", "dot"]).stdout,
            mermaid: graph(&["--format", "mermaid"]).stdout,
            nodes: count(&document, "nodes"),
            edges: count(&document, "edges"),
            label: label.to_owned(),
        }
    }
}

fn count(document: &Value, list: &str) -> usize {
    document[list].as_array().expect("a list").len()
}

/// The verdicts of each renderer on each graph.
fn drawn(graphs: &[Graph]) -> [Vec<Value>; 2] {
    let folder = tempfile::tempdir().expect("a folder");
    [
        by_graphviz(folder.path(), graphs),
        by_mermaid(folder.path(), graphs),
    ]
}

#[expect(clippy::disallowed_methods, reason = "the renderer reads files")]
fn by_graphviz(folder: &Path, graphs: &[Graph]) -> Vec<Value> {
    let files: Vec<String> = (0..graphs.len())
        .map(|at| folder.join(format!("{at}.dot")).display().to_string())
        .collect();
    for (file, graph) in files.iter().zip(graphs) {
        std::fs::write(file, &graph.dot).expect("a writable folder");
    }
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let lines = ask_node("graphs.cjs", &files);
    let lines = lines.lines().map(serde_json::from_str);
    lines
        .collect::<Result<_, _>>()
        .expect("a line of JSON each")
}

/// Mermaid measures text, so it draws in a browser. The page writes what came of it into its title.
#[expect(clippy::disallowed_methods, reason = "the browser reads a page")]
fn by_mermaid(folder: &Path, graphs: &[Graph]) -> Vec<Value> {
    const DRAW: &str = r#"
        // The program tells of a graph that is larger than the usual limits.
        mermaid.initialize({ startOnLoad: false, maxEdges: 5000, maxTextSize: 1000000 });
        (async () => {
          const all = [];
          for (const [at, text] of graphs.entries()) {
            const one = { errors: [] };
            try {
              const { svg } = await mermaid.render(`graph${at}`, text);
              const shown = new DOMParser().parseFromString(svg, "text/html");
              const all = (what) => [...shown.querySelectorAll(what)];
              one.nodes = all("g.node").length;
              one.edges = all("path.flowchart-link").length;
              one.texts = all(".nodeLabel, .edgeLabel").map(label => label.textContent);
            } catch (error) {
              one.errors.push(String(error));
            }
            all.push(one);
          }
          document.title = JSON.stringify(all);
        })();"#;
    let texts: Vec<&str> = graphs.iter().map(|graph| graph.mermaid.as_str()).collect();
    // In a script, `</` would end it.
    let texts = json!(texts).to_string().replace("</", "<\\/");
    let library = node_file("@mermaid-js/tiny/dist/mermaid.tiny.js");
    let mut page = String::from("<!doctype html><meta charset=\"utf-8\"><title></title><body>");
    let _ = write!(
        page,
        "<script>{library}</script><script>const graphs = {texts};{DRAW}</script>"
    );
    let file = folder.join("page.html");
    std::fs::write(&file, page).expect("a writable folder");
    let document = browse(&file, &["--dump-dom"]);
    let drawn = title(&document);
    drawn.as_array().expect("a list").clone()
}

/// Fails unless both renderers draw each graph whole.
fn are_drawn(graphs: &[Graph]) {
    for (renderer, drawn) in ["Graphviz", "Mermaid"].iter().zip(drawn(graphs)) {
        assert_eq!(drawn.len(), graphs.len(), "{renderer}");
        for (graph, drawn) in graphs.iter().zip(drawn) {
            let text = match *renderer {
                "Graphviz" => &graph.dot,
                _ => &graph.mermaid,
            };
            let shown = format!("{renderer}: {drawn:#}\n{text}");
            assert_eq!(drawn["errors"], json!([]), "{shown}");
            assert_eq!(drawn["nodes"], json!(graph.nodes), "{shown}");
            assert_eq!(drawn["edges"], json!(graph.edges), "{shown}");
            let mut texts = drawn["texts"].as_array().into_iter().flatten();
            let is_drawn = |text: &Value| {
                text.as_str()
                    .is_some_and(|text| text.contains(&graph.label))
            };
            assert!(
                graph.label.is_empty() || texts.any(is_drawn),
                "{}: {shown}",
                graph.label
            );
        }
    }
}

const SHIPPED: [&str; 7] = [
    "example",
    "one-account-two-regions",
    "two-accounts-one-region",
    "two-accounts-two-regions",
    "manual-dns",
    "fleet",
    "team",
];

#[test]
fn the_graphs_of_the_shipped_manifests_are_drawn() {
    let graphs = SHIPPED.map(|name| {
        let place = Place::of(name);
        if name == "team" {
            place.make_world(None);
            place.create_ledger();
        }
        Graph::printed(&place, "")
    });
    assert!(
        graphs
            .iter()
            .all(|graph| graph.nodes > 5 && graph.edges > 5)
    );
    are_drawn(&graphs);
}

#[test]
fn a_graph_of_nothing_is_drawn_empty() {
    let place = Place::of("two-accounts-one-region").in_calm();
    place.apply().exits(0);
    let graph = Graph::printed(&place, "");
    assert_eq!((graph.nodes, graph.edges), (0, 0));
    are_drawn(&[graph]);
}

/// A part of the plan of the example, with this as the name of each resource and domain, and as each
/// reason.
fn with_text(text: &str) -> Plan {
    let manifest = manifest("deploy/example.yaml");
    let (mut desired, _) = blueprint::desired(&manifest, &blueprint::Facts::default());
    let names = ["assets", "mta-sts-policy", "mta-sts", "tls-rpt"];
    desired.retain(|resource| names.contains(&resource.id.name.as_str()));
    let mut plan = plan::plan(plan::Inputs {
        project: "anycompany",
        desired: &desired,
        kept: &std::collections::BTreeSet::new(),
        ledger: &model::Ledger::default(),
        beyond: &model::Ledger::default(),
        neighbours: &[],
        actual: &plan::Actual::default(),
        authority: &model::Authority::default(),
        leads: &[],
        is_about: &|_| true,
    });
    for action in &mut plan.actions {
        action.resource.name = text.into();
        action.resource.domain = text.into();
        for edge in &mut action.after {
            edge.reason = text.to_owned().into();
        }
    }
    plan
}

/// Names that end a label, begin a list, or are words of the language of a graph, and what may come from
/// elsewhere.
#[test]
fn names_that_mean_something_to_a_renderer_stay_names() {
    let hostile = [
        "end",
        "graph",
        "subgraph",
        "class",
        "default",
        "o",
        "x",
        "1.",
        "- a",
        "* a",
        "# a",
        "**a**",
        "_a_",
        "a\"b",
        "a\\",
        "a\\n",
        "a\nb",
        "a;b",
        "a]b",
        "a}b",
        "a)b",
        "a|b",
        "a-->b",
        "a--b",
        "%% a",
        "%%{init: {}}%%",
        "`a`",
        "```",
        "<b>a</b>",
        "</script>",
        "<script>document.title = 1</script>",
        "&amp;",
        "#quot;",
        "$$a$$",
        "a:::b",
        "a@{ shape: x }",
        "fa:fa-car",
        "\u{202e}a",
        "\u{1b}[2J",
        "bücher.example",
        "例え.example",
        "🙂",
        " ",
        "\\N",
        "\\G",
        "href=\"x\"",
        "click a0 call",
        "https://a.example/",
        "a<br/>b",
    ];
    let graphs = hostile.map(|text| Graph::of(&with_text(text), &report::escape(text)));
    are_drawn(&graphs);
}
