//! Tables of decisions and order, over a kind made for them.
