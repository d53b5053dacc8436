//! The logo as pixels, and the faults that only pixels show: nothing to see, and a mark that the
//! circle of the inboxes cuts.
//!
//! Nothing here draws: that takes a rasteriser, which users of this crate bring as a [`Draw`].

use crate::rules;
use crate::{Finding, bimi::Svg};

/// The side of the drawing that is judged, in pixels. Inboxes show 32 to 96.
const SIDE: u16 = 128;
/// How far apart two channels of one colour may be: rounding, and seams between shapes.
const SAME: u8 = 8;
/// How far from the background a channel of the mark is. Shades of a background are nearer.
const DIFFERENT: u8 = 32;

/// A rasteriser. It draws a logo that [is usable](Svg::is_usable), and bounds its own work.
pub trait Draw: Sync {
    /// The logo, fitted into a square of `side` pixels.
    fn draw(&self, logo: &Svg, side: u16) -> Result<Drawing, Undrawn>;
}

/// The reason why a logo is not drawn, as a sentence without a final stop.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Undrawn(pub String);

/// A square of pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    side: usize,
    pixels: Vec<[u8; 4]>,
}

/// The faults of a logo that show when it is drawn, and that reading it did not tell. A logo that may
/// hold scripts or references is not drawn.
pub fn check_drawn(logo: &Svg, draw: &dyn Draw) -> Vec<Finding> {
    if !logo.is_usable() {
        return Vec::new();
    }
    let mut findings = match draw.draw(logo, SIDE) {
        Ok(drawing) => drawing.check(),
        Err(Undrawn(reason)) => vec![Finding::new(rules::SVG_28, reason)],
    };
    findings.retain(|finding| !(logo.has_one_colour && finding.is_of(rules::SVG_29)));
    findings
}

impl Drawing {
    /// Rows from the top; red, green, blue and opacity of each pixel, the colours multiplied by the
    /// opacity. Nothing where they are not `side` rows of `side`.
    pub fn new(side: u16, pixels: Vec<[u8; 4]>) -> Option<Self> {
        let side = usize::from(side);
        (side > 0 && pixels.len() == side * side).then_some(Self { side, pixels })
    }

    fn check(&self) -> Vec<Finding> {
        if self.is_blank() {
            let reason = "drawn, the logo is one colour everywhere";
            return vec![Finding::new(rules::SVG_29, reason)];
        }
        let Some((outside, all)) = self.mark_outside_the_circle() else {
            return Vec::new();
        };
        // What is less than that is the edge of a mark that fits, in pixels.
        if outside * 100 <= all {
            return Vec::new();
        }
        let percent = (outside * 100).div_ceil(all);
        let reason = format!("the circle cuts away {percent}% of the mark");
        vec![Finding::new(rules::SVG_30, reason)]
    }

    fn is_blank(&self) -> bool {
        self.pixels
            .iter()
            .all(|&one| near(one, self.pixels[0], SAME))
    }

    /// How many pixels of the mark are outside the circle, and how many it has. Nothing where no
    /// colour makes up most of the edge: a gradient or a pattern is no background to tell a mark from.
    fn mark_outside_the_circle(&self) -> Option<(usize, usize)> {
        let ground = self.ground()?;
        // What lets the inbox show through is no mark.
        let mut mark: Vec<bool> = self
            .pixels
            .iter()
            .map(|&one| one[3] > DIFFERENT && !near(one, ground, DIFFERENT))
            .collect();
        self.take_background(&mut mark);
        let all = mark.iter().filter(|is_mark| **is_mark).count();
        let outside = (0..mark.len()).filter(|&at| mark[at] && !self.is_in_circle(at));
        (all > 0).then_some((outside.count(), all))
    }

    /// The colour of at least three quarters of the edge.
    fn ground(&self) -> Option<[u8; 4]> {
        let last = self.side - 1;
        let edge: Vec<[u8; 4]> = (0..self.side)
            .flat_map(|at| [(at, 0), (at, last), (0, at), (last, at)])
            .map(|(x, y)| self.pixels[y * self.side + x])
            .collect();
        let like = |color: [u8; 4]| edge.iter().filter(|&&one| near(one, color, SAME)).count();
        let best = edge.iter().copied().max_by_key(|&color| like(color))?;
        (like(best) * 4 >= edge.len() * 3).then_some(best)
    }

    /// Takes away what reaches two sides of the picture: a stripe, a field, a corner. That is
    /// background, and nobody expects the whole of it in a circle.
    fn take_background(&self, mark: &mut [bool]) {
        let mut unseen = mark.to_vec();
        for start in 0..mark.len() {
            let part = self.part(start, &mut unseen);
            let sides = part.iter().fold(0, |sides, &at| sides | self.sides(at));
            if sides.count_ones() > 1 {
                for at in part {
                    mark[at] = false;
                }
            }
        }
    }

