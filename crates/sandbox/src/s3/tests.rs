//! What needs no request: names, addresses, chunks, policies.
