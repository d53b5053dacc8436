//! The drawing as SVG, with its colours in one style sheet.

use std::fmt::Write as _;

use super::graph::{Crate, Graph, Nature};
use super::layout::{BOX_HEIGHT, BOX_WIDTH, Layout};

const MARGIN: i32 = 40;
const TITLE: i32 = 64;
const LEGEND: i32 = 64;
const LAYER_GAP: i32 = 62;
/// The space between the ends of two arrows at one side of a box.
const PORT: i32 = 26;
/// The characters of a line of a description.
const LINE: usize = 31;
/// The width of a letter of the legend, at the most.
const LEGEND_LETTER: i32 = 7;

const STYLE: &str = "
    text { font-family: Inter, 'Segoe UI', 'Helvetica Neue', Helvetica, Arial, sans-serif; }
    .title { font-size: 22px; font-weight: 700; fill: #1a202c; }
    .note { font-size: 13px; fill: #4a5568; }
    .legend { font-size: 12px; fill: #4a5568; }
    .name { font-size: 15px; font-weight: 700; fill: #1a202c; }
    .text { font-size: 11.5px; fill: #4a5568; }
    .box { stroke-width: 1.4; }
    .pure { fill: #e6f4ee; stroke: #2f855a; }
    .half { fill: url(#half); stroke: #2f855a; }
    .acting { fill: #fdf0e1; stroke: #c05621; }
    .binary { fill: #2c3e57; stroke: #1a2536; }
    .binary-name { fill: #ffffff; }
    .binary-text { fill: #d5deea; }
    .arrow { fill: none; stroke: #718096; stroke-width: 1.5; marker-end: url(#head); }
    .optional { stroke-dasharray: 5 4; }
";

/// The whole file.
pub(super) fn print(graph: &Graph, layout: &Layout) -> String {
    let right = layout.nodes.iter().map(|node| node.x + BOX_WIDTH / 2).max();
    let width = right.unwrap_or_default() + 2 * MARGIN;
    let layers = i32::try_from(layout.layers).unwrap_or_default();
    let height = TITLE + layers * (BOX_HEIGHT + LAYER_GAP) - LAYER_GAP + LEGEND + 2 * MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" role=\"img\" \
         aria-label=\"The crates of deploy and what each is built from\">\n\
         <!-- Made by `cargo xtask picture` from the manifests of the crates. -->\n\
         <style>{STYLE}</style>\n{DEFINITIONS}\
         <rect width=\"{width}\" height=\"{height}\" rx=\"14\" fill=\"#ffffff\"/>\n\
         <text class=\"title\" x=\"{MARGIN}\" y=\"{}\">The crates of deploy</text>\n",
        MARGIN + 14
    );
    let _ = writeln!(
        svg,
        "<text class=\"note\" x=\"{MARGIN}\" y=\"{}\">An arrow leads from a crate to one that it is \
         built from. Arrows that follow from others are left out.</text>",
        MARGIN + 38
    );
    let canvas = Canvas { graph, layout };
    canvas.arrows(&mut svg);
    for (at, each) in graph.crates.iter().enumerate() {
        canvas.crate_box(at, each, &mut svg);
    }
    legend(height - MARGIN - LEGEND / 2 + 8, &mut svg);
    svg.push_str("</svg>\n");
    svg
}

const DEFINITIONS: &str = "<defs>
  <linearGradient id=\"half\"><stop offset=\"50%\" stop-color=\"#e6f4ee\"/><stop offset=\"50%\" stop-color=\"#fdf0e1\"/></linearGradient>
  <marker id=\"head\" viewBox=\"0 0 10 10\" refX=\"8.5\" refY=\"5\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0.8 L9 5 L0 9.2 z\" fill=\"#718096\"/></marker>
</defs>
";

struct Canvas<'a> {
    graph: &'a Graph,
    layout: &'a Layout,
}

impl Canvas<'_> {
    /// The upper edge of a layer.
    fn top(&self, layer: usize) -> i32 {
        let from_top = self.layout.layers - 1 - layer;
        let from_top = i32::try_from(from_top).unwrap_or_default();
        MARGIN + TITLE + from_top * (BOX_HEIGHT + LAYER_GAP)
    }

    fn x(&self, node: usize) -> i32 {
        MARGIN + self.layout.nodes[node].x
    }

    fn crate_box(&self, at: usize, each: &Crate, svg: &mut String) {
        let (x, top) = (self.x(at), self.top(self.layout.nodes[at].layer));
        let class = class(each.nature);
        let _ = writeln!(
            svg,
            "<rect class=\"box {class}\" x=\"{}\" y=\"{top}\" width=\"{BOX_WIDTH}\" height=\"{BOX_HEIGHT}\" rx=\"9\"/>\n\
             <text class=\"name {class}-name\" x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            x - BOX_WIDTH / 2,
            top + 25,
            each.name
        );
        let mut y = top + 45;
        for line in wrapped(&each.description) {
            let _ = writeln!(
                svg,
                "<text class=\"text {class}-text\" x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{}</text>",
                escaped(&line)
            );
            y += 16;
        }
    }

    fn arrows(&self, svg: &mut String) {
        for (at, arrow) in self.graph.arrows.iter().enumerate() {
            let way = &self.layout.ways[at];
            let last = way.len() - 1;
            let mut path = String::new();
            let mut from = (0, 0);
            for (step, node) in way.iter().enumerate() {
                let top = self.top(self.layout.nodes[*node].layer);
                let bottom = top + BOX_HEIGHT;
                let x = match step {
                    0 => self.port(*node, at, Side::Bottom),
                    _ if step == last => self.port(*node, at, Side::Top),
                    _ => self.x(*node),
                };
                if step == 0 {
                    let _ = write!(path, "M{x} {bottom}");
                } else {
                    let middle = i32::midpoint(from.1, top);
                    let _ = write!(path, " C{} {middle} {x} {middle} {x} {top}", from.0);
                    if step != last {
                        let _ = write!(path, " V{bottom}");
                    }
                }
                from = (x, bottom);
            }
            let class = if arrow.optional {
                "arrow optional"
            } else {
                "arrow"
            };
            let _ = writeln!(svg, "<path class=\"{class}\" d=\"{path}\"/>");
        }
    }

    /// The place at which an arrow touches a box, beside the other arrows of that side.
    fn port(&self, node: usize, arrow: usize, side: Side) -> i32 {
        let mut ends: Vec<(i32, usize)> = Vec::new();
        for (at, way) in self.layout.ways.iter().enumerate() {
            let (end, next) = match side {
                Side::Bottom => (way[0], way[1]),
                Side::Top => (way[way.len() - 1], way[way.len() - 2]),
            };
            if end == node {
                ends.push((self.x(next), at));
            }
        }
        ends.sort_unstable();
        let count = i32::try_from(ends.len()).unwrap_or(1);
        let position = ends.iter().position(|(_, at)| *at == arrow);
        let position = i32::try_from(position.unwrap_or_default()).unwrap_or_default();
        let step = PORT.min((BOX_WIDTH - 40) / count.max(1));
        self.x(node) + step * (2 * position - (count - 1)) / 2
    }
}

#[derive(Clone, Copy)]
enum Side {
    Top,
    Bottom,
}

fn class(nature: Nature) -> &'static str {
    match nature {
        Nature::Pure => "pure",
        Nature::Half => "half",
        Nature::Acting => "acting",
        Nature::Binary => "binary",
    }
}

fn legend(y: i32, svg: &mut String) {
    let entries = [
        ("pure", "pure: no runtime, clock, files or network"),
        ("half", "pure, with a second half behind a feature"),
        ("acting", "uses the clock, files or the network"),
        ("binary", "the program"),
    ];
    let mut x = MARGIN;
    for (class, text) in entries {
        let _ = writeln!(
            svg,
            "<rect class=\"box {class}\" x=\"{x}\" y=\"{}\" width=\"26\" height=\"16\" rx=\"4\"/>\n\
             <text class=\"legend\" x=\"{}\" y=\"{y}\">{text}</text>",
            y - 12,
            x + 34
        );
        let letters = i32::try_from(text.len()).unwrap_or_default();
        x += 34 + letters * LEGEND_LETTER + 24;
    }
    let _ = writeln!(
        svg,
        "<path class=\"arrow optional\" d=\"M{MARGIN} {} h26\"/>\n\
         <text class=\"legend\" x=\"{}\" y=\"{}\">only for that half</text>",
        y + 23,
        MARGIN + 34,
        y + 28
    );
}

/// A text in lines of at most [`LINE`] characters.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let Some(line) = lines.last_mut() else { break };
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + 1 + word.chars().count() <= LINE {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::{LINE, wrapped};

    #[test]
    fn descriptions_are_wrapped_between_words() {
        let lines = wrapped("Diff, order, safety, mail impact and digest: decides everything");
        assert_eq!(
            lines,
            [
                "Diff, order, safety, mail",
                "impact and digest: decides",
                "everything"
            ]
        );
        assert!(lines.iter().all(|line| line.len() <= LINE));
    }
}
