//! Tables of what a manifest expands to.
