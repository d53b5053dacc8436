//! The durable record of what we did and own: journal, snapshot, lock, stores.
