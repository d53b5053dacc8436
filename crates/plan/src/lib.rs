//! Diff, order, safety, mail impact and digest: decides everything and touches nothing.
