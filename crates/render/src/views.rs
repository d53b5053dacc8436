//! The pictures that an inbox makes of a logo.

use resvg::tiny_skia::{Color, FillRule, Mask, PathBuilder, Pixmap, PixmapPaint, Rect, Transform};
use standards::bimi::Svg;
use standards::bimi::svg::Undrawn;

use crate::pixmap;

/// The side of the picture beside an open message, in pixels.
const LARGE: u16 = 96;
/// The side of the picture in a list of messages.
const SMALL: u16 = 32;

/// The form that an inbox cuts a logo to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The whole picture.
    Square,
    /// The circle that touches the sides.
    Round,
}

/// The colour of the inbox, which shows through where a logo is transparent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// White.
    Light,
    /// Nearly black.
    Dark,
}

/// A logo as an inbox shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The form that it is cut to.
    pub shape: Shape,
    /// The colour around it.
    pub ground: Ground,
    /// Its width and height in pixels.
    pub side: u16,
    /// The picture.
    pub png: Vec<u8>,
}

impl View {
    /// Whether it is the picture in a list of messages.
    pub fn is_small(&self) -> bool {
        self.side == SMALL
    }
}

/// The logo square and round, on light and on dark, and small.
pub fn inbox_views(logo: &Svg) -> Result<Vec<View>, Undrawn> {
    let large = pixmap(logo, LARGE)?;
    let small = pixmap(logo, SMALL)?;
    let mut views = Vec::new();
    for ground in [Ground::Light, Ground::Dark] {
        for (shape, logo) in [
            (Shape::Square, &large),
            (Shape::Round, &large),
            (Shape::Round, &small),
        ] {
            views.push(View {
                shape,
                ground,
                side: if logo.width() == u32::from(SMALL) {
                    SMALL
                } else {
                    LARGE
                },
                png: shown(logo, shape, ground)?,
            });
        }
    }
    Ok(views)
}

fn shown(logo: &Pixmap, shape: Shape, ground: Ground) -> Result<Vec<u8>, Undrawn> {
    let unmade = || Undrawn("its picture can't be made".to_owned());
    let side = logo.width();
    let mut picture = Pixmap::new(side, side).ok_or_else(unmade)?;
    picture.fill(match ground {
        Ground::Light => Color::WHITE,
        Ground::Dark => Color::from_rgba8(31, 31, 31, 255),
    });
    let circle = match shape {
        Shape::Square => None,
        Shape::Round => Some(circle(side).ok_or_else(unmade)?),
    };
    let paint = PixmapPaint::default();
    let at = Transform::identity();
    picture.draw_pixmap(0, 0, logo.as_ref(), &paint, at, circle.as_ref());
    picture.encode_png().map_err(|_| unmade())
}

/// The circle that touches the sides, as a mask.
fn circle(side: u32) -> Option<Mask> {
    let mut mask = Mask::new(side, side)?;
    let length = f32::from(u16::try_from(side).ok()?);
    let oval = PathBuilder::from_oval(Rect::from_xywh(0.0, 0.0, length, length)?)?;
    mask.fill_path(&oval, FillRule::Winding, true, Transform::identity());
    Some(mask)
}