    /// The pixels that hang together with the one at `start`, as far as they are `unseen`.
    fn part(&self, start: usize, unseen: &mut [bool]) -> Vec<usize> {
        let last = self.side - 1;
        let (mut part, mut open) = (Vec::new(), vec![start]);
        while let Some(at) = open.pop() {
            if !std::mem::take(&mut unseen[at]) {
                continue;
            }
            part.push(at);
            let (x, y) = (at % self.side, at / self.side);
            let left = (x > 0).then(|| at - 1);
            let right = (x < last).then_some(at + 1);
            let above = (y > 0).then(|| at - self.side);
            let below = (y < last).then_some(at + self.side);
            open.extend([left, right, above, below].into_iter().flatten());
        }
        part
    }

    /// The sides of the picture that a pixel is at, a bit for each.
    fn sides(&self, at: usize) -> u8 {
        let (x, y, last) = (at % self.side, at / self.side, self.side - 1);
        let sides = [x == 0, x == last, y == 0, y == last];
        sides
            .iter()
            .fold(0, |bits, &is_at| bits << 1 | u8::from(is_at))
    }

    /// Whether the circle that touches the sides has the pixel, or cuts through it.
    fn is_in_circle(&self, at: usize) -> bool {
        // Twice the distance from the centre to the pixel's, so that all are whole numbers.
        let from_centre = |at: usize| (2 * at + 1).abs_diff(self.side);
        let (x, y) = (from_centre(at % self.side), from_centre(at / self.side));
        let radius = self.side + 2;
        x * x + y * y <= radius * radius
    }
}

/// Whether two colours differ by at most `by` in each channel.
fn near(one: [u8; 4], other: [u8; 4], by: u8) -> bool {
    let mut channels = one.iter().zip(other);
    channels.all(|(one, other)| one.abs_diff(other) <= by)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUND: [u8; 4] = [16, 64, 96, 255];
    const MARK: [u8; 4] = [255, 255, 255, 255];

    /// A drawing whose pixels are of the mark where `is_mark` says so, with coordinates from 0 to 100.
    fn drawing(is_mark: impl Fn(usize, usize) -> bool) -> Drawing {
        let side = usize::from(SIDE);
        let pixels = (0..side * side)
            .map(|at| (at % side * 100 / side, at / side * 100 / side))
            .map(|(x, y)| if is_mark(x, y) { MARK } else { GROUND })
            .collect();
        Drawing::new(SIDE, pixels).expect("a square")
    }

    #[track_caller]
    fn check(drawing: &Drawing, expect: &[&str]) {
        let rules: Vec<_> = drawing.check().into_iter().map(|one| one.rule).collect();
        assert_eq!(rules, expect);
    }

    /// A square in the middle, from `from` to the same distance before the other side.
    fn square(from: usize) -> Drawing {
        let inside = from..100 - from;
        drawing(|x, y| inside.contains(&x) && inside.contains(&y))
    }

    struct Fails;

    impl Draw for Fails {
        fn draw(&self, _: &Svg, _: u16) -> Result<Drawing, Undrawn> {
            Err(Undrawn("it draws 20000 shapes, more than 10000".to_owned()))
        }
    }

    #[test]
    fn a_logo_that_is_not_drawn_is_a_finding() {
        let file = include_bytes!("../../../../../assets/logo.svg");
        let logo = Svg::parse(file).0.expect("a logo");
        let rules: Vec<_> = check_drawn(&logo, &Fails)
            .into_iter()
            .map(|one| one.rule)
            .collect();
        assert_eq!(rules, ["SVG-28"]);
    }

    #[test]
    fn one_colour_shows_nothing() {
        check(&drawing(|_, _| false), &["SVG-29"]);
        check(&drawing(|x, y| x == 50 && y == 50), &[]);
    }

    /// The corners of the largest square in a circle are 14.6 % from the sides.
    #[test]
    fn a_mark_fits_into_the_circle_or_does_not() {
        check(&square(15), &[]);
        check(&square(10), &["SVG-30"]);
    }

    #[test]
    fn a_word_from_side_to_side_is_cut() {
        check(&drawing(|_, y| (45..55).contains(&y)), &[]);
        check(
            &drawing(|x, y| (25..75).contains(&y) && x > 0 && x < 99),
            &["SVG-30"],
        );
    }

    #[test]
    fn a_background_of_two_colours_is_no_mark() {
        check(&drawing(|x, y| x > y), &[]);
        check(&drawing(|x, _| (x / 20) % 2 == 0), &[]);
        // A field with round corners, on the colour of the corners.
        check(&drawing(|x, y| x.min(99 - x) + y.min(99 - y) > 8), &[]);
    }
}
