//! BIMI.

mod gzip;
pub mod svg;

pub use svg::{Svg, ViewBox};
