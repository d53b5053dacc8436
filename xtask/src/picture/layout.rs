//! A place for each crate and a way for each arrow.
//!
//! The method is Sugiyama's: layers, an order in each layer with few crossings, and places near the
//! mean of the neighbours. An arrow that crosses a layer has a narrow slot in it, so that no arrow
//! runs behind a box.

use super::graph::Graph;

pub(super) const BOX_WIDTH: i32 = 212;
pub(super) const BOX_HEIGHT: i32 = 92;
const SLOT_WIDTH: i32 = 14;
const GAP: i32 = 26;
const SWEEPS: usize = 24;

/// A box, or the slot of an arrow.
pub(super) struct Node {
    pub(super) layer: usize,
    /// The middle.
    pub(super) x: i32,
    width: i32,
}

/// A part of an arrow's way, from one layer to the next one below.
#[derive(Clone, Copy)]
struct Link {
    upper: usize,
    lower: usize,
}

impl Link {
    fn new(upper: usize, lower: usize) -> Self {
        Self { upper, lower }
    }

    /// The node at the other end of a link of `node`.
    fn other_end(self, node: usize) -> Option<usize> {
        match node {
            _ if node == self.upper => Some(self.lower),
            _ if node == self.lower => Some(self.upper),
            _ => None,
        }
    }
}

/// Every place.
pub(super) struct Layout {
    /// The boxes in the order of the graph's crates, then the slots.
    pub(super) nodes: Vec<Node>,
    /// For each arrow of the graph, the nodes on its way, its ends included, from the top.
    pub(super) ways: Vec<Vec<usize>>,
    /// The number of layers.
    pub(super) layers: usize,
}

pub(super) fn of(graph: &Graph) -> Layout {
    let mut layout = Layout::with_slots(graph);
    let ways = layout.ways.iter();
    let links = ways.flat_map(|way| way.windows(2).map(|pair| Link::new(pair[0], pair[1])));
    let links: Vec<Link> = links.collect();
    let order = layout.ordered(&links);
    layout.place(&order, &links);
    layout
}

impl Layout {
    fn with_slots(graph: &Graph) -> Self {
        let layers = graph.layers();
        let mut nodes: Vec<Node> = layers
            .iter()
            .map(|layer| Node {
                layer: *layer,
                x: 0,
                width: BOX_WIDTH,
            })
            .collect();
        let mut ways = Vec::new();
        for arrow in &graph.arrows {
            let mut way = vec![arrow.from];
            for layer in (layers[arrow.to] + 1..layers[arrow.from]).rev() {
                way.push(nodes.len());
                nodes.push(Node {
                    layer,
                    x: 0,
                    width: SLOT_WIDTH,
                });
            }
            way.push(arrow.to);
            ways.push(way);
        }
        let layers = layers.iter().max().map_or(0, |layer| layer + 1);
        Self {
            nodes,
            ways,
            layers,
        }
    }

    /// The nodes of each layer from left to right, in the best order of some sweeps.
    fn ordered(&self, links: &[Link]) -> Vec<Vec<usize>> {
        let mut order = vec![Vec::new(); self.layers];
        for (node, Node { layer, .. }) in self.nodes.iter().enumerate() {
            order[*layer].push(node);
        }
        let mut best = (crossings(&order, links), order.clone());
        for sweep in 0..SWEEPS {
            let down = sweep % 2 == 0;
            let mut layers: Vec<usize> = (0..self.layers).collect();
            if down {
                layers.reverse();
            }
            for layer in layers {
                let neighbours = if down {
                    Some(layer + 1)
                } else {
                    layer.checked_sub(1)
                };
                let fixed = neighbours.and_then(|layer| order.get(layer)).cloned();
                if let Some(fixed) = fixed {
                    sort_by_neighbours(&mut order[layer], &fixed, links);
                }
            }
            let count = crossings(&order, links);
            if count < best.0 {
                best = (count, order.clone());
            }
        }
        best.1
    }

    /// Moves each node towards the mean of its neighbours, layer by layer, until it settles.
    fn place(&mut self, order: &[Vec<usize>], links: &[Link]) {
        for layer in order {
            self.settle(layer, &vec![0; layer.len()]);
        }
        for sweep in 0..SWEEPS * 4 {
            let mut layers: Vec<usize> = (0..order.len()).collect();
            if sweep % 2 == 0 {
                layers.reverse();
            }
            for layer in layers {
                let wished: Vec<i32> = order[layer]
                    .iter()
                    .map(|node| self.mean_of_neighbours(*node, links))
                    .collect();
                self.settle(&order[layer], &wished);
            }
        }
        let left = self.nodes.iter().map(|node| node.x - node.width / 2).min();
        for node in &mut self.nodes {
            node.x -= left.unwrap_or_default();
        }
    }

