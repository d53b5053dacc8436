//! Observe and apply: concurrency, batching, waits, cancellation, events.
