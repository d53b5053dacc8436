//! The part of the world that the service works on and depends on.

use super::State;
use crate::delays::Delays;
use crate::dns::Dns;
use crate::weather::Weather;
use crate::{acm, s3};

/// The part of the world that CloudFront works on and depends on.
pub trait Environment: Dns {
    /// CloudFront's own state.
    fn cloudfront(&self) -> &State;
    /// CloudFront's own state, to change it.
    fn cloudfront_mut(&mut self) -> &mut State;
    /// The certificates that distributions show.
    fn acm(&self) -> &acm::State;
    /// The buckets that are origins and take logs.
    fn s3(&self) -> &s3::State;
    /// How long things take.
    fn delays(&self) -> &Delays;
    /// How far AWS is from its documentation.
    fn weather(&self) -> Weather;
}