    fn mean_of_neighbours(&self, node: usize, links: &[Link]) -> i32 {
        let neighbours = links.iter().filter_map(|link| link.other_end(node));
        let places = neighbours.map(|neighbour| self.nodes[neighbour].x);
        let places: Vec<i32> = places.collect();
        let count = i32::try_from(places.len()).unwrap_or(i32::MAX);
        match count {
            0 => self.nodes[node].x,
            _ => places.iter().sum::<i32>() / count,
        }
    }

    /// Places the nodes of a layer as near to their wishes as their widths allow. This is isotonic
    /// regression: neighbours that would overlap form a block, which goes to its mean.
    fn settle(&mut self, layer: &[usize], wished: &[i32]) {
        let mut offsets = Vec::new();
        let mut offset = 0;
        for (at, node) in layer.iter().enumerate() {
            if let Some(before) = at.checked_sub(1).map(|before| layer[before]) {
                offset += i32::midpoint(self.nodes[before].width, self.nodes[*node].width) + GAP;
            }
            offsets.push(offset);
        }
        // Each block: the sum of its members' places without their offsets, and their number.
        let mut blocks: Vec<(i32, i32)> = Vec::new();
        for (wish, offset) in wished.iter().zip(&offsets) {
            let mut block = (wish - offset, 1);
            while let Some((sum, count)) = blocks.pop() {
                if sum * block.1 <= block.0 * count {
                    blocks.push((sum, count));
                    break;
                }
                block = (block.0 + sum, block.1 + count);
            }
            blocks.push(block);
        }
        let places = blocks.iter().flat_map(|(sum, count)| {
            let place = sum / count;
            (0..*count).map(move |_| place)
        });
        for ((node, offset), place) in layer.iter().zip(&offsets).zip(places) {
            self.nodes[*node].x = place + offset;
        }
    }
}

/// Sorts a layer by the mean position of each node's neighbours in the layer that is fixed.
fn sort_by_neighbours(layer: &mut [usize], fixed: &[usize], links: &[Link]) {
    let position = |node: usize| fixed.iter().position(|other| *other == node);
    let keys: Vec<(usize, usize)> = layer
        .iter()
        .enumerate()
        .map(|(at, node)| {
            let neighbours = links.iter().filter_map(|link| link.other_end(*node));
            let neighbours: Vec<usize> = neighbours.filter_map(position).collect();
            let sum: usize = neighbours.iter().sum();
            let mean = (sum * 1000).checked_div(neighbours.len());
            (*node, mean.unwrap_or(at * 1000))
        })
        .collect();
    let key = |node: &usize| {
        keys.iter()
            .find(|(other, _)| other == node)
            .map(|(_, key)| *key)
    };
    layer.sort_by_key(key);
}

/// The number of pairs of links that cross.
fn crossings(order: &[Vec<usize>], links: &[Link]) -> usize {
    let position = |node: usize| {
        order
            .iter()
            .enumerate()
            .find_map(|(layer, nodes)| Some((layer, nodes.iter().position(|n| *n == node)?)))
    };
    let ends: Vec<_> = links
        .iter()
        .map(|link| (position(link.upper), position(link.lower)))
        .collect();
    let mut count = 0;
    for (at, (upper, lower)) in ends.iter().enumerate() {
        for (other_upper, other_lower) in &ends[at + 1..] {
            let same = upper.map(|end| end.0) == other_upper.map(|end| end.0);
            count += usize::from(
                same && upper.cmp(other_upper) == other_lower.cmp(lower) && upper != other_upper,
            );
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::{GAP, Layout, Link, Node, crossings};

    #[test]
    fn links_that_cross_are_counted() {
        let order = [vec![0, 1], vec![2, 3]];
        let link = Link::new;
        assert_eq!(crossings(&order, &[link(2, 0), link(3, 1)]), 0);
        assert_eq!(crossings(&order, &[link(2, 1), link(3, 0)]), 1);
        assert_eq!(crossings(&order, &[link(2, 1), link(2, 0)]), 0);
    }

    #[test]
    fn boxes_do_not_overlap_and_stay_near_their_wishes() {
        let node = || Node {
            layer: 0,
            x: 0,
            width: 100,
        };
        let mut layout = Layout {
            nodes: vec![node(), node(), node()],
            ways: Vec::new(),
            layers: 1,
        };
        layout.settle(&[0, 1, 2], &[50, 50, 900]);
        let places: Vec<i32> = layout.nodes.iter().map(|node| node.x).collect();
        assert_eq!(places, [50 - 50 - GAP / 2, 50 + 50 + GAP / 2, 900]);
    }
}
