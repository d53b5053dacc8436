//! The logo of BIMI as inboxes show it, drawn from its SVG as PNG.
//!
//! This is the only crate that rasterises. It knows no fonts and no bitmaps, and reads no file: a
//! logo may have neither. [`Renderer`] is the [`Draw`] with which `standards` judges a logo;
//! [`inbox_views`] makes the pictures of a report.
//!
//! A logo of 32 KiB can ask for hours of work: copies of copies, and millions of dashes. So its
//! work is counted before it is drawn ([`SHAPES_MAX`], [`DASHES_MAX`]).
//!
//! ```
//! use standards::bimi::Svg;
//!
//! let file = br##"<svg xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps"
//!      viewBox="0 0 128 128"><title>Example</title>
//!   <rect width="128" height="128" fill="#104060"/>
//!   <circle cx="64" cy="64" r="30" fill="#ffffff"/>
//! </svg>"##;
//! let logo = Svg::parse(file).0.expect("a logo");
//! let views = render::inbox_views(&logo)?;
//! assert!(views.iter().all(|view| view.png.starts_with(b"\x89PNG")));
//! # Ok::<(), standards::bimi::svg::Undrawn>(())
//! ```

mod tree;
mod views;

#[cfg(test)]
mod tests;

pub use tree::{DASHES_MAX, SHAPES_MAX, USES_MAX};
pub use views::{Ground, Shape, View, inbox_views};

use resvg::tiny_skia::Pixmap;
use standards::bimi::Svg;
use standards::bimi::svg::{Draw, Drawing, Undrawn};

/// Draws with resvg.
#[derive(Clone, Copy, Debug, Default)]
pub struct Renderer;

impl Draw for Renderer {
    fn draw(&self, logo: &Svg, side: u16) -> Result<Drawing, Undrawn> {
        let drawn = pixmap(logo, side)?;
        let pixels = drawn
            .pixels()
            .iter()
            .map(|one| [one.red(), one.green(), one.blue(), one.alpha()])
            .collect();
        Drawing::new(side, pixels).ok_or_else(|| Undrawn("its size is zero".to_owned()))
    }
}

/// The logo, fitted into a square of `side` pixels, on nothing.
fn pixmap(logo: &Svg, side: u16) -> Result<Pixmap, Undrawn> {
    let tree = tree::read(logo)?;
    let mut pixmap = Pixmap::new(side.into(), side.into())
        .ok_or_else(|| Undrawn("its size is zero".to_owned()))?;
    resvg::render(&tree, tree::fit(&tree, side), &mut pixmap.as_mut());
    Ok(pixmap)
}
